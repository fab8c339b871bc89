"""Spilled rows below .cache: Parquet files that hold what memory should not.

One run's new keys give some files of rows, and one table of the account of each key, which is
written last: files that it does not name are of a run that was killed, and are never read. Like
the memo (remembered.py) a spool costs time to lose and changes no byte.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import daft
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from daft import col

from pipeline.core.ids import content_digest
from pipeline.core.json_values import compact
from pipeline.core.memory import give_back
from pipeline.core.spool import Spill, Spooled
from pipeline.store.digests import write_named
from pipeline.store.remembered import drop_old_versions, whole_parts, write_parquet

_RUN_BYTES = 32_000_000
"""How many bytes of rows are sorted together: the fewer runs, the less is read for a range."""
_GROUP_BYTES = 1_000_000
_RUNS_BEFORE_ANEW = 64


class DiskSpool:
    """Rows by key in `<folder>/<name>/<version>/`; code is a digest of all else they depend on."""

    def __init__(self, folder: Path, code: str) -> None:
        self._folder = folder.resolve()
        self._code = code

    def rows(
        self,
        name: str,
        table: daft.DataFrame,
        compute: Callable[[daft.DataFrame, Spill], daft.DataFrame],
        *,
        key: str,
        schema: pa.Schema,
        sort: str,
        **params: object,
    ) -> Spooled:
        """Return the accounts of the rows of table and what was spilled for them."""
        version = content_digest(compact([self._code, key, str(schema), params]).encode())[:16]
        folder = self._folder / name / version
        if len(list(folder.glob("*.accounts.parquet"))) >= _RUNS_BEFORE_ANEW:
            shutil.rmtree(folder)  # many small files slow every run down; a large one does not
        elif _is_damaged(folder):
            shutil.rmtree(folder)  # what a lost file held is told by no other
        table = table.collect()
        keys = table.select(key)
        spill = _DiskSpill(folder, schema, sort)
        accounts = _accounts(folder)
        unseen = table if accounts is None else table.join(accounts.select(key), on=key, how="anti")
        unseen = unseen.collect()
        if accounts is None or unseen.count_rows():
            computed = compute(unseen, spill).to_arrow()
            give_back()  # what comes next is allocated elsewhere
            _write_accounts(folder, computed, key)
            drop_old_versions(folder.parent)
            accounts = daft.from_arrow(computed) if accounts is None else _accounts(folder)
        assert accounts is not None
        asked = accounts.join(keys, on=key, how="semi").collect()
        return Spooled(asked.exclude("file"), _rows(folder, asked, accounts, key, schema))


class _DiskSpill(NamedTuple):
    """Writes the rows of some keys as one Parquet file, sorted as far as they come together."""

    folder: Path
    schema: pa.Schema
    sort: str

    def write(self, keys: Iterable[str], tables: Iterable[pa.Table]) -> str:
        """Store tables as <digest>-<digest of the keys>.parquet and return that name.

        Tables that come one after the other, 32 MB of them, are sorted together and stored in
        groups of about 1 MB, whose least and greatest values stand in the file: who asks for a
        range of values reads the groups that may hold it.
        """
        name = f"{content_digest(chr(10).join(sorted(keys)).encode())[:16]}.parquet"

        def fill(path: Path) -> None:
            with pq.ParquetWriter(
                path,
                self.schema,
                compression="zstd",
                use_dictionary=False,
                write_statistics=[self.sort],
            ) as writer:
                for run in _runs(tables):
                    for group in _groups(run, self.sort):
                        writer.write_table(group, row_group_size=group.num_rows)

        return write_named(self.folder, name, fill)


def _runs(tables: Iterable[pa.Table]) -> Iterator[list[pa.Table]]:
    """Yield tables that are sorted together."""
    run: list[pa.Table] = []
    for table in tables:
        run.append(table)
        if sum(one.nbytes for one in run) >= _RUN_BYTES:
            yield run
            run = []
    if run:
        yield run


def _groups(run: list[pa.Table], sort: str) -> Iterator[pa.Table]:
    """Yield the rows of a run in groups that follow each other by a column.

    Each group is taken from the tables as they are: a sorted copy of the run is never made.
    """
    keys = pa.chunked_array([one[sort].combine_chunks() for one in run])
    order = pc.sort_indices(keys).to_numpy().astype(np.int64)
    starts = np.cumsum([0, *(one.num_rows for one in run)])
    count = int(starts[-1])
    rows = max(1, count * _GROUP_BYTES // max(sum(one.nbytes for one in run), _GROUP_BYTES))
    for first in range(0, count, rows):
        places = np.sort(order[first : first + rows])
        limits = np.searchsorted(places, starts)
        parts = [
            one.take(pa.array(places[least:limit] - start))
            for one, start, (least, limit) in zip(run, starts[:-1], pairwise(limits), strict=True)
        ]
        yield pa.concat_tables(parts).combine_chunks()


def _is_damaged(folder: Path) -> bool:
    """Return whether a file of the folder was damaged, which is said on stderr."""
    before = len(list(folder.glob("*.parquet")))
    return len(whole_parts(folder)) != before


def _accounts(folder: Path) -> daft.DataFrame | None:
    parts = sorted(folder.glob("*.accounts.parquet"))
    return daft.read_parquet([str(part) for part in parts]).collect() if parts else None


def _write_accounts(folder: Path, computed: pa.Table, key: str) -> None:
    name = content_digest("\n".join(sorted(computed[key].to_pylist())).encode())[:16]
    write_parquet(folder, f"{name}.accounts.parquet", computed)


def _rows(
    folder: Path, asked: daft.DataFrame, accounts: daft.DataFrame, key: str, schema: pa.Schema
) -> daft.DataFrame:
    """Return the stored rows of the keys asked for, read where they are needed."""
    files = sorted(set(asked.to_pydict()["file"]))
    if not files:
        return daft.from_arrow(schema.empty_table())
    rows = daft.read_parquet([str(folder / file) for file in files])
    held = accounts.where(col("file").is_in(files)).count_rows()
    if held > asked.count_rows():  # a file holds rows of keys that nobody asks for any more
        rows = rows.join(asked.select(key), on=key, how="semi")
    return rows
