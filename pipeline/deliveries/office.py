"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS) as tables, and DOCX and ODT as the blocks of a page.

Nothing of a file runs or is fetched: cells are what the file stores of them, formulas their last
value, and macros, links and pictures are not looked at.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from pipeline.core.text import excerpt
from pipeline.deliveries import pages, tables
from pipeline.deliveries.html_blocks import Block
from pipeline.deliveries.open_text import open_blocks
from pipeline.deliveries.records import CellTable, Document, Refusal, Tables, refused
from pipeline.deliveries.unpacking import UNREADABLE

_MOST_PACKED = 50_000_000
_MOST_ROWS = 1_000_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 6


def workbook(content: bytes, kind: str) -> Tables | Refusal:
    """Return the sheets of a workbook; the first row that names columns of pairs is the header."""
    import python_calamine as calamine  # noqa: PLC0415 - most deliveries are text

    if len(content) > _MOST_PACKED:
        return refused(
            "", "too_large", f"{len(content):,} bytes of workbook, read are {_MOST_PACKED:,}"
        )
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        found = tuple(_sheet(book, name) for name in book.sheet_names)
    except (calamine.CalamineError, *UNREADABLE) as fault:
        old = ", but an old Office file: save it as .xlsx, .docx or .txt" if kind == "xls" else ""
        message = f"no workbook that can be read{old}: {excerpt(str(fault), 100)}"
        return refused("", "bad_archive", message)
    return Tables(kind, found)


def _sheet(book: Any, name: str) -> CellTable:
    sheet = book.get_sheet_by_name(name)
    rows = [[_cell(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    rows = rows[:_MOST_ROWS]
    _fill_merged(rows, sheet.merged_cell_ranges or [])
    head = tables.header_among(rows)
    if head is None:
        head = next((n for n, row in enumerate(rows) if any(row)), 0)
    header = rows[head] if rows else []
    while header and not header[-1]:
        header = header[:-1]
    placed = [
        (f"{excerpt(name, 60)}/{n}", _fitting(row, len(header)))
        for n, row in enumerate(rows, 1)
        if n > head + 1 and any(row)
    ]
    return CellTable(name, tuple(header), lambda: iter(placed))


def _fill_merged(
    rows: list[list[str]], merged: list[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """Give cells that are merged down a column their one value, in rows that hold more than it."""
    for (top, left), (bottom, right) in merged:
        if left != right or top >= len(rows) or left >= len(rows[top]):
            continue
        below = [row for row in rows[top + 1 : bottom + 1] if any(row) and left < len(row)]
        for row in below:
            row[left] = row[left] or rows[top][left]


def _fitting(row: list[str], width: int) -> list[str]:
    return row if any(row[width:]) else row[:width]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def word(archive: zipfile.ZipFile) -> Document | Refusal:
    """Return a DOCX document's paragraphs and tables as a page's blocks."""
    return _page(archive, "word/document.xml", "docx")


def open_text(archive: zipfile.ZipFile) -> Document | Refusal:
    """Return an ODT document's paragraphs and tables as a page's blocks."""
    return _page(archive, "content.xml", "odt")


def _page(archive: zipfile.ZipFile, member: str, kind: str) -> Document | Refusal:
    try:
        root = fromstring(archive.read(member), forbid_dtd=True)
    except (DefusedXmlException, SyntaxError, *UNREADABLE) as fault:
        return refused("", "bad_archive", f"no {kind} that can be read: {excerpt(str(fault), 120)}")
    blocks = _word_blocks(root) if kind == "docx" else open_blocks(root)
    return pages.document_of(list(blocks), kind)


def _word_blocks(root: Any) -> Iterator[Block]:
    body = root.find(f"{_WORD}body")
    for node in body if body is not None else []:
        if node.tag == f"{_WORD}tbl":
            yield Block("table", "", rows=tuple(_word_rows(node)))
        elif node.tag == f"{_WORD}p":
            yield from _word_paragraph(node)
        elif node.tag == f"{_WORD}sdt":
            for inner in node.iter(f"{_WORD}p"):
                yield from _word_paragraph(inner)


def _word_paragraph(node: Any) -> Iterator[Block]:
    text = _word_text(node).strip()
    if not text:
        return
    style = node.find(f"{_WORD}pPr/{_WORD}pStyle")
    name = (style.get(f"{_WORD}val") or "").lower() if style is not None else ""
    outline = node.find(f"{_WORD}pPr/{_WORD}outlineLvl")
    digits = "".join(c for c in name if c.isdigit())
    if (
        name.startswith(("heading", "berschrift", "überschrift", "titre", "ttulo"))
        or outline is not None
    ):
        level = (
            int(digits)
            if digits
            else int(outline.get(f"{_WORD}val", "0")) + 1
            if outline is not None
            else 1
        )
        yield Block("heading", text, min(max(level, 1), _LEVELS))
    elif name in ("title", "titel"):
        yield Block("heading", text, 1)
    elif _is_bold(node):
        yield Block("bold", text)
    elif node.find(f"{_WORD}pPr/{_WORD}numPr") is not None:
        yield Block("item", f"- {text}")
    else:
        yield Block("text", text)


def _is_bold(node: Any) -> bool:
    runs = [
        r
        for r in node.iter(f"{_WORD}r")
        if any((t.text or "").strip() for t in r.iter(f"{_WORD}t"))
    ]
    bold = (run.find(f"{_WORD}rPr/{_WORD}b") for run in runs)
    return bool(runs) and all(
        b is not None and b.get(f"{_WORD}val") not in ("0", "false") for b in bold
    )


def _word_text(node: Any) -> str:
    parts = []
    for part in node.iter():
        if part.tag == f"{_WORD}t":
            parts.append(part.text or "")
        elif part.tag == f"{_WORD}tab":
            parts.append("\t" if parts else "")
        elif part.tag in (f"{_WORD}br", f"{_WORD}cr"):
            parts.append("\n")
    return "".join(parts)


def _word_rows(table: Any) -> Iterator[tuple[str, ...]]:
    for row in table.findall(f"{_WORD}tr"):
        cells = row.findall(f"{_WORD}tc")
        yield tuple(
            "\n\n".join(t for p in cell.iter(f"{_WORD}p") if (t := _word_text(p).strip()))
            for cell in cells
        )
