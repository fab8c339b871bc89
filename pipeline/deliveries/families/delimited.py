"""FAQ tables as CSV or TSV: a header that names question and answer, one pair a row.

A TSV's cells are divided by tabs; a CSV's by whichever of comma, semicolon, tab and bar makes
its first row a header. A row with more cells than the header is refused: an answer was cut at a
comma that nobody quoted.
"""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.core.text import excerpt
from pipeline.deliveries import headers
from pipeline.deliveries.records import Document, Reading, Record, Refusal, TextDocument, refused

NAME = "delimited"

_DELIMITERS = {".csv": ",;\t|", ".tsv": "\t"}
_LARGEST_CELL_CHARS = 10_000_000
_LONGEST_HEADER_CHARS = 100_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def sniff(document: Document) -> bool:
    """Return whether document is a .csv or .tsv whose first row names question and answer."""
    return isinstance(document, TextDocument) and _delimiter(document) is not None


def read(document: Document) -> Reading:
    """Return one record per row; the header is row 1."""
    assert isinstance(document, TextDocument)
    delimiter = _delimiter(document)
    assert delimiter is not None
    header = _header(document.text, delimiter)
    columns = headers.columns_of(header)
    assert columns is not None
    twice = headers.named_twice(header)
    if twice is not None:
        told = f"header {excerpt(twice, 60)!r} stands twice"
        return Reading(iter([refused("row 1", "duplicate_key", told, header)]))
    rows = _each_row(document.text, delimiter, header, columns)
    return Reading(rows, None, {}, headers.mapping_of(columns))


def _delimiter(document: TextDocument) -> str | None:
    for delimiter in _DELIMITERS.get(document.suffix, ""):
        if headers.columns_of(_header(document.text, delimiter)) is not None:
            return delimiter
    return None


def _header(text: str, delimiter: str) -> list[str]:
    head = io.StringIO(text[:_LONGEST_HEADER_CHARS], newline="")
    try:
        return next(iter(csv.reader(head, delimiter=delimiter, strict=True)), [])
    except csv.Error:
        return []


@contextmanager
def _large_cells() -> Iterator[None]:
    """Lift the csv module's limit for one row alone: it is the whole process's."""
    before = csv.field_size_limit(_LARGEST_CELL_CHARS)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _each_row(
    text: str, delimiter: str, header: list[str], columns: headers.Columns
) -> Iterator[Record | Refusal]:
    """Yield the rows below the header; what follows a fault of quoting is refused as one."""
    lines = (match[0] for match in _LINE.finditer(text))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    next(reader)
    number = 1
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
        if len(cells) > len(header):
            told = (
                f"{len(cells)} cells, the header has {len(header)}: quote cells with {delimiter!r}"
            )
            yield refused(place, "ragged_row", told, cells)
        elif any(cells):
            row = dict(zip(header, cells, strict=False))
            yield Record(place, headers.fields_of(row, columns))
