"""Parts of texts that are marked: what a flag is about, and where two texts differ."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel

from pipeline.faucet.lookup import Row

MOST_WORDS = 3_000
"""Words up to which two texts are compared word by word; longer ones are shown plain."""

LEAST_ALIKE = 0.6
"""Share of words in common from which on differences are marked: below it all would be marked."""

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_CUT = "…"


class Part(NamedTuple):
    """A stretch of text; mark says why it stands out, "" where it does not."""

    text: str
    mark: str = ""


def flagged(text: str, flags: Iterable[Row]) -> list[Part]:
    """Return text in parts, those marked that the evidence of a flag quotes word for word.

    Of evidence that overlaps, what begins first is marked, and of that the longest.
    """
    found = []
    for flag in flags:
        quoted = flag["evidence"].rstrip(_CUT).strip()
        place = text.find(quoted) if quoted else -1
        if place >= 0:
            found.append((place, -(place + len(quoted)), flag["code"]))
    parts, reached = [], 0
    for start, end, code in sorted(found):
        if start >= reached:
            parts += [Part(text[reached:start]), Part(text[start:-end], code)]
            reached = -end
    return [part for part in (*parts, Part(text[reached:])) if part.text]


def differing(one: str, other: str) -> tuple[list[Part], list[Part]]:
    """Return both texts in parts, those marked that stand in one of them alone, word by word.

    Texts that have little in common are not marked at all.
    """
    left, right = _WORDS.findall(one), _WORDS.findall(other)
    if max(len(left), len(right)) > MOST_WORDS:
        return [Part(one)], [Part(other)]
    if Indel.normalized_similarity(left, right) < LEAST_ALIKE:
        return [Part(one)], [Part(other)]
    ours: list[Part] = []
    theirs: list[Part] = []
    for step in Indel.opcodes(left, right):
        mark = "" if step.tag == "equal" else "differs"
        _add(ours, left[step.src_start : step.src_end], mark)
        _add(theirs, right[step.dest_start : step.dest_end], mark)
    return ours, theirs


def _add(parts: list[Part], words: Sequence[str], mark: str) -> None:
    text = "".join(words)
    if text:
        parts.append(Part(text, mark if text.strip() else ""))
