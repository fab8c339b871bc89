"""Search by sense: the pairs whose vectors are nearest to a text's or a pair's."""

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.desk.index.sources import Sources

NEAREST = 500
"""Pairs that a search by sense finds: beyond them likeness says little."""

_BATCH_ROWS = 16_384

Vector = npt.NDArray[np.float32]


def nearest(sources: Sources, vector: Vector, most: int = NEAREST) -> list[tuple[str, float]]:
    """Return pair_id and cosine of the pairs nearest to vector, nearest first.

    Vectors are compared one by one, batch by batch: exact, and in the memory of one batch.
    """
    length = float(np.linalg.norm(vector))
    if not length:
        return []
    best: list[tuple[float, str]] = []
    for file in sources.vectors:
        with pq.ParquetFile(file) as table:
            for batch in table.iter_batches(_BATCH_ROWS, columns=["pair_id", "vector"]):
                flat = batch.column("vector").flatten().to_numpy(zero_copy_only=False)
                cosines = flat.reshape(batch.num_rows, -1) @ (vector / np.float32(length))
                places = np.argsort(-cosines, kind="stable")[:most]
                ids = batch.column("pair_id").take(places).to_pylist()
                rounded = np.round(cosines[places].astype(np.float64), 6)
                found = zip((-rounded).tolist(), ids, strict=True)
                best = sorted([*best, *(one for one in found if one[0] < 0)])[:most]
    return [(pair_id, -cosine) for cosine, pair_id in best]


def vector_of(sources: Sources, pair_id: str) -> Vector | None:
    """Return the vector of a pair, None where it has none."""
    for file in sources.vectors:
        rows = pq.read_table(
            file, columns=["vector"], filters=pc.field("pair_id") == pair_id
        ).column("vector")
        if len(rows):
            return np.asarray(rows[0].as_py(), dtype=np.float32)
    return None
