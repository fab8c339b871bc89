"""The cleaned copy of a pair: which rule took what off it, and whether the copy is used."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

from pipeline.faucet.lookup import REPAIRS, Row, row_of
from pipeline.quality.redaction import redacted
from pipeline.quality.repair import repaired_text
from pipeline.workspace.workspace import Workspace

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_MOST_PARTS = 5_000


class Cleaning(NamedTuple):
    """What one rule did to the question or the answer: texts that went, and that came instead."""

    rule: str
    field: str
    off: list[str]
    put: list[str]


class CleanedCopy(NamedTuple):
    """The texts of a pair as qa repaired them, or as a person wrote them (rule edit).

    is_used says whether score, likeness and exports take them for what was delivered.
    """

    question: str
    answer: str
    is_used: bool
    steps: list[Cleaning]


def cleaned_copy(workspace: Workspace, pair: Row) -> CleanedCopy | None:
    """Return the cleaned copy of a pair without credentials, None where qa made none."""
    copy = row_of(workspace, REPAIRS, pair["pair_id"])
    if copy is None:
        return None
    texts = {name: redacted(copy[name]) for name in ("question", "answer")}
    steps = [
        step
        for name, text in texts.items()
        for step in _steps(name, redacted(pair[name]), text, copy["kinds"])
    ]
    return CleanedCopy(**texts, is_used=copy["is_applied"], steps=steps)


def _steps(field: str, before: str, after: str, kinds: Collection[str]) -> Iterator[Cleaning]:
    """Yield what the rules did to a text, one after the other, and last what none of them did."""
    for kind in kinds:
        text, found = repaired_text(before, [kind])
        if found:
            yield Cleaning(kind, field, *_changed(before, text))
            before = text
    if before != after:
        rule = "edit" if "edit" in kinds else " and ".join(kinds)
        yield Cleaning(rule, field, *_changed(before, after))


def _changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return what a text lost and gained: by characters where it lost alone, else by words.

    By lines where the words are too many.
    """
    parts = [_WORDS.findall(text) for text in (before, after)]
    if max(map(len, parts)) > _MOST_PARTS:
        return _gone_and_come(_LINES.findall(before), _LINES.findall(after))
    if len(before) <= _MOST_PARTS:
        off, put = _gone_and_come(before, after)
        if not put:
            return off, put
    return _gone_and_come(*parts)


def _gone_and_come(left: Sequence[str], right: Sequence[str]) -> tuple[list[str], list[str]]:
    off, put = [], []
    for step in Indel.opcodes(left, right):
        if step.tag == "delete":
            off.append("".join(left[step.src_start : step.src_end]))
        elif step.tag == "insert":
            put.append("".join(right[step.dest_start : step.dest_end]))
    return off, put
