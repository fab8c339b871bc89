"""Tables as CSV, TSV, Excel's Unicode text and Anki's export: a header, one pair a row.

A TSV's cells are divided by tabs; a CSV's by whichever of comma, semicolon, tab and bar makes one
of its first rows a header, or by what `sep=;` or `#separator:` says. A row with more cells than
the header is refused: an answer was cut at a comma that nobody quoted. Without a header two
columns are read where every cell of the first one asks, and a question with its choices where the
last cell of every row is the letter of one of them (MMLU).
"""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any, NamedTuple

from pipeline.core.text import excerpt
from pipeline.deliveries import html_blocks, tables
from pipeline.deliveries.records import (
    CellTable,
    Document,
    FamilyReading,
    Record,
    Refusal,
    TextDocument,
    refused,
)

NAME = "delimited"

_DELIMITERS = {".csv": ",;\t|", ".tsv": "\t", ".tab": "\t", ".txt": "\t", "": "\t"}
_NAMED = {"tab": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "colon": ":", "space": " "}
_LARGEST_CELL_CHARS = 10_000_000
_HEAD_CHARS = 100_000
_ROWS_LOOKED_AT = 20
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SEPARATOR = re.compile(r"\Asep=(.)\r?\n", re.IGNORECASE)
_DIRECTIVE = re.compile(r"^#([a-z ]+):(.*?)\r?$", re.MULTILINE)
_TWO = 2
_ALL = 1_000_000
_FEWEST_CHOICES = 3
_LETTERS = ("A", "B", "C", "D", "E", "F", "G", "H")


class _Quoting(NamedTuple):
    """How cells are quoted: by which mark, and whether it is doubled inside or escaped."""

    quotechar: str = '"'
    doublequote: bool = True
    escapechar: str | None = None


_DOUBLED = _Quoting()
_SINGLE = _Quoting("'")
_ESCAPED = _Quoting('"', doublequote=False, escapechar="\\")


class _Layout(NamedTuple):
    """How a text is a table: where its rows start, what divides them, which row is the header."""

    start: int
    delimiter: str
    skipped: int
    header: tuple[str, ...]
    is_html: bool = False
    quoting: _Quoting = _DOUBLED


def sniff(document: Document) -> bool:
    """Return whether document is a table whose columns are known."""
    return isinstance(document, TextDocument) and _layout(document) is not None


def read(document: Document) -> FamilyReading:
    """Return one record per row; the first line of the file is row 1."""
    assert isinstance(document, TextDocument)
    layout = _layout(document)
    assert layout is not None
    table = CellTable("row 1", layout.header, lambda: _each_row(document.text, layout))
    return FamilyReading(_records(table, layout))


def seen_columns(document: TextDocument) -> list[str]:
    """Return the cells of the first row of a text that may be a table, by its likeliest divider."""
    rows = [_rows(document.text, d, 1) for d in _DELIMITERS.get(document.suffix, "")]
    return max((row[0] for row in rows if row), key=len, default=[])


def _records(table: CellTable, layout: _Layout) -> Iterator[Record | Refusal]:
    for record in tables.each_record(table):
        if layout.is_html and isinstance(record, Record):
            fields = {
                k: html_blocks.plain_text(v) if isinstance(v, str) else v
                for k, v in record.fields.items()
            }
            yield Record(record.pointer, fields, record.context)
        else:
            yield record


def _layout(document: TextDocument) -> _Layout | None:
    text = document.text
    separator = _SEPARATOR.match(text)
    if separator is not None:
        return _found(document, separator[1], separator.end())
    if text.startswith("#") and "separator" in dict(_DIRECTIVE.findall(text[:_HEAD_CHARS])):
        return _anki(text)
    for delimiter in _DELIMITERS.get(document.suffix, ""):
        found = _found(document, delimiter, 0)
        if found is not None:
            return found
    return None


def _found(document: TextDocument, delimiter: str, start: int) -> _Layout | None:
    text, renames = document.text, document.renames
    quoting = _quoting_of(text[start:], delimiter)
    rows = _rows(text[start:], delimiter, _ROWS_LOOKED_AT, quoting)
    rows = [list(tables.renamed(row, renames)) for row in rows] if renames else rows
    place = tables.header_among(rows)
    if place is None and rows and tables.holds_records(_sample(rows)):
        place = 0
    if place is not None:
        return _Layout(start, delimiter, place + 1, tuple(rows[place]), quoting=quoting)
    if (
        rows
        and all(_asks(row) for row in rows if any(row))
        and _asks_throughout(text[start:], delimiter)
    ):
        return _Layout(start, delimiter, 0, ("question", "answer"))
    lettered = _choices_throughout(text[start:], delimiter)
    return _Layout(start, delimiter, 0, lettered) if lettered else None


