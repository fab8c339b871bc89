"""Multiple choice as text: a question, its lettered choices, and a line that names the right one.

Aiken's format, which learning platforms export, and what models write when asked for a quiz. An
explanation below the answer, and what stands above a question, stay with the record.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.deliveries import shapes
from pipeline.deliveries.records import Document, FamilyReading, Record, Refusal, TextDocument

NAME = "quiz_text"

_CHOICE = re.compile(r"^[ \t]{0,8}[(\[]?(?P<label>[A-Ha-h])[.)\]:][ \t]{1,9}(?P<text>\S.*)$")
_FIRST_CHOICE = re.compile(r"^[ \t]{0,8}[(\[]?[Aa][.)\]:][ \t]{1,9}\S", re.MULTILINE)
_RIGHT = re.compile(
    r"^[ \t*_]{0,8}(?:(?:the )?correct (?:answer|option|choice)|correct|answer|right answer"
    r"|richtige antwort|antwort|lösung|respuesta correcta|respuesta|bonne réponse|réponse|答案)"
    r"[ \t*_]{0,4}[:\uff1a][ \t*_]{0,4}(?P<text>[(\[]?[A-Ha-h](?![\w']).*?)[ \t*_]*$",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"^[ \t*_]{0,8}(?:explanation|rationale|reason|feedback|erklärung|begründung|explicación)"
    r"[ \t*_]{0,4}:",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"^[ \t]{0,8}(?:\*\*)?(?:question[ \t]?)?[0-9]{1,4}[.):][ \t]{1,9}", re.IGNORECASE
)
_LABELS = "ABCDEFGH"
_FEWEST = 2


class _Item(NamedTuple):
    """A question of a quiz: the lines from its choices on, and where it ends."""

    first: int
    choices: tuple[str, ...]
    right: str
    end: int


def sniff(document: Document) -> bool:
    """Return whether document is text with a question, its choices and the right one."""
    if not isinstance(document, TextDocument) or document.suffix in (".csv", ".tsv"):
        return False
    if _FIRST_CHOICE.search(document.head) is None:
        return False
    lines = document.head.split("\n")
    items = list(_items(lines))
    return any(item.right for item in items) and _question(lines, 0, items[0].first)[1] != ""


def read(document: Document) -> FamilyReading:
    """Return one record per question, at the line of its first choice."""
    assert isinstance(document, TextDocument)
    note = ("answer <- text of the right choice",)
    return FamilyReading(_each(document.text.split("\n")), None, {}, note)


def _items(lines: list[str]) -> Iterator[_Item]:
    """Yield the runs of choices A, B, ... and what follows each of them."""
    at = 0
    while at < len(lines):
        found = _run(lines, at)
        if len(found) < _FEWEST:
            at += 1
            continue
        end = at + len(found)
        while end < len(lines) and not lines[end].strip():
            end += 1
        match = _RIGHT.match(lines[end][:1_000]) if end < len(lines) else None
        first, right = at, match["text"] if match else ""
        at = end + 1 if match else at + len(found)
        if match and at < len(lines) and _REASON.match(lines[at][:1_000]):
            while at < len(lines) and lines[at].strip():
                at += 1
        yield _Item(first, tuple(found), right, at)


def _run(lines: list[str], start: int) -> list[str]:
    """Return the texts of the choices that start at a line, in the order of their letters."""
    found: list[str] = []
    for label, line in zip(_LABELS, lines[start : start + len(_LABELS)], strict=False):
        match = _CHOICE.match(line)
        if match is None or match["label"].upper() != label:
            break
        found.append(match["text"].strip())
    return found


def _question(lines: list[str], start: int, end: int) -> tuple[list[str], str]:
    """Return (lines above it, question): the last paragraph before the choices."""
    last = end
    while last > start and not lines[last - 1].strip():
        last -= 1
    first = last
    while first > start and lines[first - 1].strip():
        first -= 1
    question = [_NUMBER.sub("", line) for line in lines[first : first + 1]]
    text = "\n".join([*question, *lines[first + 1 : last]]).strip().strip("*")
    return lines[start:first], text


def _each(lines: list[str]) -> Iterator[Record | Refusal]:
    at = 0
    items = list(_items(lines))
    for place, item in enumerate(items):
        above, question = _question(lines, at, item.first)
        at = item.end
        fields = {"question": question, "choices": list(item.choices), "correct": item.right}
        reason = lines[item.first + len(item.choices) : item.end]
        below = [line for line in reason if line.strip() and not _RIGHT.match(line[:1_000])]
        more = {"explanation": below, "text_before": above}
        if place + 1 == len(items):
            more["text_after"] = lines[at:]
        held = {name: "\n".join(kept).strip() for name, kept in more.items()}
        fields |= {name: text for name, text in held.items() if text}
        yield from shapes.records_of(f"line {item.first + 1}", fields, {})
