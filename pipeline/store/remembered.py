"""Earlier per-row results below .cache: content-addressed, ignored by git, no DVC output.

The version of a result is the digest of the code that the stage names in dvc.yaml, of the
locked library versions and of the params that the computation takes; the row's own key stands
for its content. Deleting the folder costs time and changes no byte.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import click
import daft
import pyarrow as pa
import pyarrow.parquet as pq
from daft import col

from pipeline.core.ids import content_digest
from pipeline.core.json_values import compact
from pipeline.core.text import counted
from pipeline.store.digests import DigestCache, other_than_named, write_named

_PARTS_BEFORE_MERGE = 16
_LARGE_BYTES = 1 << 24
"""A part of so many bytes stays as it is: folding it again and again costs more than it saves."""
_VERSIONS_KEPT = 4
_SEEN = ".seen.json"


class DiskMemo:
    """Per-row results in Parquet parts: `<folder>/<name>/<version>/<its digest>-<keys'>.parquet`.

    code is a digest of everything that results depend on besides rows and params.
    """

    def __init__(self, folder: Path, code: str) -> None:
        self._folder = folder
        self._code = code

    def rows(
        self,
        name: str,
        table: daft.DataFrame,
        compute: Callable[[daft.DataFrame], daft.DataFrame],
        *,
        key: str = "pair_id",
        **params: object,
    ) -> daft.DataFrame:
        """Return compute(table), computing only rows whose key was not seen before."""
        version = content_digest(compact([self._code, key, params]).encode())[:16]
        folder = self._folder / name / version
        parts = whole_parts(folder)
        if not parts:
            computed = compute(table).to_arrow()
            _add_part(folder, computed, key)
            drop_old_versions(folder.parent)
            return daft.from_arrow(computed)
        known = daft.read_parquet([str(part) for part in parts])
        unseen = table.join(known.select(key), on=key, how="anti").collect()
        recalled = known.join(table.select(key), on=key, how="semi")
        if unseen.count_rows() == 0:
            return recalled
        computed = compute(unseen).to_arrow()
        recalled = recalled.collect()
        _add_part(folder, computed, key)
        _merge_parts(folder, key)
        fresh = daft.from_arrow(computed).select(*(col(c) for c in recalled.column_names))
        return recalled.concat(fresh)


def whole_parts(folder: Path) -> list[Path]:
    """Return the parts of a folder, sorted; damaged ones are dropped, which is said on stderr."""
    parts = sorted(folder.glob("*.parquet"))
    damaged = other_than_named(parts, DigestCache(folder / _SEEN, folder))
    for part in damaged:
        part.unlink()
    if damaged:
        message = f"{counted(len(damaged), 'file')} of earlier results damaged"
        click.echo(f"faucet: {message} in {folder}: dropped, computed anew", err=True)
    return [part for part in parts if part not in damaged]


def write_parquet(folder: Path, name: str, table: pa.Table) -> str:
    """Write a table as a part, and return its name behind the digest of its bytes.

    Vectors and texts hardly repeat: looking for repeats took four times as long as writing them.
    """

    def write(path: Path) -> None:
        pq.write_table(table.combine_chunks(), path, compression="zstd", use_dictionary=False)

    return write_named(folder, name, write)


def code_digest(root: Path, code: tuple[Path, ...]) -> str:
    """Return a digest of files and folders below root: names and contents, in order."""
    files = sorted(
        {
            file
            for path in code
            for file in ((root / path).rglob("*") if (root / path).is_dir() else [root / path])
            if file.is_file() and "__pycache__" not in file.parts
        }
    )
    listed = [
        [file.relative_to(root).as_posix(), content_digest(file.read_bytes())] for file in files
    ]
    return content_digest(compact(listed).encode())


def _add_part(folder: Path, computed: pa.Table, key: str) -> None:
    keys = computed[key].to_pylist()
    if not keys:
        return
    name = content_digest("\n".join(sorted(keys)).encode())[:16]
    write_parquet(folder, f"{name}.parquet", computed)


def _merge_parts(folder: Path, key: str) -> None:
    """Fold many small parts into one, so that a long history does not slow a run down."""
    parts = [
        part for part in sorted(folder.glob("*.parquet")) if part.stat().st_size < _LARGE_BYTES
    ]
    if len(parts) <= _PARTS_BEFORE_MERGE:
        return
    merged = pa.concat_tables([pq.read_table(part) for part in parts])
    _add_part(folder, merged, key)
    for part in parts:
        part.unlink()  # the merged one holds the same rows under a name of its own


def drop_old_versions(folder: Path) -> None:
    """Keep the versions used last: a parameter tried once must not fill the disk for ever."""
    versions = sorted(folder.glob("*/"), key=lambda path: path.stat().st_mtime)
    for version in versions[:-_VERSIONS_KEPT]:
        shutil.rmtree(version, ignore_errors=True)
