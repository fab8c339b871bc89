"""Texts that hold a whole conversation, with the marks of a chat template between its turns."""

import re

from pipeline.deliveries.turns import Turn, role_of

_HEADINGS, _BOLD_HEADS = "headings", "bold heads"
_RULE_AT_END = re.compile(r"\n[ \t]{0,3}(?:-{3,}|\*{3,}|_{3,})[ \t]*\Z")
"""What parts the turns of a talk that is written as a page."""
_TEMPLATES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ChatML", re.compile(r"<\|im_start\|>[ \t]*(?P<role>\w+)[ \t]*\n?")),
    (
        "Llama 3",
        re.compile(r"<\|start_header_id\|>[ \t]*(?P<role>\w+)[ \t]*<\|end_header_id\|>\n{0,2}"),
    ),
    (
        "Phi, Zephyr, Open Assistant",
        re.compile(r"<\|(?P<role>user|prompter|human|assistant|bot|system)\|>\n?"),
    ),
    (
        "OIG",
        re.compile(
            r"(?:\A|\n)[ \t]*<(?P<role>human|bot|user|assistant)>[ \t]*:[ \t]*", re.IGNORECASE
        ),
    ),
    ("Baize", re.compile(r"\[\|(?P<role>Human|AI|User|Assistant)\|\][ \t]*")),
    ("OpenChat", re.compile(r"GPT4 Correct (?P<role>User|Assistant):[ \t]*")),
    ("Gemma", re.compile(r"<start_of_turn>(?P<role>\w+)\n?")),
    ("DeepSeek", re.compile(r"<\uff5c(?P<role>User|Assistant)\uff5c>")),
    (
        "Guanaco, Alpaca",
        re.compile(
            r"#{2,4}[ \t]{0,9}(?P<role>Human|User|Assistant|System|Instruction|Input|Response"
            r"|Prompt|Question|Answer|GPT)[ \t]{0,9}:[ \t]*\n?",
        ),
    ),
    (
        _HEADINGS,
        re.compile(
            r"(?:\A|\n)#{1,4}[ \t]{1,9}[^\w\n]{0,4}(?P<role>Human|User|You|Me|Assistant|ChatGPT"
            r"|Claude|Gemini|AI|Bot|GPT-4)[ \t]{0,9}:?[ \t]{0,9}(?=\n)"
        ),
    ),
    (
        _BOLD_HEADS,
        re.compile(
            r"(?:\A|\n)_?\*\*(?P<role>Human|User|You|Me|Assistant|Cursor|ChatGPT|Claude|Gemini"
            r"|Copilot|AI|Bot):?\*\*_?[ \t]{0,9}:?[ \t]{0,9}(?=\n)"
        ),
    ),
    (
        "HH",
        re.compile(
            r"(?:\A|\n)[ \t]*(?:\*\*)?(?P<role>Human|H|Assistant|User|USER|ASSISTANT|AI|Bot"
            r"|Customer|Agent|ChatGPT|You|Me|Interviewer|Interviewee|Expert|Student|Teacher|Tutor)"
            r"(?:\*\*)?[ \t]*:(?:\*\*)?[ \t]*"
        ),
    ),
    ("Phi", re.compile(r"(?:\A|\n)(?P<role>Instruct|Output):[ \t]*")),
    ("Vicuna", re.compile(r"(?:\A|\s)(?P<role>USER|ASSISTANT)[ \t]*:[ \t]*")),
)
_LLAMA2 = re.compile(
    r"\[INST\]\s*(?:<<SYS>>(?P<system>.*?)<</SYS>>)?(?P<user>.*?)\[/INST\](?P<answer>.*?)(?=<s>|\[INST\]|\Z)",
    re.DOTALL,
)
_ENDS = (
    "<|im_end|>", "<|eot_id|>", "<|end_of_turn|>", "<|end|>", "<end_of_turn>",
    "<|endoftext|>", "<|end_of_text|>",
    "<\uff5cend\u2581of\u2581sentence\uff5c>", "</s>", "<s>", "<bos>", "<|begin_of_text|>",
)  # fmt: skip
_AS = {
    "instruction": "user",
    "input": "user",
    "response": "assistant",
    "prompt": "user",
    "h": "user",
    "instruct": "user",
    "output": "assistant",
}
_OPEN = re.compile(
    r"(?:assistant|model|response|answer|ai|bot|gpt)"
    r"(?:\|?[>\]]|<\|end_header_id\|>)?[ \t]{0,9}:?\s{0,9}\Z"
    r"|\[/INST\]\s{0,9}\Z",
    re.IGNORECASE,
)
"""How a prompt ends that a template leaves open for the answer."""
_LONGEST_OPEN_CHARS = 64
_LONGEST_LOOKED_CHARS = 2_000_000


def is_talk(text: str) -> bool:
    """Return whether a text holds a user's turn and an assistant's, marked by one template."""
    return bool(turns_of(text, ""))


def open_prompt(text: str) -> list[Turn]:
    """Return the turns of a prompt whose last mark opens the answer that stands elsewhere."""
    if len(text) > _LONGEST_LOOKED_CHARS or not _OPEN.search(text[-_LONGEST_OPEN_CHARS:]):
        return []
    spoken = turns_of(text, "")
    if spoken and spoken[-1].role == "assistant" and not spoken[-1].text:
        spoken.pop()
    return spoken if spoken and spoken[-1].role == "user" else []


def turns_of(text: str, place: str) -> list[Turn]:
    """Return the turns of a text, none where no template's marks part it into two sides."""
    if len(text) > _LONGEST_LOOKED_CHARS or not any(mark in text for mark in ("<", "#", ":", "[")):
        return []
    llama = list(_LLAMA2.finditer(text)) if _is_llama2(text) else []
    if llama:
        parts = [(role, one[role] or "") for one in llama for role in ("system", "user", "answer")]
        names = {"answer": "assistant"}
        return [
            Turn(f"{place}@{n}", names.get(r, r), _bare(t))
            for n, (r, t) in enumerate(parts)
            if _bare(t)
        ]
    for name, pattern in _TEMPLATES:
        found = list(pattern.finditer(text))
        turns = []
        for n, match in enumerate(found):
            end = found[n + 1].start() if n + 1 < len(found) else len(text)
            role = _AS.get(match["role"].lower()) or role_of(match["role"])
            spoken = _bare(text[match.end() : end])
            if name in (_HEADINGS, _BOLD_HEADS):
                spoken = _RULE_AT_END.sub("", spoken).rstrip()
            turns.append(Turn(f"{place}@{match.start()}", role, spoken))
        roles = [turn.role for turn in turns]
        if "user" in roles and "assistant" in roles:
            before = _bare(text[: found[0].start()])
            lead = [Turn(f"{place}@0", "system", before)] if before else []
            return [*lead, *turns]
    return []


def _is_llama2(text: str) -> bool:
    """Return whether instructions, and system prompts in them, are closed as often as opened."""
    return 0 < text.count("[INST]") == text.count("[/INST]") and text.count(
        "<<SYS>>"
    ) == text.count("<</SYS>>")


def _bare(text: str) -> str:
    """Return a turn's text without the marks that open and end it."""
    before = None
    while before != text:
        before, text = text, text.strip()
        for mark in _ENDS:
            text = text.removesuffix(mark).removeprefix(mark)
    return text
