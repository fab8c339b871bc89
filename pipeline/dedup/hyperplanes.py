"""Candidates from vectors: random hyperplanes (Charikar 2002) in bands, then the exact cosine."""

from collections.abc import Callable
from typing import Any

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from daft import DataType, col, lit

from pipeline.dedup.candidates import BucketSizes, meetings
from pipeline.dedup.signatures import lists_of
from pipeline.dedup.verify import beside

_BITS = 16  # of a band: one word, so that a sketch is its bands side by side
_SLACK = 3.5  # standard deviations of the sketch's estimate that a candidate is allowed to miss


def cosine_candidates(
    vectors: daft.DataFrame, *, cosine_threshold: float, bands: int, reach: int, seed: int
) -> tuple[pa.Table, BucketSizes, int]:
    """Return the pairs of near vectors, the sizes of the buckets and the number of candidates.

    The pairs have left and right (ids) and cosine, at least cosine_threshold. vectors has id and
    vector (list of float32, unit length). `bands` sketches of 16 hyperplane signs each are drawn
    from seed. Two vectors at angle t agree in a sign with probability 1 - t/pi, so 16 bands find a
    cosine of 0.95 with 96 % and 0.97 with 99 %. The count of differing signs then drops pairs
    that lie clearly below the threshold, and the exact cosine, summed in float64, decides.
    """
    sketched = vectors.with_column("bands", _sketch(bands, seed)(col("vector"))).collect()
    limit = _limit(cosine_threshold, bands * _BITS)
    met = meetings(sketched.select("id", "bands"), reach=reach, differing_bits=limit)
    near = met.pairs.collect()
    exact = beside(near, sketched.select("id", "vector"))
    exact = exact.select(
        "left", "right", cosines(col("left_value"), col("right_value")).alias("cosine")
    )
    exact = exact.where(col("cosine") >= lit(cosine_threshold))
    return exact.to_arrow(), met.sizes, near.count_rows()


def _limit(cosine_threshold: float, signs: int) -> int:
    apart = float(np.arccos(np.clip(cosine_threshold, -1, 1)) / np.pi)
    return int(np.ceil(signs * apart + _SLACK * np.sqrt(signs * apart * (1 - apart))))


def _sketch(bands: int, seed: int) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.list(DataType.uint64()))
    def sketch(vectors: daft.Series) -> pa.Array:
        rows = _matrix(vectors)
        # In float64 a sign depends on the order of summation with a chance of 1e-15, so that
        # batches of any size give the same sketch; in float32 one sign in a million would differ.
        planes = np.random.default_rng(seed).standard_normal((rows.shape[1], bands * _BITS))
        signs = np.packbits(rows @ planes >= 0, axis=1)
        words = signs.reshape(len(rows), bands, _BITS // 8).view(np.uint16)[..., 0]
        return lists_of(words.astype(np.uint64))

    return sketch


@daft.func.batch(return_dtype=DataType.float32())
def cosines(left: daft.Series, right: daft.Series) -> pa.Array:
    """Return the dot product of two unit vectors, at most 1."""
    dots = np.einsum("ij,ij->i", _matrix(left), _matrix(right))
    return pa.array(np.clip(dots, -1, 1).astype(np.float32))


def _matrix(vectors: daft.Series) -> npt.NDArray[np.float64]:
    values = np.asarray(vectors.to_arrow().flatten(), np.float64)
    return values.reshape(len(vectors), -1) if len(vectors) else values.reshape(0, 1)
