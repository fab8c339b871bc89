"""Marks of machines in plain text: stop tokens, chat templates, citation marks, thinking."""

import re

from pipeline.quality.reading import Reading

_TOKENS = re.compile(
    r"<\|(?:im_start|im_end|endoftext|end_of_text|begin_of_text|eot_id|end|user|assistant|system)\|>"
    r"|</?s>|<(?:start|end)_of_turn>|<\uff5cend\u2581of\u2581sentence\uff5c>|\[/?INST\]|<</?SYS>>"
)
_SEPARATOR = re.compile(r"\n\s{0,9}(?:###|->|END)\s{0,9}\Z")
_CITATIONS = re.compile(
    r"[ ]?(?:\ue200[^\ue201\n]{0,300}\ue201|[\ue200-\ue206]"
    r"|\u3010[0-9]{1,4}(?::[0-9]{1,4})?\u2020[^\u3011\n]{0,100}\u3011"
    r"|:contentReference\[oaicite:[0-9]{1,4}\]\{index=[0-9]{1,4}\})"
)
_THINKING = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>\s*", re.DOTALL)
_MARKS = ("<", "[", "\ue200", "\ue201", "\ue202", "\u3010", ":contentReference", "###", "->", "END")
_SHOWN_CHARS = 60


def markup_residue(reading: Reading) -> str | None:
    """Return a mark that a model's template, its search or its thinking left in a text."""
    for text in (reading.question, reading.answer):
        if not any(mark in text for mark in _MARKS):
            continue
        for pattern in (_TOKENS, _CITATIONS, _THINKING, _SEPARATOR):
            match = pattern.search(text)
            if match:
                return ascii(match[0].strip()[:_SHOWN_CHARS])
    return None


def without_markup(text: str) -> str:
    """Return text without such marks, and without the white space that they leave at its end."""
    bare = _THINKING.sub("", text)
    for pattern in (_TOKENS, _CITATIONS, _SEPARATOR):
        bare = pattern.sub("", bare)
    return text if bare == text else bare.rstrip()
