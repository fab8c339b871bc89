"""Cards of spaced repetition in notes: Obsidian's `Q::A` and `?` between two sides, `#card`.

`::` also stands in code and in notes' own fields: without a question mark before it, it parts a
card only in a text that says that it holds cards.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from pipeline.deliveries.marked_lines import fenced_lines
from pipeline.deliveries.record_ends import HEADING
from pipeline.deliveries.records import Document, FamilyReading, Record, TextDocument

NAME = "cards"

_TAG = re.compile(r"#(?:flash)?cards?\b|<!--SR:!", re.IGNORECASE)
_ONE_LINE = re.compile(
    r"^[ \t]{0,8}(?:[-*][ \t]{1,9})?(?P<front>\S[^`\n]{0,1000}?)[ \t]{0,9}"
    r":::?(?!:)[ \t]{0,9}(?P<back>\S.*)$"
)
_BETWEEN = re.compile(r"^[ \t]{0,3}\?{1,2}[ \t]*$")
_TAGGED = re.compile(
    r"^[ \t]{0,8}(?:[-*][ \t]{1,9}|#{1,6}[ \t]{1,9})?(?P<front>\S.*?)[ \t]{1,9}"
    r"#card(?:[-/]\w{1,20})?[ \t]*$"
)
_PLANNED = re.compile(r"[ \t]*<!--SR:.*?-->[ \t]*$")
_PROPERTY = re.compile(r"^[ \t]{1,12}(?:card-[\w-]{1,40}|id|collapsed|deck|tags)::[ \t]")
_BULLET = re.compile(r"^[-*][ \t]{1,9}")
_FEWEST = 2


def sniff(document: Document) -> bool:
    """Return whether document is a note with two cards, or with one and a tag that says so."""
    if not isinstance(document, TextDocument) or document.suffix not in (
        ".md",
        ".markdown",
        ".txt",
    ):
        return False
    is_tagged = _TAG.search(document.head) is not None
    may_hold = is_tagged or _has_marks(document.head)
    count = len(list(_cards(document.head))) if may_hold else 0
    return count >= (1 if is_tagged else _FEWEST)


def _has_marks(text: str) -> bool:
    return any(_BETWEEN.match(line) for line in text.split("\n"))


def read(document: Document) -> FamilyReading:
    """Return one record per card, at its line; what is no card stays with the last one."""
    assert isinstance(document, TextDocument)
    return FamilyReading(_each(document.text), None, {}, ("question <- front of the card",))


def _each(text: str) -> Iterator[Record]:
    lines = text.split("\n")
    cards = list(_cards(text))
    inside = {n for first, end, *_ in cards for n in range(first, end)}
    loose = "\n".join(line for n, line in enumerate(lines) if n not in inside).strip()
    for place, (first, _, front, back) in enumerate(cards, 1):
        more = {"text_around": loose} if loose and place == len(cards) else {}
        yield Record(f"line {first + 1}", {"question": front, "answer": back, **more}, {})


def _cards(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Yield (first line, line behind it, front, back) of each card, in order."""
    fenced = fenced_lines(text)
    lines = [line.rstrip("\r") for line in text.split("\n")]
    is_tagged = _TAG.search(text) is not None
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].strip() and end not in fenced:
            end += 1
        yield from _in_block(lines, at, end, is_tagged=is_tagged)
        at = end + 1


def _in_block(
    lines: list[str], start: int, end: int, *, is_tagged: bool
) -> Iterator[tuple[int, int, str, str]]:
    """Yield the cards between two blank lines: one of several lines, else those of one line."""
    while start < end and HEADING.match(lines[start]) and not _TAGGED.match(lines[start]):
        start += 1
    block = [_PLANNED.sub("", line) for line in lines[start:end]]
    heads = [n for n, line in enumerate(block) if _TAGGED.match(line)]
    if heads and not heads[0] and any(len(block) > n + 1 for n in heads):
        yield from _tagged(block, heads, start)
        return
    between = next((n for n, line in enumerate(block) if _BETWEEN.match(line)), 0)
    if between and any(block[between + 1 :]):
        yield start, end, _joined(block[:between]), _joined(block[between + 1 :])
    else:
        for n, line in enumerate(block):
            match = _ONE_LINE.match(line) if "::" in line else None
            if match and (is_tagged or match["front"].endswith(("?", "\uff1f"))):
                yield start + n, start + n + 1, match["front"], match["back"].strip()


def _tagged(block: list[str], heads: list[int], start: int) -> Iterator[tuple[int, int, str, str]]:
    """Yield the cards that a tag names, each up to the next one; notes' own fields are no text."""
    for first, end in pairwise([*heads, len(block)]):
        match = _TAGGED.match(block[first])
        lines = [line for line in block[first + 1 : end] if not _PROPERTY.match(line)]
        if match is not None and any(lines):
            back = _joined([_outdented(line) for line in lines])
            yield start + first, start + end, match["front"], back


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()


def _outdented(line: str) -> str:
    bare = line.strip() if line[:1] in ("\t", " ") else line
    return _BULLET.sub("", bare)
