r"""A research report in text: "Pair N:", "question:", "question characters: n", "answer:", ...

Terminal colours around the labels are passed over. Where an answer itself quotes the labels,
the declared length says which line ends it; the declared lengths are kept with the pair.
"""

import re
from collections.abc import Iterator
from itertools import chain, islice, pairwise
from typing import Any

from pipeline.deliveries import claims
from pipeline.deliveries.records import Document, FamilyReading, Record, TextDocument

NAME = "research_report"

_COLOUR = r"(?:\x1b\[[\d;]*m)*"


def _label(words: str) -> str:
    return rf"{_COLOUR}{words}:{_COLOUR}"


_START = re.compile(
    rf"^{_label(r'Pair (?P<number>[0-9]{1,9})')}[ \t]*\r?\n{_label('question')} ?", re.MULTILINE
)
_TURN = re.compile(
    rf"\r?\n{_label('question characters')} *(?P<chars>[0-9,]+)[ \t]*\r?\n{_label('answer')} ?"
)
_END = re.compile(
    rf"\r?\n{_label('answer characters')} *(?P<chars>[0-9,]+)[ \t]*\r?$", re.MULTILINE
)
_TOPIC = re.compile(rf"^{_label('Topic')} *(\S.*?)\r?$", re.MULTILINE)
_COMPLETED = re.compile(rf"^{_label('Research Completed')} *(\S.*?)\r?$", re.MULTILINE)
_HEAD_CHARS = 10_000
_MOST_LABELS = 1_000


def sniff(document: Document) -> bool:
    """Return whether document is text in which a pair starts with its two labels."""
    return isinstance(document, TextDocument) and _START.search(document.head) is not None


def read(document: Document) -> FamilyReading:
    """Return one record per pair; topic and date are the report's."""
    assert isinstance(document, TextDocument)
    head = document.head[:_HEAD_CHARS]
    matches = {"topic": _TOPIC.search(head), "completed": _COMPLETED.search(head)}
    context = {key: match[1] for key, match in matches.items() if match}
    declared = claims.declared_in(document.head)
    return FamilyReading(_each_pair(document.text, context), declared, context)


def _each_pair(text: str, context: dict[str, Any]) -> Iterator[Record]:
    line, counted = 1, 0
    for start, following in pairwise(chain(_START.finditer(text), (None,))):
        assert start is not None
        line += text.count("\n", counted, start.start())
        counted = start.start()
        end = following.start() if following else len(text)
        fields = {"pair_number": int(start["number"]), **_texts(text, start.end(), end)}
        yield Record(f"line {line}", fields, context)


def _texts(text: str, start: int, end: int) -> dict[str, Any]:
    """Return question, answer and their declared lengths as far as they stand between two places.

    An answer whose end is missing was cut off with the file and is kept under another name.
    """
    turn = _declared_end(_TURN, text, start, end)
    if turn is None:
        return {"question": text[start:end].strip()}
    question = {"question": text[start : turn.start()], "question_characters": _number(turn)}
    close = _declared_end(_END, text, turn.end(), end)
    if close is None:
        return {**question, "unfinished_answer": text[turn.end() : end]}
    answer = text[turn.end() : close.start()]
    return {**question, "answer": answer, "answer_characters": _number(close)}


def _declared_end(
    pattern: re.Pattern[str], text: str, start: int, end: int
) -> re.Match[str] | None:
    """Return the label whose number is the length of the text before it, else the last label."""
    last = None
    for last in islice(pattern.finditer(text, start, end), _MOST_LABELS):
        if _number(last) == last.start() - start:
            break
    return last


def _number(match: re.Match[str]) -> int | None:
    digits = match["chars"].replace(",", "")
    return int(digits) if 0 < len(digits) < 10 else None  # noqa: PLR2004 - a length, not a text
