"""Tables inside text: Markdown's, with dashes below the header, and those drawn with rules."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.deliveries import keys, tables
from pipeline.deliveries.marked_lines import fenced_lines
from pipeline.deliveries.plain_pairs import is_question
from pipeline.deliveries.records import (
    CellTable,
    Document,
    FamilyReading,
    Record,
    Refusal,
    TextDocument,
)
from pipeline.deliveries.ruled_tables import ruled_tables

NAME = "text_tables"

_BAR = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_LONGEST_LINE_CHARS = 100_000


class _Found(NamedTuple):
    """A table of a text and the numbers of its lines from 1."""

    table: CellTable
    lines: range


def sniff(document: Document) -> bool:
    """Return whether document is text with a table whose columns are of pairs."""
    return isinstance(document, TextDocument) and any(
        tables.holds_records(one.table) for one in _tables(document.head, document.renames)
    )


def read(document: Document) -> FamilyReading:
    """Return one record per row of each such table, at its line."""
    assert isinstance(document, TextDocument)
    each = _tables(document.text, document.renames)
    found = [one for one in each if tables.holds_records(one.table)]
    return FamilyReading(_each(found, document.text))


def apart(text: str, renames: Mapping[str, str]) -> tuple[str, list[CellTable]]:
    """Return a text with blank lines for its tables of pairs, and these tables.

    A table of pairs names both sides, all its questions ask, and no line leads on to it.
    """
    if "|" not in text:
        return text, []
    lines = text.split("\n")
    fenced = fenced_lines(text)
    found = [
        one
        for one in _tables(text, renames)
        if one.lines.start - 1 not in fenced
        and keys.is_named(one.table.header)
        and not _leads_on(lines, one.lines.start - 2)
        and all(map(_asks, tables.each_record(one.table)))
    ]
    inside = {number for one in found for number in one.lines}
    rest = "\n".join("" if n in inside else line for n, line in enumerate(lines, 1))
    return rest, [one.table for one in found]


def _leads_on(lines: list[str], place: int) -> bool:
    """Return whether the text before a table goes on into it."""
    while place > 0 and not lines[place].strip():
        place -= 1
    return place >= 0 and lines[place].rstrip().endswith((":", "\uff1a"))


def _asks(record: Record | Refusal) -> bool:
    asked = (
        keys.having(keys.roles_of(record.fields), "question") if isinstance(record, Record) else []
    )
    return (
        any(is_question(record.fields[key]) for key in asked)
        if isinstance(record, Record)
        else False
    )


def _each(found: list[_Found], text: str) -> Iterator[Record | Refusal]:
    inside = {number for one in found for number in one.lines}
    loose = [line for n, line in enumerate(text.split("\n"), 1) if n not in inside]
    first = True
    for table, _ in found:
        for record in tables.each_record(table):
            if first and isinstance(record, Record) and any(line.strip() for line in loose):
                fields = {**record.fields, "text_around": "\n".join(loose).strip()}
                record = Record(record.pointer, fields, record.context)  # noqa: PLW2901
                first = False
            yield record


def _tables(text: str, renames: Mapping[str, str]) -> list[_Found]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    ruled = [
        _drawn(table.header, table.rows, table.lines, renames) for table in ruled_tables(lines)
    ]
    return ruled or _with_dashes(lines, renames)


def _drawn(
    header: list[str], rows: list[tuple[int, list[str]]], lines: range, renames: Mapping[str, str]
) -> _Found:
    placed = [(f"line {number}", list(cells)) for number, cells in rows]
    named = tables.renamed(header, renames)
    return _Found(CellTable(f"line {lines.start}", named, lambda: iter(placed)), lines)


def _with_dashes(lines: list[str], renames: Mapping[str, str]) -> list[_Found]:
    found: list[_Found] = []
    number = 1
    while number < len(lines):
        header = _cells(lines[number - 1]) if _is_below_header(lines[number]) else []
        if len(header) > 1:
            found.append(_table(lines, number, header, renames))
            number = found[-1].lines.stop - 1  # tables do not overlap
        number += 1
    return found


def _is_below_header(line: str) -> bool:
    """Return whether a line is the dashes and bars below a table's header."""
    return (
        "|" in line and "-" in line and len(line) < _LONGEST_LINE_CHARS and not line.strip("|:- \t")
    )


def _table(lines: list[str], dashes: int, header: list[str], renames: Mapping[str, str]) -> _Found:
    rows: list[tuple[int, list[str]]] = []
    for number in range(dashes + 1, len(lines)):
        if "|" not in lines[number] or not lines[number].strip():
            break
        rows.append((number + 1, _cells(lines[number])))
    return _drawn(header, rows, range(dashes, dashes + 2 + len(rows)), renames)


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|")
    if bare.endswith("|") and not bare.endswith("\\|"):
        bare = bare[:-1]
    cells = [cell.replace("\\|", "|").strip() for cell in _BAR.split(bare)]
    return [_BREAK.sub("\n", cell) for cell in cells]
