"""Lines of a text that may be questions: headings of four markups, bold lines, numbered ones.

A heading is the surest sign. Where no heading asks, the other kinds are looked at, each so strict
that what it finds can hardly be anything else; the first kind with two questions counts.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from pipeline.deliveries.marked_lines import fenced_lines

_MARKDOWN = re.compile(r"^ {0,3}(#{1,6})[ \t]{1,20}(?:[0-9]{1,6}[.)][ \t]{1,20})?(\S.*)$")
_WIKI = re.compile(r"^(={1,6})[ \t]{0,9}([^=\s].*?)[ \t]{0,9}\1$")
_ASCIIDOC = re.compile(r"^(={1,6})[ \t]{1,20}(\S.*)$")
_ORG = re.compile(r"^(\*{1,6})[ \t]{1,20}(\S.*)$")
_BY_SUFFIX = {
    ".org": (_ORG,),
    ".adoc": (_ASCIIDOC,),
    ".asciidoc": (_ASCIIDOC,),
    ".asc": (_ASCIIDOC,),
}
_UNDERLINE = re.compile(r"^(?P<mark>[=\-~^\"'+#*])(?P=mark){2,}[ \t]*$")
_BOLD = re.compile(
    r"^[ \t]{0,3}(?:[-*+][ \t]{1,9})?(?:[0-9]{1,6}[.)][ \t]{1,9})?(?P<m>\*\*|__)"
    r"(?:[0-9]{1,6}[.)][ \t]{1,9})?(?P<text>.+?)(?P=m)[ \t]*$"
)
_ADMONITION = re.compile(r"^(?:\?{3}\+?|!{3})[ \t]{1,9}\w{1,40}[ \t]{1,9}\"(?P<text>.+)\"[ \t]*$")
_NUMBERED = re.compile(r"^ {0,3}(?P<number>[0-9]{1,4})[.)][ \t]{1,9}(?P<text>\S.*)$")
_CARD = re.compile(
    r"^[ \t]{0,8}(?:[-*+][ \t]{1,9})?(?P<text>\S[^\n]{0,1000}?[?\uff1f])[ \t]{0,9}"
    r"(?:::|>>)(?:[ \t]+|(?=\S)|$)(?P<rest>.*)$"
)
_DEFINITION = re.compile(r"^[ \t]{0,3}:[ \t]{1,9}(?P<rest>\S.*)$")
_SPOKEN = re.compile(r"^[^\W\d_][\w .'-]{0,40}:[ \t]")
_ITEM = re.compile(r"(?:[-*+]|[0-9]{1,6}[.)])[ \t]")
_LONGEST_CHARS = 2_000
_FEWEST = 2
_LAST_LEVEL = 7
_MOST_BLOCKS_EACH = 3
_SETEXT_DIFFERENCE = 2


class QuestionLine(NamedTuple):
    """A line that may open a question or a section.

    line is its number from 0, span how many lines it takes, rest what of the answer stands on it,
    and is_indented whether the answer is indented below it.
    """

    line: int
    level: int
    text: str
    asks: bool
    span: int = 1
    rest: str = ""
    is_indented: bool = False


def asks(text: str) -> bool:
    """Return whether a line ends in a question mark, whatever marks of type close it."""
    return text.rstrip("*_#~ \t").endswith(("?", "\uff1f"))


def question_lines(text: str, suffix: str) -> list[QuestionLine]:
    """Return the headings of a text, and lines of the first other kind where no heading asks."""
    fenced = fenced_lines(text)
    lines = [
        "" if n in fenced or len(line) > _LONGEST_CHARS else line.rstrip()
        for n, line in enumerate(text.split("\n"))
    ]
    headings = sorted([*_headings(lines, suffix), *_underlined(lines, suffix)])
    if any(heading.asks for heading in headings):
        return headings
    for kind, marks in _KINDS:
        found = list(kind(lines)) if any(mark in text for mark in marks) else []
        if len(found) >= _FEWEST:
            return sorted([*headings, *found])
    return headings


def _headings(lines: list[str], suffix: str) -> Iterator[QuestionLine]:
    patterns = _BY_SUFFIX.get(suffix, (_MARKDOWN, _WIKI))
    is_in_item = False
    for number, line in enumerate(lines):
        match = next((m for p in patterns if line[:4].strip() and (m := p.match(line))), None)
        if line[:1].strip():
            is_in_item = _ITEM.match(line) is not None
        if match is not None and not (is_in_item and line[:2] == "  "):
            title = match[2].rstrip("# \t")
            yield QuestionLine(number, len(match[1]), title, asks(title))


def _underlined(lines: list[str], suffix: str) -> Iterator[QuestionLine]:
    """Yield titles with a rule below them: Markdown's two levels, reStructuredText's many."""
    order = "=-" if suffix != ".rst" else ""
    for number, (line, below) in enumerate(pairwise(lines)):
        match = _UNDERLINE.match(below) if below[:1] in "=-~^\"'+#*" and below else None
        before = lines[number - 1] if number else ""
        is_apart = not before.strip() or _UNDERLINE.match(before) is not None
        if match is None or not is_apart or not line.strip() or _UNDERLINE.match(line):
            continue
        if suffix == ".rst" and match["mark"] not in order:
            order += match["mark"]
        is_fitting = abs(len(line) - len(below)) <= _SETEXT_DIFFERENCE
        if match["mark"] in order and (is_fitting or asks(line)):
            level = order.index(match["mark"]) + 1
            yield QuestionLine(number, level, line.strip(), asks(line), 2)


def _bold(lines: list[str]) -> Iterator[QuestionLine]:
    for number, line in enumerate(lines):
        match = _BOLD.match(line) if "**" in line or "__" in line else None
        if match and asks(match["text"]) and "**" not in match["text"]:
            yield QuestionLine(number, _LAST_LEVEL, match["text"], asks=True)


def _admonitions(lines: list[str]) -> Iterator[QuestionLine]:
    for number, line in enumerate(lines):
        match = _ADMONITION.match(line) if line[:3] in ("???", "!!!") else None
        if match and asks(match["text"]):
            yield QuestionLine(number, _LAST_LEVEL, match["text"], asks=True, is_indented=True)


def _numbered(lines: list[str]) -> Iterator[QuestionLine]:
    """Yield numbered lines, where every one of them asks and the numbers follow each other."""
    found = [(n, match) for n, line in enumerate(lines) if (match := _NUMBERED.match(line))]
    numbers = [int(match["number"]) for _, match in found]
    if all(b == a + 1 for a, b in pairwise(numbers)) and all(asks(m["text"]) for _, m in found):
        for n, match in found:
            yield QuestionLine(n, _LAST_LEVEL, match["text"], asks=True, is_indented=True)


def _definitions(lines: list[str]) -> Iterator[QuestionLine]:
    """Yield questions whose answer is their definition: "Q?::A", "Q?" above ": A"."""
    for number, line in enumerate(lines):
        card = _CARD.match(line) if "::" in line or ">>" in line else None
        if card is not None:
            rest = card["rest"]
            text = card["text"].strip()
            yield QuestionLine(number, _LAST_LEVEL, text, asks=True, rest=rest, is_indented=True)
            continue
        below = next((n for n in range(number + 1, min(number + 3, len(lines))) if lines[n]), None)
        match = _DEFINITION.match(lines[below]) if below is not None and asks(line) else None
        if match is not None and below is not None:
            span, rest = below - number + 1, match["rest"]
            text = line.removeprefix(";").strip()
            yield QuestionLine(number, _LAST_LEVEL, text, True, span, rest, True)  # noqa: FBT003 - fields in order


def _indented(lines: list[str]) -> Iterator[QuestionLine]:
    """Yield lines that ask right above an indented answer, where all that ask do so."""
    found = [n for n, line in enumerate(lines) if asks(line) and not line[:1].isspace()]
    if all(lines[n + 1 : n + 2] and lines[n + 1][:2] in ("  ", "\t") for n in found):
        for n in found:
            yield QuestionLine(n, _LAST_LEVEL, lines[n].strip(), asks=True, is_indented=True)


def _paragraphs(lines: list[str]) -> Iterator[QuestionLine]:
    """Yield lines that ask and open a paragraph, in a text that is nothing but such questions.

    It begins with one, no other line asks, and no answer has more than three paragraphs.
    """
    starts = [n for n, line in enumerate(lines) if line.strip() and (not n or not lines[n - 1])]
    asking = [n for n, line in enumerate(lines) if asks(line)]
    labels = Counter(m[0] for n in starts if (m := _SPOKEN.match(lines[n])))
    if any(count > 1 for count in labels.values()):
        return  # people who speak: whose the answer is no paragraph says
    is_whole = bool(starts) and asking[:1] == starts[:1] and set(asking) <= set(starts)
    if is_whole and len(starts) <= (1 + _MOST_BLOCKS_EACH) * len(asking):
        for n in asking:
            yield QuestionLine(n, _LAST_LEVEL, lines[n].strip(), asks=True)


_KINDS: tuple[tuple[Callable[[list[str]], Iterator[QuestionLine]], tuple[str, ...]], ...] = (
    (_bold, ("**", "__")),
    (_admonitions, ("???", "!!!")),
    (_definitions, ("::", ">>", ": ", ":\t")),
    (_numbered, (". ", ") ", ".\t", ")\t")),
    (_indented, ("\n  ", "\n\t")),
    (_paragraphs, ("?", "\uff1f")),
)
"""Kinds of lines in the order in which they are tried, with what a text must hold for one."""
