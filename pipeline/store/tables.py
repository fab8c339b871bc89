"""Tables as Parquet files: the same rows give the same bytes."""

import shutil
from bisect import bisect_left
from itertools import pairwise
from pathlib import Path

import daft
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.schemas import JsonSchema, arrow_schema, faults
from pipeline.store.atomic import replacing

ROWS_PER_GROUP = 8192
_PREFIX_HEX = 4


def read_table(path: Path) -> daft.DataFrame:
    """Return the table of a Parquet file, or of a folder of parts."""
    parts = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    return daft.read_parquet([str(part) for part in parts])


def checked(table: daft.DataFrame, row: JsonSchema) -> pa.Table:
    """Return a table sorted by its first column, with the types that its schema names.

    Raises ValueError where a column is missing or too many, a key comes twice, or a value
    breaks a rule of the schema.
    """
    names = list(row["properties"])
    if set(table.column_names) != set(names):
        wrong = sorted(set(table.column_names) ^ set(names))
        raise ValueError(f"table {row['$id']}: columns {wrong} are missing or unknown")
    key = names[0]
    arrow = table.select(*names).sort(key).to_arrow()
    arrow = arrow.cast(arrow_schema(row, arrow.schema)).combine_chunks()
    found = faults(arrow, row)
    if found:
        raise ValueError(f"table {row['$id']}: " + "; ".join(found))
    keys = arrow[key].to_pylist()
    if len(set(keys)) != len(keys):
        raise ValueError(f"table {row['$id']}: a {key} comes twice")
    return arrow


def write_table(table: pa.Table, path: Path, shards: int) -> None:
    """Write a sorted table as one Parquet file, or as a folder of parts by prefix of its key.

    With shards > 1 the part of a row depends on its key alone (the first 16 bits of a hex id),
    so that new rows change few parts and unchanged parts are not stored twice.
    """
    if path.is_dir():
        shutil.rmtree(path)
    if shards == 1:
        _write_file(table, path)
        return
    keys = table.column(0).to_pylist()
    limits = [f"{16**_PREFIX_HEX * part // shards:0{_PREFIX_HEX}x}" for part in range(1, shards)]
    cuts = [0, *(bisect_left(keys, limit) for limit in limits), len(keys)]
    for part, (start, end) in enumerate(pairwise(cuts)):
        _write_file(table.slice(start, end - start), path / f"part-{part:03d}.parquet")


def _write_file(table: pa.Table, path: Path) -> None:
    plain = table.combine_chunks().replace_schema_metadata(None)
    with replacing(path) as temporary:
        pq.write_table(plain, temporary, compression="zstd", row_group_size=ROWS_PER_GROUP)
