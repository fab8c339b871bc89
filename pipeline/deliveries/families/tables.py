"""Tables of a workbook, a page or a text, each read by itself."""

from collections.abc import Iterator

from pipeline.deliveries import tables
from pipeline.deliveries.records import (
    CellTable,
    Document,
    FamilyReading,
    Record,
    Refusal,
    Tables,
    refused,
)

NAME = "tables"


def sniff(document: Document) -> bool:
    """Return whether document is tables."""
    return isinstance(document, Tables)


def read(document: Document) -> FamilyReading:
    """Return the records of every table with columns of pairs; others are named in the books."""
    assert isinstance(document, Tables)
    read_here = [table for table in document.tables if tables.holds_records(table)]
    others = [table for table in document.tables if table not in read_here and table.header]
    if not read_here:
        named = " and ".join(
            f"{t.name!r} with {tables.columns_named(t.header)}" for t in others[:2]
        )
        message = f"{document.kind}: {named or 'no table holds a cell'}"
        return FamilyReading(iter([refused("", "no_pairs", message)]), family=document.kind)
    passed = tuple(f"{table.name}: no columns of pairs" for table in others)
    return FamilyReading(_each(read_here), None, {}, passed, document.kind)


def _each(read_here: list[CellTable]) -> Iterator[Record | Refusal]:
    for table in read_here:
        yield from tables.each_record(table)
