"""Tables inside text: Markdown's, with bars and a row of dashes below the header."""

import re
from collections.abc import Iterator

from pipeline.deliveries import tables
from pipeline.deliveries.records import (
    CellTable,
    Document,
    FamilyReading,
    Record,
    Refusal,
    TextDocument,
)

NAME = "text_tables"

_BAR = re.compile(r"(?<!\\)\|")
_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_LONGEST_LINE_CHARS = 100_000


def sniff(document: Document) -> bool:
    """Return whether document is text with a table whose columns are of pairs."""
    return isinstance(document, TextDocument) and any(
        map(tables.holds_records, _tables(document.head, document.renames))
    )


def read(document: Document) -> FamilyReading:
    """Return one record per row of each such table, at its line."""
    assert isinstance(document, TextDocument)
    found = [t for t in _tables(document.text, document.renames) if tables.holds_records(t)]
    return FamilyReading(_each(found, document.text))


def _each(found: list[CellTable], text: str) -> Iterator[Record | Refusal]:
    inside = {number for table in found for number in _lines_of(table)}
    loose = [line for n, line in enumerate(text.split("\n"), 1) if n not in inside]
    first = True
    for table in found:
        for record in tables.each_record(table):
            if first and isinstance(record, Record) and any(line.strip() for line in loose):
                fields = {**record.fields, "text_around": "\n".join(loose).strip()}
                record = Record(record.pointer, fields, record.context)  # noqa: PLW2901
                first = False
            yield record


def _lines_of(table: CellTable) -> range:
    rows = sum(1 for _ in table.rows())
    start = int(table.name.removeprefix("line "))
    return range(start, start + 2 + rows)


def _tables(text: str, renames: object) -> list[CellTable]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    found = []
    number = 1
    while number < len(lines):
        header = _cells(lines[number - 1]) if _is_below_header(lines[number]) else []
        if len(header) > 1:
            found.append(_table(lines, number, header, renames))
            number += 1 + sum(1 for _ in found[-1].rows())  # tables do not overlap
        number += 1
    return found


def _is_below_header(line: str) -> bool:
    """Return whether a line is the dashes and bars below a table's header."""
    return (
        "|" in line and "-" in line and len(line) < _LONGEST_LINE_CHARS and not line.strip("|:- \t")
    )


def _table(lines: list[str], dashes: int, header: list[str], renames: object) -> CellTable:
    rows = []
    for number in range(dashes + 1, len(lines)):
        if "|" not in lines[number] or not lines[number].strip():
            break
        rows.append((f"line {number + 1}", list(_cells(lines[number]))))
    named = tables.renamed(header, renames)
    return CellTable(f"line {dashes}", named, lambda: iter(rows))


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|")
    if bare.endswith("|") and not bare.endswith("\\|"):
        bare = bare[:-1]
    cells = [cell.replace("\\|", "|").strip() for cell in _BAR.split(bare)]
    return [_BREAK.sub("\n", cell) for cell in cells]
