"""SQLite databases with tables of questions and answers, read from memory.

Nothing of the file runs: views, triggers and virtual tables are left alone, no file is attached,
and what an expression inside the schema may compute is bounded in steps and in size.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any, NamedTuple

from pipeline.core.text import excerpt
from pipeline.deliveries import message_rows, shapes, tables
from pipeline.deliveries.notes import note
from pipeline.deliveries.records import (
    BinaryDocument,
    Document,
    FamilyReading,
    Record,
    Refusal,
    refused,
)
from pipeline.deliveries.scalars import plain

NAME = "sqlite"

_TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
_LARGEST_VALUE_BYTES = 10_000_000
_STEPS_PER_CALL = 100_000
_MOST_CALLS = 10_000
_FORMAT_VERSIONS = slice(18, 20)
_NO_WAL = b"\x01\x01"
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite raises of a damaged database; Python reads its messages, which quote it, as UTF-8."""


class _Table(NamedTuple):
    name: str
    columns: list[str]
    header: tuple[str, ...]


def sniff(document: Document) -> bool:
    """Return whether document starts as an SQLite database does."""
    return isinstance(document, BinaryDocument) and document.kind == "sqlite"


def read(document: Document) -> FamilyReading:
    """Return one record per row of each table with questions and answers, at "table/row"."""
    assert isinstance(document, BinaryDocument)
    try:
        with _opened(document.content) as database:
            found = list(_tables(database, document.renames))
            wanted = [table for table in found if _is_read(database, table)]
    except _UNREADABLE as fault:
        return _whole("bad_database", f"no SQLite database: {excerpt(str(fault), 100)}")
    if not wanted:
        named = " and ".join(
            f"table {excerpt(t.name, 30)!r} with {tables.columns_named(t.header)}"
            for t in found[:2]
        )
        return _whole("no_pairs", f"an SQLite database: {named or 'it has no table'}")
    return FamilyReading(_each_row(document.content, wanted))


def _whole(reason: str, message: str) -> FamilyReading:
    return FamilyReading(iter([refused("", reason, message)]))


def _is_read(database: sqlite3.Connection, table: _Table) -> bool:
    """Return whether a table's columns, or its first row, say that rows are records."""
    if tables.is_header(table.header) or _is_anki(table):
        return True
    try:
        first = next(_rows(database, table, " LIMIT 1"), None)
    except _UNREADABLE:
        return False
    shape = shapes.shape_of(first) if first else None
    return (shape is not None and shape.name != "plain") or _is_of_messages(database, table)


def _is_of_messages(database: sqlite3.Connection, table: _Table) -> bool:
    """Return whether rows of a table are messages of two sides, one a row."""
    if tables.is_header(table.header) or not message_rows.may_be_messages(table.header):
        return False
    try:
        return message_rows.hold_both_sides(map(message_rows.spelled, _rows(database, table)))
    except _UNREADABLE:
        return False


def _is_anki(table: _Table) -> bool:
    """Return whether a table holds the notes of an Anki collection."""
    return table.name == "notes" and {"flds", "sfld", "mid"} <= set(table.columns)


def _note(cells: dict[str, Any]) -> dict[str, Any]:
    """Return an Anki note with its fields, which stand in one text, by their place."""
    known: dict[str, Any] = {name: cells[name] for name in ("id", "guid") if name in cells}
    tags = {"tags": str(cells["tags"]).split()} if cells.get("tags") else {}
    return note(str(cells.get("flds", "")).split("\x1f"), {**known, **tags})


@contextmanager
def _opened(content: bytes) -> Iterator[sqlite3.Connection]:
    """Yield the database, in memory and without rights; a WAL file's pages are read as they are.

    A database in WAL mode says so in two bytes of its header and cannot be opened from memory.
    """
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        _load(database, content)
        yield database


def _load(database: sqlite3.Connection, content: bytes) -> None:
    image = bytearray(content)
    image[_FORMAT_VERSIONS] = _NO_WAL
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE_BYTES)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    database.text_factory = bytes
    database.deserialize(bytes(image))
    for pragma in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON"):
        database.execute(f"PRAGMA {pragma}")
    left = iter(range(_MOST_CALLS))
    database.set_progress_handler(lambda: next(left, None) is None, _STEPS_PER_CALL)


def _tables(database: sqlite3.Connection, renames: Mapping[str, str]) -> Iterator[_Table]:
    for name, made_by in database.execute(_TABLES).fetchall():
        if b"VIRTUAL" in (made_by or b"").upper()[:40] or name.startswith(b"sqlite_"):
            continue
        table = name.decode("utf-8", "replace")
        found = database.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
        names = [column[1].decode("utf-8", "replace") for column in found]
        if names:
            yield _Table(table, names, tables.renamed(names, renames))


def _rows(database: sqlite3.Connection, table: _Table, bound: str = "") -> Iterator[dict[str, Any]]:
    chosen = ", ".join(_quoted(name) for name in table.columns)
    is_anki = _is_anki(table)
    for row in database.execute(f"SELECT {chosen} FROM {_quoted(table.name)}{bound}"):  # noqa: S608 - names are quoted, and nothing can be written
        cells = dict(zip(table.header, map(plain, row), strict=True))
        filled = {key: value for key, value in cells.items() if value not in (None, "")}
        yield _note(filled) if is_anki else filled


def _each_row(content: bytes, wanted: list[_Table]) -> Iterator[Record | Refusal]:
    """Yield the records of tables; a reading that nobody begins holds no database open."""
    with _opened(content) as database:
        for table in wanted:
            yield from _records(database, table)


def _records(database: sqlite3.Connection, table: _Table) -> Iterator[Record | Refusal]:
    rows = _placed(database, table)
    if _is_of_messages(database, table):
        yield from message_rows.in_table(rows)
        return
    for place, fields in rows:
        if isinstance(fields, Refusal):
            yield fields
        else:
            yield from shapes.records_of(place, fields, {})


def _placed(database: sqlite3.Connection, table: _Table) -> Iterator[tuple[str, Any]]:
    """Yield the place and the cells of each row, and in place of the rest what ended reading."""
    number = 0
    try:
        for fields in _rows(database, table):
            yield f"{excerpt(table.name, 60)}/{number}", fields
            number += 1
    except _UNREADABLE as fault:
        place = f"{excerpt(table.name, 60)}/{number}"
        message = f"reading ends here: {excerpt(str(fault), 100)}"
        yield place, refused(place, "bad_database", message)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
