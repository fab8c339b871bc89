"""A prompt with pairs cut into one request a line: rejoined by the number in each key.

`{"key": "request-7", "request": {"contents": [{"parts": [{"text": "one line"}]}]}}`
"""

import re

from pipeline.deliveries import claims, prompts
from pipeline.deliveries.records import Document, FamilyReading, JsonLines

NAME = "cut_requests"

_NUMBERED = re.compile(r".*?([0-9]{1,9})")
_FEWEST_LINES = 2


def sniff(document: Document) -> bool:
    """Return whether every line is a numbered request and only all together hold pairs."""
    if not isinstance(document, JsonLines) or len(document.lines) < _FEWEST_LINES:
        return False
    if any(prompts.arrays_of_pairs(text) for _, text in prompts.each_prompt(document)):
        return False
    joined = _joined(document)
    return joined is not None and bool(prompts.arrays_of_pairs(joined))


def read(document: Document) -> FamilyReading:
    """Return one record per object of the array in the rejoined text.

    Pointers are "rejoined@", the array's offset in characters, and the position in the array.
    """
    assert isinstance(document, JsonLines)
    joined = _joined(document) or ""
    note = ("question, answer <- lines rejoined by key",)
    return FamilyReading(prompts.pairs_in(joined, "rejoined"), claims.declared_in(joined), {}, note)


def _joined(document: JsonLines) -> str | None:
    """Return the lines' texts in order of their keys' numbers; None where a line has no number.

    The carriage return that some lines end in is the line's end, not its text.
    """
    numbered: dict[int, str] = {}
    for _, value in document.lines:
        key = value.get("key") if isinstance(value, dict) else None
        match = _NUMBERED.fullmatch(key) if isinstance(key, str) else None
        text = prompts.prompt_of(value) if match else None
        if match is None or text is None or int(match[1]) in numbered:
            return None
        numbered[int(match[1])] = text[1].rstrip("\r\n")
    return "\n".join(text for _, text in sorted(numbered.items()))
