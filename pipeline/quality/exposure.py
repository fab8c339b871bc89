"""What must not travel on unseen: credentials, personal data, orders to a language model."""

import re

from pipeline.quality import redaction
from pipeline.quality.reading import Reading
from pipeline.secrets.hiding import REDACTED

_CONTEXT_CHARS = 30
_INJECTION = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override)\ (?:all\ |any\ |everything\ )?(?:of\ )?
        (?:the\ |your\ |my\ )?(?:previous|prior|above|earlier|preceding)\s
        (?:instructions?|prompts?|rules|messages?|directions|text)
    | \b(?:reveal|print|repeat|show|output|leak)\ (?:me\ )?(?:your|the)\s
        (?:system|hidden|initial)\ prompt
    | \byou\ are\ (?:now\ )?(?:dan\b|in\ developer\ mode|an?\ unrestricted|jailbroken)
    | \bdo\ anything\ now\b
    | <\|(?:im_start|im_end|endoftext)\|>
    | \[/?inst\]|<</?sys>>
    """,
    re.VERBOSE | re.IGNORECASE,
)
_INJECTION_WORDS = tuple(
    (frozenset(first.split()), frozenset(second.split()))
    for first, second in (
        ("ignore disregard forget override", "previous prior above earlier preceding"),
        ("reveal print repeat show output leak", "prompt"),
        ("you", "dan developer unrestricted jailbroken"),
        ("anything", "now"),
        ("im inst sys endoftext", "im inst sys endoftext"),
    )
)
"""Every injection holds a word of both sides of one row; most texts do not, and go unsearched."""


def credential(reading: Reading) -> str | None:
    """Return where a credential stands; the credential itself is never shown."""
    for text in (reading.question, reading.answer):
        if redaction.secret(text):
            return _shown_redacted(text)
    return None


def personal_data(reading: Reading) -> str | None:
    """Return where an e-mail address or a telephone number stands; neither is ever shown."""
    for text in (reading.question, reading.answer):
        if redaction.personal(text):
            return _shown_redacted(text)
    return None


def prompt_injection(reading: Reading) -> str | None:
    """Return a phrase that orders a language model about ("ignore previous instructions").

    The text is kept as it was delivered; whoever builds a brief or a prompt from pairs leaves
    flagged ones out. An answer that quotes such a phrase to warn of it is flagged too: telling
    them apart is for a reviewer.
    """
    for words, text in (
        (frozenset(reading.question_words), reading.question),
        (reading.distinct_words, reading.answer),
    ):
        if any(words & first and words & second for first, second in _INJECTION_WORDS):
            match = _INJECTION.search(text)
            if match:
                return match[0]
    return None


def _shown_redacted(text: str) -> str:
    shown = redaction.redacted(text)
    at = shown.index(REDACTED)
    return shown[max(0, at - _CONTEXT_CHARS) : at + len(REDACTED) + _CONTEXT_CHARS]
