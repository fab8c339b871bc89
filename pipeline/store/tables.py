"""Tables as Parquet files: the same rows give the same bytes."""

import shutil
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from functools import reduce
from itertools import chain, pairwise
from pathlib import Path

import daft
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.json_values import JsonSchema
from pipeline.core.ranges import Ranges, ranges_of
from pipeline.core.schemas import arrow_schema, faults
from pipeline.store.atomic import replacing
from pipeline.store.row_groups import FAST, RowGroups

_PREFIX_HEX = 4


def read_table(path: Path) -> daft.DataFrame:
    """Return the table of a Parquet file, or of a folder of parts."""
    parts = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    return daft.read_parquet([str(part) for part in parts])


def checked(table: daft.DataFrame, row: JsonSchema) -> pa.Table:
    """Return a table sorted by its key, with the types that its schema names.

    The key is what the schema names under x-key, its first column where it names none.

    Raises ValueError where a column is missing or too many, a key comes twice, or a value
    breaks a rule of the schema.
    """
    names = list(row["properties"])
    if set(table.column_names) != set(names):
        wrong = sorted(set(table.column_names) ^ set(names))
        raise ValueError(f"table {row['$id']}: columns {wrong} are missing or unknown")
    key = row.get("x-key", names[:1])
    arrow = table.select(*names).sort(key).to_arrow()
    arrow = arrow.cast(arrow_schema(row, arrow.schema)).combine_chunks()
    found = faults(arrow, row)
    if found:
        raise ValueError(f"table {row['$id']}: " + "; ".join(found))
    if _has_repeated(arrow.select(key)):
        raise ValueError(f"table {row['$id']}: a {' and '.join(key)} comes twice")
    return arrow


def in_ranges(table: daft.DataFrame, row: JsonSchema) -> Ranges:
    """Return a table as ranges of its key: what is in one's hands at a time.

    On a cluster the rows stay there, and the ids alone come to find the ranges. A table whose key
    is not its first column is one range.
    """
    (key, *_), keys = row["properties"], row.get("x-key")
    if (keys and keys != [key]) or key not in table.column_names:
        return Ranges((table,))
    return ranges_of(table.collect(), key)


def _has_repeated(keys: pa.Table) -> bool:
    """Tell whether two neighbours of sorted keys are equal."""
    before, after = keys.slice(0, max(len(keys) - 1, 0)), keys.slice(1)
    equal = [pc.equal(before[name], after[name]) for name in keys.column_names]
    return bool(pc.any(reduce(pc.and_, equal)).as_py())


def checked_ranges(table: Ranges, row: JsonSchema) -> Iterator[pa.Table]:
    """Yield the parts of a table, each as `checked` gives it; one is in memory at a time.

    Raises ValueError where a part does not go on behind the one before it.
    """
    last: str | None = None
    for part in table.parts:
        arrow = checked(part, row)
        if arrow.num_rows:
            keys = arrow.column(0)
            if last is not None and keys[0].as_py() <= last:
                raise ValueError(f"table {row['$id']}: its ranges overlap")
            last = keys[-1].as_py()
        yield arrow


def write_table(
    table: pa.Table, path: Path, shards: int, metadata: Mapping[str, str] | None = None
) -> None:
    """Write a sorted table as one Parquet file, or as a folder of parts by prefix of its key.

    With shards > 1 the part of a row depends on its key alone (the first 16 bits of a hex id),
    so that new rows change few parts and unchanged parts are not stored twice. metadata goes into
    the schema of every file: what holds for all rows and is no column.
    """
    write_tables(iter([table]), path, shards, metadata)


def write_tables(
    tables: Iterator[pa.Table],
    path: Path,
    shards: int,
    metadata: Mapping[str, str] | None = None,
    level: int = FAST,
) -> None:
    """Write tables that follow each other, at least one, as write_table writes them in one.

    level is Zstandard's, 1 to 22: a higher one takes more time and less room, for the same rows.
    """
    if path.is_dir():
        shutil.rmtree(path)
    elif shards > 1:
        path.unlink(missing_ok=True)  # one file of an earlier run, where a folder of parts is due
    parts = [path / f"part-{part:03d}.parquet" for part in range(shards)] if shards > 1 else [path]
    limits = [f"{16**_PREFIX_HEX * part // shards:0{_PREFIX_HEX}x}" for part in range(1, shards)]
    first = _plain(next(tables)).replace_schema_metadata(metadata or None)
    with ExitStack() as open_files:
        files = [
            RowGroups(open_files.enter_context(replacing(part)), first.schema, level)
            for part in parts
        ]
        current = 0
        for table in chain([first], map(_plain, tables)):
            keys = table.column(0).to_pylist() if limits else []
            cuts = [0, *(bisect_left(keys, limit) for limit in limits), table.num_rows]
            for part, (start, end) in enumerate(pairwise(cuts)):
                if start == end:
                    continue
                for passed in range(current, part):
                    files[passed].close()
                current = part
                part_rows = table.slice(start, end - start)
                files[part].add(part_rows.replace_schema_metadata(metadata or None))
        for file in files[current:]:
            file.close()


def _plain(table: pa.Table) -> pa.Table:
    return table.combine_chunks().replace_schema_metadata(None)
