"""An SQLite database as a file whose bytes are those of its rows, whichever SQLite writes it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pipeline.store.atomic import replacing

_WRITER_AT = 96
_WRITER = 3_040_001
"""The version that stands in every file: the oldest whose bytes are held by a test. It informs
alone; no reader of SQLite decides by it."""

_PAGE_SIZE_AT = 16
_SCHEMA_AT = 100
"""Where the first page's own header begins: behind that of the file."""
_HEADER_BYTES = {2: 12, 5: 12, 10: 8, 13: 8}
"""Bytes of a b-tree page's header by its type, the first byte: inner pages have a child more."""
_PAGES_AT_ONCE = 256
_MOST_PAGES = 1 << 25
"""An overflow page begins with the number of the next one, so that its first byte is no type of a
b-tree page as long as the file has fewer pages."""


def write_database(database: sqlite3.Connection, path: Path) -> None:
    """Write a database that no transaction is open in, whole or not at all.

    VACUUM INTO lays rows out by their content alone. Three things would still tell the library
    that wrote them: freed blocks of a page, which some builds clear and others keep (compile option
    SECURE_DELETE), what balancing leaves between a page's list of cells and its cells, and the
    version number in the header. The first is cleared by pragma, the second here, the third is
    set to one value.
    """
    database.execute("PRAGMA secure_delete = ON")
    with replacing(path) as temporary:
        database.execute("VACUUM INTO ?", (str(temporary),))
        with temporary.open("r+b") as file:
            _clear(file, temporary.stat().st_size)


def _clear(file: BinaryIO, length: int) -> None:
    """Set the version and clear the gaps of a file of so many bytes, some pages at a time."""
    size = int.from_bytes(file.read(_SCHEMA_AT)[_PAGE_SIZE_AT : _PAGE_SIZE_AT + 2], "big")
    size = 65_536 if size == 1 else size
    for at in range(0, length, size * _PAGES_AT_ONCE):
        file.seek(at)
        found = file.read(size * _PAGES_AT_ONCE)
        pages = bytearray(found)
        if at == 0:
            pages[_WRITER_AT : _WRITER_AT + 4] = _WRITER.to_bytes(4, "big")
        for begin, end in _gaps(pages, size, at) if length // size < _MOST_PAGES else ():
            pages[begin:end] = bytes(end - begin)
        if pages != found:
            file.seek(at)
            file.write(pages)


def _gaps(content: bytearray, size: int, at: int) -> Iterator[tuple[int, int]]:
    """Yield begin and end of the unallocated space of each b-tree page, in bytes of content.

    content: whole pages of size bytes, the first of them at this place of the file.
    Source: https://www.sqlite.org/fileformat2.html, "B-tree Pages".
    """

    def number(at: int) -> int:
        return int.from_bytes(content[at : at + 2], "big")

    for page in range(0, len(content), size):
        header = page + (_SCHEMA_AT if page + at == 0 else 0)
        if (header_bytes := _HEADER_BYTES.get(content[header])) is not None:
            cells, begin = number(header + 3), number(header + 5) or 65_536
            yield header + header_bytes + 2 * cells, page + begin
