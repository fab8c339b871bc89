"""SQLite databases with tables of questions and answers, read from memory.

Nothing of the file runs: views, triggers and virtual tables are left alone, no file is attached,
and what an expression inside the schema may compute is bounded in steps and in size.
"""

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.core.text import excerpt
from pipeline.deliveries import headers
from pipeline.deliveries.records import BinaryDocument, Document, Reading, Record, Refusal, refused
from pipeline.deliveries.scalars import plain

NAME = "sqlite"

_TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
_LARGEST_VALUE_BYTES = 10_000_000
_STEPS_PER_CALL = 100_000
_MOST_CALLS = 10_000
_FORMAT_VERSIONS = slice(18, 20)
_NO_WAL = b"\x01\x01"


class _Table(NamedTuple):
    name: str
    headers: list[str]
    columns: headers.Columns


def sniff(document: Document) -> bool:
    """Return whether document starts as an SQLite database does."""
    return isinstance(document, BinaryDocument) and document.kind == "sqlite"


def read(document: Document) -> Reading:
    """Return one record per row of each table with questions and answers, at "table/row"."""
    assert isinstance(document, BinaryDocument)
    try:
        database = _opened(document.content)
        tables = list(_tables(database))
    except sqlite3.Error as fault:
        told = f"no SQLite database: {excerpt(str(fault), 100)}"
        return Reading(iter([refused("", "bad_database", told)]))
    if not tables:
        told = "no table has columns of questions and answers"
        return Reading(iter([refused("", "no_pairs", told)]))
    guessed = {note for table in tables for note in headers.mapping_of(table.columns)}
    return Reading(_each_row(database, tables), None, {}, tuple(sorted(guessed)))


def _opened(content: bytes) -> sqlite3.Connection:
    """Return the database, in memory and without rights; a WAL file's pages are read as they are.

    A database in WAL mode says so in two bytes of its header and cannot be opened from memory.
    """
    image = bytearray(content)
    image[_FORMAT_VERSIONS] = _NO_WAL
    database = sqlite3.connect(":memory:", isolation_level=None)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE_BYTES)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.text_factory = bytes
    database.deserialize(bytes(image))
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
        database.execute(f"PRAGMA {pragma}")
    left = iter(range(_MOST_CALLS))
    database.set_progress_handler(lambda: next(left, None) is None, _STEPS_PER_CALL)
    return database


def _tables(database: sqlite3.Connection) -> Iterator[_Table]:
    for name, made_by in database.execute(_TABLES).fetchall():
        if b"VIRTUAL" in (made_by or b"").upper()[:40] or name.startswith(b"sqlite_"):
            continue
        table = name.decode("utf-8", "replace")
        found = database.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
        names = [column[1].decode("utf-8", "replace") for column in found]
        columns = headers.columns_of(names)
        if columns is not None:
            yield _Table(table, names, columns)


def _each_row(database: sqlite3.Connection, tables: list[_Table]) -> Iterator[Record | Refusal]:
    for table in tables:
        number = 0
        chosen = ", ".join(_quoted(name) for name in table.headers)
        try:
            for row in database.execute(f"SELECT {chosen} FROM {_quoted(table.name)}"):  # noqa: S608 - names are quoted, and nothing can be written
                cells = dict(zip(table.headers, map(plain, row), strict=True))
                place = f"{excerpt(table.name, 60)}/{number}"
                yield Record(place, headers.fields_of(cells, table.columns))
                number += 1
        except sqlite3.Error as fault:
            told = f"reading ends here: {excerpt(str(fault), 100)}"
            yield refused(f"{excerpt(table.name, 60)}/{number}", "bad_database", told)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
