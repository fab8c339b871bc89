"""Markdown whose headings are the questions: "## What is RSI?" and the text below it."""

import re
from collections.abc import Iterator
from itertools import chain

from pipeline.deliveries.families import marked_text, research_report
from pipeline.deliveries.records import Document, Reading, Record, TextDocument

NAME = "question_headings"

_HEADING = re.compile(r"^(#{1,6})[ \t]+(?:[0-9]{1,6}[.)][ \t]+)?(\S.*)$", re.MULTILINE)
_FEWEST = 2
_RULE = re.compile(r"(?:^|\n)[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*$")


def sniff(document: Document) -> bool:
    """Return whether document is text with two headings or more that end in a question mark."""
    return (
        isinstance(document, TextDocument)
        and document.suffix in (".md", ".markdown", ".txt")
        and sum(_asks(match) for match in _HEADING.finditer(document.head)) >= _FEWEST
        and not marked_text.sniff(document)
        and not research_report.sniff(document)
    )


def read(document: Document) -> Reading:
    """Return one record per heading that asks; its answer ends at a heading of its level."""
    assert isinstance(document, TextDocument)
    note = ("question <- headings that end in ?", "topic <- heading above")
    return Reading(_each_pair(document.text), None, {}, note)


def _title(heading: re.Match[str]) -> str:
    """Return a heading's text without the marks that may close it; a pattern takes n² for it."""
    return heading[2][0] + heading[2][1:].rstrip(" \t#\r")


def _asks(heading: re.Match[str]) -> bool:
    return _title(heading).rstrip("*_ ").endswith(("?", "\uff1f"))


def _each_pair(text: str) -> Iterator[Record]:
    """Yield the pairs of a text, in one pass over its headings."""
    sections: dict[int, str] = {}
    asked: re.Match[str] | None = None
    line, counted = 1, 0
    for heading in chain(_HEADING.finditer(text), (None,)):
        if asked is not None and (heading is None or _closes(heading, asked)):
            line += text.count("\n", counted, asked.start())
            counted = asked.start()
            end = heading.start() if heading else len(text)
            above = [level for level in sections if level < len(asked[1])]
            context = {"topic": sections[max(above)]} if above else {}
            yield Record(f"line {line}", _fields(asked, text, end), context)
            asked = None
        if heading and asked is None:
            if _asks(heading):
                asked = heading
            else:
                level = len(heading[1])
                sections = {depth: sections[depth] for depth in sections if depth < level}
                sections[level] = _title(heading)


def _fields(asked: re.Match[str], text: str, end: int) -> dict[str, str]:
    answer = _RULE.sub("", text[asked.end() : end].strip()).strip()
    return {"question": _plain(_title(asked))} | ({"answer": answer} if answer else {})


def _plain(title: str) -> str:
    """Return a heading without the marks of bold type around the whole of it."""
    for mark in ("**", "__"):
        if title.startswith(mark) and title.endswith(mark) and title.count(mark) == 2:  # noqa: PLR2004 - opened and closed
            return title[2:-2]
    return title


def _closes(heading: re.Match[str], question: re.Match[str]) -> bool:
    return len(heading[1]) <= len(question[1]) or _asks(heading)
