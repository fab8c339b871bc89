"""Text and Markdown whose questions and answers are marked: "Q: ... A: ...", "**Question 3:** ...".

An answer goes on until the next question, a heading, or a rule. Under a heading that is itself
the question ("## Q: ...") deeper headings belong to the answer; in a list, lines that are not
indented do not, as in Markdown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.deliveries import claims
from pipeline.deliveries.families import research_report
from pipeline.deliveries.records import Document, Reading, Record, TextDocument

NAME = "marked_text"

_TABLES = (".csv", ".tsv")
_MARK = (
    r"^(?P<lead>[ \t]{{0,12}}(?:(?:[-*+>]|[0-9]{{1,6}}[.)])[ \t]+){{0,3}}(?P<head>#{{1,6}}[ \t]+)?)"
    r"(?P<bold>\*\*|__)?(?:{words})(?:[ \t]?#?[0-9]{{1,6}})?(?P<close>\*\*|__)?[ \t]?[:\uff1a]"
    r"(?P<late>\*\*|__)?[ \t]*(?P<text>.*)$"
)
_QUESTION = re.compile(_MARK.format(words="Q|Question|QUESTION|question"))
_ANSWER = re.compile(_MARK.format(words="A|Answer|ANSWER|answer"))
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.*)$")
_RULE = re.compile(r"^[ \t]{0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_LINE = re.compile(r"^.*$", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]{2,}")
_LONGEST_MARK_LINE_CHARS = 100_000


@dataclass
class _Open:
    """The pair that is being read: where it starts, what was said, which part goes on."""

    line: int
    level: int
    is_indented: bool
    section: str
    question: list[str]
    answer: list[str] = field(default_factory=list)
    has_answer: bool = False
    is_closed: bool = False


def sniff(document: Document) -> bool:
    """Return whether document is text, no table and no report, with a marked pair in it."""
    return (
        isinstance(document, TextDocument)
        and document.suffix not in _TABLES
        and not research_report.sniff(document)
        and any("answer" in record.fields for record in _each_pair(document.head))
    )


def read(document: Document) -> Reading:
    """Return one record per marked question, at its line; its topic is the heading above it."""
    assert isinstance(document, TextDocument)
    records = _each_pair(document.text)
    return Reading(records, claims.declared_in(document.head), {}, ("topic <- heading above",))


def _each_pair(text: str) -> Iterator[Record]:
    """Yield the pairs of a text, in one pass over its lines."""
    open_pair: _Open | None = None
    section, section_level = "", 0
    for number, match in enumerate(_LINE.finditer(text), start=1):
        line = match[0].removesuffix("\r")
        marked = _marked(_QUESTION, line)
        if marked is not None:
            if open_pair is not None:
                yield _record(open_pair)
            lead, level, said = marked
            above = section if not level or section_level < level else ""
            open_pair = _Open(number, level, lead, above, [said])
            continue
        heading = _HEADING.match(line)
        if open_pair is not None and not open_pair.is_closed:
            _go_on(open_pair, line, len(heading[1]) if heading else 0)
        if heading and (open_pair is None or open_pair.is_closed):
            section, section_level = heading[2].rstrip(" \t#"), len(heading[1])
    if open_pair is not None:
        yield _record(open_pair)


def _go_on(pair: _Open, line: str, heading_level: int) -> None:
    """Add a line to the pair's open part, or close the pair where the line is another's."""
    answered = None if pair.has_answer else _marked(_ANSWER, line)
    if answered is not None:
        pair.has_answer = True
        pair.is_indented = line[:1] in (" ", "\t")
        pair.answer.append(answered[2])
        return
    part = pair.answer if pair.has_answer else pair.question
    is_rule = not pair.level and _RULE.match(line) is not None
    is_other = heading_level and (not pair.level or heading_level <= pair.level)
    leaves_list = pair.has_answer and pair.is_indented and not part[-1].strip()
    if is_rule or is_other or (leaves_list and line.strip() and not _INDENT.match(line)):
        pair.is_closed = True
    else:
        part.append(line)


def _marked(pattern: re.Pattern[str], line: str) -> tuple[bool, int, str] | None:
    """Return (whether indented, level of heading or 0, text) of a marked line."""
    match = pattern.match(line) if len(line) <= _LONGEST_MARK_LINE_CHARS else None
    if match is None:
        return None
    text = match["text"]
    if match["bold"] and not (match["close"] or match["late"]):
        text = text.rstrip().removesuffix(match["bold"])
    return line[:1] in (" ", "\t"), len((match["head"] or "").strip()), text


def _record(pair: _Open) -> Record:
    fields = {"question": _joined(pair.question)}
    if pair.has_answer:
        lines = pair.answer
        while pair.level and lines and (not lines[-1].strip() or _RULE.match(lines[-1])):
            lines.pop()
        fields["answer"] = _joined(lines)
    context = {"topic": pair.section} if pair.section else {}
    return Record(f"line {pair.line}", fields, context)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()
