"""Parquet files with a column of questions and one of answers."""

from collections.abc import Iterator
from typing import Any

from pipeline.core.text import excerpt
from pipeline.deliveries import headers
from pipeline.deliveries.records import BinaryDocument, Document, Reading, Record, Refusal, refused
from pipeline.deliveries.scalars import plain
from pipeline.deliveries.unpacking import most_unpacked

NAME = "parquet"

_ROWS_PER_BATCH = 64
_MOST_ROWS = 10_000_000


def sniff(document: Document) -> bool:
    """Return whether document starts as Parquet does."""
    return isinstance(document, BinaryDocument) and document.kind == "parquet"


def read(document: Document) -> Reading:
    """Return one record per row, at "row N" from 0, or one refusal of the whole file."""
    import pyarrow as pa  # noqa: PLC0415 - most deliveries are text
    import pyarrow.parquet as pq  # noqa: PLC0415

    assert isinstance(document, BinaryDocument)
    try:
        file = pq.ParquetFile(pa.BufferReader(document.content))
        names = file.schema_arrow.names
    except (pa.ArrowException, OSError) as fault:
        return _whole("bad_parquet", f"no Parquet file: {_told(fault)}")
    if file.metadata.num_rows > _MOST_ROWS:
        return _whole("too_large", f"{file.metadata.num_rows:,} rows, allowed are {_MOST_ROWS:,}")
    columns = headers.columns_of(names)
    if columns is None:
        return _whole("no_pairs", f"no columns of questions and answers among {sorted(names)}")
    twice = headers.named_twice(names)
    if twice is not None:
        return _whole("duplicate_key", f"column {excerpt(twice, 60)!r} stands twice")
    limit = most_unpacked(len(document.content))
    return Reading(_each_row(file, columns, limit), None, {}, headers.mapping_of(columns))


def _each_row(file: Any, columns: headers.Columns, limit_chars: int) -> Iterator[Record | Refusal]:
    import pyarrow as pa  # noqa: PLC0415

    number = 0
    try:
        for batch in file.iter_batches(_ROWS_PER_BATCH, use_threads=False):
            for row in batch.to_pylist():
                limit_chars -= sum(len(v) for v in row.values() if isinstance(v, (str, bytes)))
                if limit_chars < 0:
                    told = "the columns expand a hundredfold; reading ends here"
                    yield refused(f"row {number}", "packed_bomb", told)
                    return
                fields = {key: plain(value) for key, value in row.items()}
                yield Record(f"row {number}", headers.fields_of(fields, columns))
                number += 1
    except (pa.ArrowException, OSError, ValueError) as fault:
        yield refused(f"row {number}", "bad_parquet", f"reading ends here: {_told(fault)}")


def _whole(reason: str, told: str) -> Reading:
    return Reading(iter([refused("", reason, told)]))


def _told(fault: Exception) -> str:
    return excerpt(str(fault), 100)
