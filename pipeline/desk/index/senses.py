"""Search by sense: the pairs whose vectors are nearest to a text's or a pair's."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.core.errors import UserError
from pipeline.desk.index.sources import Sources
from pipeline.embedding.encoder import Encoder, parse_space, space_of

NEAREST = 500
"""Pairs that a search by sense finds: beyond them likeness says little."""

_BATCH_ROWS = 16_384
_DOCUMENT = "document_vector"

Vector = npt.NDArray[np.float32]
Embed = Callable[[str], Vector]


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
            for batch in table.iter_batches(_BATCH_ROWS, columns=["pair_id", _DOCUMENT]):
                flat = batch.column(_DOCUMENT).flatten().to_numpy(zero_copy_only=False)
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
        wanted = pc.field("pair_id") == pair_id
        rows = pq.read_table(file, columns=[_DOCUMENT], filters=wanted).column(_DOCUMENT)
        if len(rows):
            return np.asarray(rows[0].as_py(), dtype=np.float32)
    return None


def question_vector(sources: Sources, encoder: Encoder, text: str) -> Vector:
    """Return the vector of a question, to be compared with those of the pairs.

    Raises UserError where there are none, and where they are of another encoder: vectors of two
    spaces say nothing about each other.
    """
    if not sources.vectors:
        raise UserError("there are no vectors to search by: `faucet repro embed` makes them")
    with pq.ParquetFile(sources.vectors[0]) as table:
        first = next(table.iter_batches(1, columns=["space"]), None)
    spaces = first.column("space").to_pylist() if first is not None else []
    if spaces and parse_space(spaces[0]) != space_of(encoder):
        raise UserError(
            f"the vectors are of {spaces[0]}, params.yaml asks for {space_of(encoder)}:"
            " `faucet repro` makes them anew"
        )
    vector: Vector = encoder.encode([text], "question")[0]
    return vector
