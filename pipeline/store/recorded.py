"""Recorded vectors on disk: data/embeddings/recorded/<encoder>/<revision>/<digest>-<job>.parquet.

Parts are immutable and named by the digest of their bytes, so that a damaged one is known before
anything is made of it. The same vectors give the same part.
"""

from collections.abc import Mapping
from pathlib import Path

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.core.errors import UserError
from pipeline.store.digests import DigestCache, other_than_named, write_named
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import RECORDED, SEEN

_BOOK = SEEN / "recorded.json"
SCHEMA = pa.schema(
    {
        "space": pa.large_string(),
        "job_id": pa.large_string(),
        "key": pa.large_string(),
        "vector": pa.large_list(pa.float32()),
    }
)
_ROWS_PER_GROUP = 8192


def read_recorded(folder: Folder) -> daft.DataFrame:
    """Return space, job_id, key and vector of all that was recorded in a workspace.

    Raises UserError where a part is not what its name says.
    """
    root = Path(folder)
    parts = sorted((root / RECORDED).glob("*/*/*.parquet"))
    damaged = other_than_named(parts, DigestCache(root / _BOOK, root))
    if damaged:
        name = damaged[0].relative_to(root).as_posix()
        raise UserError(f"{name} is damaged: restore it from git, or `dvc pull` brings it back")
    if not parts:
        return daft.from_arrow(SCHEMA.empty_table())
    return daft.read_parquet([str(part) for part in parts])


def recorded_keys(folder: Folder, space: str) -> set[str]:
    """Return the keys of all texts that have a vector in a space (`<encoder>/<revision>`)."""
    parts = sorted((Path(folder) / RECORDED / space).glob("*.parquet"))
    return {
        key for part in parts for key in pq.read_table(part, columns=["key"])["key"].to_pylist()
    }


def write_part(
    folder: Folder, space: str, job_id: str, vectors: Mapping[str, npt.NDArray[np.float32]]
) -> str:
    """Write the vectors of a job by key, at least one, and return the part's name."""
    keys = sorted(vectors)
    matrix = np.concatenate([vectors[key] for key in keys])
    offsets = pa.array(np.linspace(0, len(matrix), len(keys) + 1).astype(np.int64), pa.int64())
    columns = {
        "space": pa.array([space] * len(keys), pa.large_string()),
        "job_id": pa.array([job_id] * len(keys), pa.large_string()),
        "key": pa.array(keys, pa.large_string()),
        "vector": pa.LargeListArray.from_arrays(offsets, pa.array(matrix, pa.float32())),
    }
    table = pa.table(columns, schema=SCHEMA)

    def write(path: Path) -> None:
        pq.write_table(table, path, compression="zstd", row_group_size=_ROWS_PER_GROUP)

    return write_named(Path(folder) / RECORDED / space, f"{job_id}.parquet", write)
