"""Text whose headings, bold lines or <summary> elements are the questions, their answer below."""

import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.deliveries import claims, html_blocks
from pipeline.deliveries.question_lines import QuestionLine, question_lines
from pipeline.deliveries.records import Document, FamilyReading, Record, TextDocument

NAME = "question_headings"

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]{1,20}(\S.*)$")
_TAG = re.compile(r"</?[a-z][^>]{0,200}>", re.IGNORECASE)
_RULE = re.compile(r"^[ \t]*(?:-{3,}|\*{3,}|_{3,}|={3,})[ \t]*$")
_CALLOUT = re.compile(r"\A>[ \t]*\[![\w-]{1,40}\][-+]?[ \t]*")
_NUMBER = re.compile(r"\A(?:Q|Question|Frage)[ \t]?[0-9]{0,4}[.:)][ \t]{1,9}(?=\S)")
_QUOTED = re.compile(r"^[ \t]*>[ \t]?")
_STRUCK = re.compile(r"(?:\*\*|__)?~~[^~]+~~(?:\*\*|__)?")
_FEWEST = 2
_SUFFIXES = (
    *(".md", ".markdown", ".mdown", ".mdx", ".qmd", ".rmd", ".txt", ".text", ".rst", ".org"),
    *(".adoc", ".asciidoc", ".asc", ".wiki", ".mediawiki", ""),
)


def sniff(document: Document) -> bool:
    """Return whether two headings or other lines that open an answer ask, or <details> does.

    One is enough where it is the title and all below it the answer: a page for each question.
    """
    if not isinstance(document, TextDocument) or document.suffix not in _SUFFIXES:
        return False
    if next(_details(document.head), None):
        return True
    if "?" not in document.head and "\uff1f" not in document.head:
        return False
    heads = question_lines(document.head, document.suffix)
    return sum(head.asks for head in heads) >= _FEWEST or _is_one(document.head, heads)


def _is_one(text: str, heads: list[QuestionLine]) -> bool:
    """Return whether a text is one question as its title, and the answer."""
    lines = text.lstrip("\ufeff\n\r ").split("\n")
    titled = _HEADING.match(lines[0].rstrip("\r"))
    is_asked = bool(heads) and heads[0].asks and titled is not None
    return is_asked and any(map(str.strip, lines[1:]))


def read(document: Document) -> FamilyReading:
    """Return one record per heading that asks; its answer ends at a heading of its level."""
    assert isinstance(document, TextDocument)
    declared = claims.declared_in(document.head)
    if next(_details(document.head), None):
        return FamilyReading(_of_details(document.text), declared, {}, ("question <- summary",))
    note = ("question <- headings that end in ?", "topic <- heading above")
    return FamilyReading(_each_pair(document.text, document.suffix), declared, {}, note)


def _each_pair(text: str, suffix: str) -> Iterator[Record]:
    """Yield the pairs of a text, in one pass over its headings."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    heads = question_lines(text, suffix)
    sections: dict[int, str] = {}
    loose: list[str] = lines[: heads[0].line] if heads else []
    last: Record | None = None
    place = 0
    while place < len(heads):
        head = heads[place]
        following = place + 1
        if head.asks:
            while following < len(heads) and not _closes(heads[following], head):
                following += 1
        end = heads[following].line if following < len(heads) else len(lines)
        body = lines[head.line + head.span : end]
        if head.asks:
            if last is not None:
                yield last
            last, loose = _record(head, body, sections, loose), []
        else:
            sections = {depth: sections[depth] for depth in sections if depth < head.level}
            loose += (
                [*lines[head.line : head.line + head.span], *body]
                if any(map(str.strip, body)) or sections
                else body
            )
            sections[head.level] = head.text
        place = following
    if last is not None and any(line.strip() for line in loose):
        last = Record(last.pointer, {**last.fields, "text_after": "\n".join(loose)}, last.context)
    if last is not None:
        yield last


def _record(
    head: QuestionLine, body: list[str], sections: dict[int, str], loose: list[str]
) -> Record:
    answer = list(body)
    while answer and (not answer[-1].strip() or _RULE.match(answer[-1])):
        answer.pop()
    if head.is_indented and all(not line.strip() or line[:1] in (" ", "\t") for line in answer):
        answer = textwrap.dedent("\n".join(answer)).split("\n")
    if _CALLOUT.match(head.text) and all(_QUOTED.match(line) for line in answer if line.strip()):
        answer = [_QUOTED.sub("", line) for line in answer]
    text = "\n".join([head.rest, *answer]).strip()
    fields = {"question": _plain(head.text)} | ({"answer": text} if text else {})
    if _STRUCK.fullmatch(head.text):
        fields["status"] = "struck out"
    if any(line.strip() for line in loose):
        fields["text_before"] = "\n".join(loose).strip()
    above = [level for level in sections if level < head.level]
    context = {"topic": sections[max(above)]} if above else {}
    return Record(f"line {head.line + 1}", fields, context)


def _plain(title: str) -> str:
    """Return a heading without the marks of bold type around the whole of it."""
    title = _NUMBER.sub("", _CALLOUT.sub("", title))
    for mark in ("**", "__"):
        if title.startswith(mark) and title.endswith(mark) and title.count(mark) == 2:  # noqa: PLR2004 - opened and closed
            return title[2:-2]
    return title


def _closes(heading: QuestionLine, question: QuestionLine) -> bool:
    return heading.level <= question.level or heading.asks


class _Details(NamedTuple):
    """A <details> element: where it stands in characters, its summary, and what is below it."""

    start: int
    end: int
    question: str
    answer: str


def _details(text: str) -> Iterator[_Details]:
    """Yield the <details> elements of a text, each found by going on from the last one."""
    lowered = text.lower()
    at = 0
    while (start := lowered.find("<details", at)) >= 0:
        opened = lowered.find("<summary", start)
        inner = lowered.find(">", opened) + 1
        closed = lowered.find("</summary>", inner)
        end = lowered.find("</details>", closed)
        if min(opened, inner - 1, closed, end) < 0:
            return
        answer = text[closed + len("</summary>") : end].strip()
        at = end + len("</details>")
        yield _Details(start, at, _TAG.sub("", text[inner:closed]).strip("* \t\n"), answer)


def _of_details(text: str) -> Iterator[Record]:
    """Yield the pairs of <details> elements; what stands between them goes before the next one."""
    at, line = 0, 1
    last: Record | None = None
    for found in _details(text):
        before = text[at : found.start].strip()
        line += text.count("\n", at, found.start)
        answer = html_blocks.plain_text(found.answer) if "<p" in found.answer else found.answer
        headings = [one for row in before.split("\n") if (one := _HEADING.match(row))]
        topic = headings[-1][2].rstrip("# \t") if headings else ""
        fields = {"question": found.question, "answer": answer}
        if before and before != (headings[-1][0] if headings else ""):
            fields["text_before"] = before
        if last is not None:
            yield last
        last = Record(f"line {line}", fields, {"topic": topic} if topic else {})
        line += text.count("\n", found.start, found.end)
        at = found.end
    left = text[at:].strip()
    if last is not None:
        fields = {**last.fields, "text_after": left} if left else dict(last.fields)
        yield Record(last.pointer, fields, last.context)