def _quoting_of(text: str, delimiter: str) -> _Quoting:
    """Return how cells are quoted: as RFC 4180 says, or as databases and programs write it.

    Single quotes count where they stand around every cell of the first row, a backslash where the
    text is no table otherwise.
    """
    first = next(iter(_rows(text, delimiter, 1)), [])
    if len(first) > 1 and all(len(c) > _TWO and c[0] == c[-1] == "'" for c in first):
        return _SINGLE
    if '\\"' in text and not _all_rows(text, delimiter):
        return _ESCAPED if _all_rows(text, delimiter, _ESCAPED) else _DOUBLED
    return _DOUBLED


def _sample(rows: list[list[str]]) -> CellTable:
    return CellTable("row 1", tuple(rows[0]), lambda: iter([("", list(row)) for row in rows[1:]]))


def _asks_throughout(text: str, delimiter: str) -> bool:
    """Return whether every row has two cells of which the first ends in a question mark."""
    rows = [row for row in _all_rows(text, delimiter) if any(row)]
    return bool(rows) and all(map(_asks, rows))


def _choices_throughout(text: str, delimiter: str) -> tuple[str, ...]:
    """Return the header of rows of a question, choices and a letter, nothing where none are."""
    first = next(iter(_rows(text, delimiter, 1)), [])
    choices = _LETTERS[: max(len(first) - 2, 0)]
    if len(choices) < _FEWEST_CHOICES or first[-1] not in choices:
        return ()
    rows = [row for row in _all_rows(text, delimiter) if any(row)]
    if not all(len(row) == len(first) and row[-1] in choices and all(row) for row in rows):
        return ()
    return ("question", *choices, "answer")


def _asks(row: list[str]) -> bool:
    return len(row) == _TWO and row[0].rstrip().endswith(("?", "\uff1f")) and bool(row[1].strip())


def _anki(text: str) -> _Layout | None:
    """Return the layout that Anki's directives name: separator, columns, html."""
    directives = {
        name.strip(): value.strip() for name, value in _DIRECTIVE.findall(text[:_HEAD_CHARS])
    }
    start, skipped = 0, 0
    while text.startswith("#", start):
        start = text.find("\n", start) + 1 or len(text)
        skipped += 1
    mark = directives["separator"]
    delimiter = _NAMED.get(mark.lower(), mark[:1] or "\t")
    rows = _rows(text[start:], delimiter, 1)
    if not rows:
        return None
    if "columns" in directives:
        header = next(iter(csv.reader([directives["columns"]], delimiter=delimiter)), [])
    else:
        names = {
            name.removesuffix(" column"): value
            for name, value in directives.items()
            if name.endswith(" column")
        }
        special = {int(value) - 1: name for name, value in names.items() if value.isdigit()}
        fields = iter(["front", "back", *(f"field {n}" for n in range(3, 40))])
        header = [special.get(n) or next(fields) for n in range(len(rows[0]))]
    return _Layout(start, delimiter, 0, tuple(header), directives.get("html") == "true")


def _rows(text: str, delimiter: str, most: int, quoting: _Quoting = _DOUBLED) -> list[list[str]]:
    """Return the first rows of a text, those before a fault of quoting where there is one."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        for row in islice(_reader(text[:_HEAD_CHARS], delimiter, quoting), most):
            rows.append(row)  # noqa: PERF402 - those before a fault count
    return rows


def _all_rows(text: str, delimiter: str, quoting: _Quoting = _DOUBLED) -> list[list[str]]:
    """Return the rows of a whole text, nothing where a fault of quoting is among them."""
    try:
        return list(islice(_reader(text, delimiter, quoting), _ALL))
    except csv.Error:
        return []


def _reader(text: str, delimiter: str, quoting: _Quoting) -> Iterator[list[str]]:
    lines = io.StringIO(text, newline="")
    return csv.reader(lines, delimiter=delimiter, strict=True, **quoting._asdict())


@contextmanager
def _large_cells() -> Iterator[None]:
    """Lift the csv module's limit for one row alone: it is the whole process's."""
    before = csv.field_size_limit(_LARGEST_CELL_CHARS)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _each_row(text: str, layout: _Layout) -> Iterator[tuple[str, list[Any]] | Refusal]:
    """Yield the rows below the header; what follows a fault of quoting is refused as one."""
    lines = (match[0] for match in _LINE.finditer(text, layout.start))
    reader = csv.reader(lines, delimiter=layout.delimiter, strict=True, **layout.quoting._asdict())
    number = text.count("\n", 0, layout.start)
    for _ in range(layout.skipped):
        next(reader)
        number += 1
    while True:
        number += 1
        place = f"row {number}"
        try:
            with _large_cells():
                cells = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            yield refused(place, "bad_table", f"{excerpt(str(fault), 100)}; reading ends here")
            return
        if len(cells) > len(layout.header) and any(cells[len(layout.header) :]):
            message = (
                f"{len(cells)} cells, the header has {len(layout.header)}:"
                f" quote cells with {layout.delimiter!r}"
            )
            yield refused(place, "ragged_row", message, cells)
        elif any(cells):
            yield place, cells[: len(layout.header)]
