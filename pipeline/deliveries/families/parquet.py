"""Parquet files whose rows are pairs, conversations or anything else that rows may be."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pipeline.core.text import excerpt
from pipeline.deliveries import message_rows, shapes, tables
from pipeline.deliveries.records import (
    BinaryDocument,
    Document,
    FamilyReading,
    Record,
    Refusal,
    refused,
)
from pipeline.deliveries.scalars import plain
from pipeline.deliveries.unpacking import most_unpacked

NAME = "parquet"

_ROWS_PER_BATCH = 64
_MOST_ROWS = 10_000_000
_MOST_LOOKED_CHARS = 10_000_000
_UNREADABLE = (OSError, ValueError, LookupError, ArithmeticError)
"""What damaged files make Arrow raise besides: names that are no UTF-8, times beyond all years."""


def sniff(document: Document) -> bool:
    """Return whether document starts as Parquet does."""
    return isinstance(document, BinaryDocument) and document.kind == "parquet"


def read(document: Document) -> FamilyReading:
    """Return one record per row, at "row N" from 0, or one refusal of the whole file."""
    import pyarrow as pa  # noqa: PLC0415 - most deliveries are text
    import pyarrow.parquet as pq  # noqa: PLC0415

    assert isinstance(document, BinaryDocument)
    try:
        file = pq.ParquetFile(pa.BufferReader(document.content))
        names = tables.renamed(file.schema_arrow.names, document.renames)
    except (pa.ArrowException, *_UNREADABLE) as fault:
        return _whole("bad_parquet", f"no Parquet file: {_message_of(fault)}")
    if file.metadata.num_rows > _MOST_ROWS:
        return _whole("too_large", f"{file.metadata.num_rows:,} rows, allowed are {_MOST_ROWS:,}")
    twice = tables.named_twice(names)
    if twice is not None:
        return _whole("duplicate_key", f"column {excerpt(twice, 60)!r} stands twice")
    first = _first_row(file, names)
    is_talk = _is_of_messages(file, names)
    if not tables.is_header(names) and not is_talk and not (first and shapes.is_row(first)):
        return _whole("no_pairs", f"Parquet with {tables.columns_named(names)}")
    shape = shapes.shape_of(first) if first else None
    limit = most_unpacked(len(document.content))
    rows = _each_row(file, names, limit)
    records = message_rows.in_table(rows) if is_talk else _each_record(rows)
    return FamilyReading(records, None, {}, shape.mapping if shape else ())


def _is_of_messages(file: Any, names: tuple[str, ...]) -> bool:
    """Return whether rows are messages of two sides: the first of them are looked at."""
    if tables.is_header(names) or not message_rows.may_be_messages(names):
        return False
    rows = islice(_each_row(file, names, _MOST_LOOKED_CHARS), _ROWS_PER_BATCH)
    return message_rows.hold_both_sides(
        message_rows.spelled(row) for _, row in rows if not isinstance(row, Refusal)
    )


def _first_row(file: Any, names: tuple[str, ...]) -> dict[str, Any] | None:
    """Return the first row in which something stands, None where the columns cannot be read."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        for batch in file.iter_batches(1, use_threads=False):
            return dict(zip(names, map(plain, batch.to_pylist()[0].values()), strict=True))
    except (pa.ArrowException, *_UNREADABLE):
        return None
    return None


def _each_record(rows: Iterator[tuple[str, Any]]) -> Iterator[Record | Refusal]:
    for place, fields in rows:
        if isinstance(fields, Refusal):
            yield fields
        else:
            yield from shapes.records_of(place, fields, {})


def _each_row(
    file: Any, names: tuple[str, ...], limit_chars: int
) -> Iterator[tuple[str, dict[str, Any] | Refusal]]:
    """Yield the place and the cells of each row, and in place of the rest what ended reading."""
    import pyarrow as pa  # noqa: PLC0415

    number = 0
    try:
        for batch in file.iter_batches(_ROWS_PER_BATCH, use_threads=False):
            for row in batch.to_pylist():
                limit_chars -= _chars(row)
                if limit_chars < 0:
                    message = "the columns expand a hundredfold; reading ends here"
                    place = f"row {number}"
                    yield place, refused(place, "packed_bomb", message)
                    return
                cells = zip(names, map(plain, row.values()), strict=True)
                fields = {k: v for k, v in cells if v not in (None, "")}
                yield f"row {number}", fields
                number += 1
    except (pa.ArrowException, *_UNREADABLE) as fault:
        place = f"row {number}"
        yield place, refused(place, "bad_parquet", f"reading ends here: {_message_of(fault)}")


def _chars(value: Any) -> int:
    """Return how many characters a cell holds, lists and structs with all that is in them."""
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, dict):
        return sum(map(_chars, value.values()))
    return sum(map(_chars, value)) if isinstance(value, list) else 0


def _whole(reason: str, message: str) -> FamilyReading:
    return FamilyReading(iter([refused("", reason, message)]))


def _message_of(fault: Exception) -> str:
    return excerpt(str(fault), 100)
