"""Passages of an answer: stretches of whole sentences, for stores that want short texts."""

import re
from itertools import pairwise

_SENTENCE_END = re.compile(r"(?:[.!?…]['\")\]*]*|[。！？]|:)\s+|\n\s*")  # noqa: RUF001 - full-width ends
OVERLAP_SHARE = 0.2
"""At most this much of a passage is the end of the one before: what a sentence refers to stands
mostly in the sentence before it."""


def passage_spans(text: str, chunk_chars: int) -> list[tuple[int, int]]:
    """Return the starts and ends, in characters, of passages of text that together cover it.

    A passage ends where a sentence, a line or a list item ends and begins with the last sentences
    of the one before, as far as they fit into OVERLAP_SHARE of it; a sentence longer than
    chunk_chars is cut there. The last passage ends with the text. One text that fits is one.

    chunk_chars: most characters of a passage, 1 or more.
    """
    cuts = _cuts(text, chunk_chars)
    spans: list[tuple[int, int]] = []
    first = 0
    while first < len(cuts) - 1:
        last = first + 1
        while last < len(cuts) - 1 and cuts[last + 1] - cuts[first] <= chunk_chars:
            last += 1
        spans.append((cuts[first], cuts[last]))
        if last == len(cuts) - 1:
            break
        first = _overlapping(cuts, first, last, chunk_chars)
    return spans


def _cuts(text: str, chunk_chars: int) -> list[int]:
    """Return the places where text may be cut, from its start to its end, ascending."""
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    cuts = [0]
    for start, end in pairwise(sorted(set(ends))):
        cuts += [*range(start + chunk_chars, end, chunk_chars), end]
    return cuts


def _overlapping(cuts: list[int], first: int, last: int, chunk_chars: int) -> int:
    """Return the cut that the next passage starts at: behind first, so that it moves on."""
    start = last
    while (
        start - 1 > first
        and cuts[last] - cuts[start - 1] <= OVERLAP_SHARE * chunk_chars
        and cuts[last + 1] - cuts[start - 1] <= chunk_chars
    ):
        start -= 1
    return start
