"""Candidates from vectors: random hyperplanes (Charikar 2002) in bands, then the exact cosine."""

from collections.abc import Callable
from typing import Any

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from daft import DataType, col

from pipeline.dedup.candidates.buckets import CandidatePairs, bucket_pairs
from pipeline.dedup.candidates.fingerprints import lists_of, matrix
from pipeline.dedup.entries import Ints, one_array

_BITS = 16  # of a band: two bytes, so that a sketch is its bands side by side
_SLACK = 3.5  # standard deviations of the sketch's estimate that a candidate is allowed to miss
_EXACT = 1 << 24  # integers below are exact in float32
_PLANE_STEPS = 16  # a plane's normal deviates in steps of 1/16: the angle moves by 2 %
_PAIRS_AT_ONCE = 1 << 12

Floats = npt.NDArray[np.float32]


def sketched(vectors: daft.DataFrame, *, bands: int, seed: int) -> pa.Table:
    """Return vectors (pair_id, vector) with their sketches, as the column bands."""
    return vectors.select(
        "pair_id", "vector", _sketch(bands, seed)(col("vector")).alias("bands")
    ).to_arrow()


def cosine_candidates(
    table: pa.Table, rows: Ints, *, cosine_threshold: float, reach: int
) -> CandidatePairs:
    """Return the pairs of vectors whose cosine is at least cosine_threshold, and their cosine.

    table is what sketched returns; id n stands for its row rows[n]. Two vectors at angle t agree
    in a sign with probability 1 - t/pi, so 16 bands of 16 signs find a cosine of 0.95 with 96 %
    and 0.97 with 99 %. The count of differing signs then drops pairs that lie clearly below the
    threshold, and the exact cosine, summed in float64, decides.
    """
    sketches, vectors = (matrix(one_array(table[name])) for name in ("bands", "vector"))
    limit = _limit(cosine_threshold, sketches.shape[1] * _BITS)
    candidates = bucket_pairs(sketches[rows], reach=reach, differing_bits=limit)
    cosine = cosines(vectors, rows[candidates.pairs])
    near = cosine >= np.float32(cosine_threshold)
    return CandidatePairs(candidates.pairs[:, near], cosine[near], candidates.sizes, len(cosine))


def _limit(cosine_threshold: float, signs: int) -> int:
    apart = float(np.arccos(np.clip(cosine_threshold, -1, 1)) / np.pi)
    return int(np.ceil(signs * apart + _SLACK * np.sqrt(signs * apart * (1 - apart))))


def _sketch(bands: int, seed: int) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.list(DataType.uint32()))
    def sketch(vectors: daft.Series) -> pa.Array:
        rows = matrix(vectors.to_arrow())
        signs = np.packbits(_projected(rows, bands * _BITS, seed) >= 0, axis=1)
        words = signs.reshape(len(rows), bands, _BITS // 8).view(np.uint16)[..., 0]
        return lists_of(words.astype(np.uint32))

    return sketch


def _projected(rows: Floats, planes: int, seed: int) -> Floats:
    """Return the products of unit vectors with random planes, up to a common factor.

    Both are rounded to integers so small that float32 adds them up without rounding: the signs
    are then the same in any order of summation, on any machine and for batches of any size.
    """
    normals = np.random.default_rng(seed).standard_normal((rows.shape[1], planes))
    normals = np.rint(normals * _PLANE_STEPS)
    longest = float(np.sqrt((normals**2).sum(axis=0)).max(initial=1))
    steps = 2.0 ** np.floor(np.log2(_EXACT / longest) - 1)
    whole: Floats = np.rint(rows * np.float32(steps))
    return whole @ normals.astype(np.float32)


def cosines(vectors: Floats, pairs: Ints) -> Floats:
    """Return the dot product of the two unit vectors of each pair, at most 1."""
    products = np.zeros(pairs.shape[1], np.float32)
    for start in range(0, len(products), _PAIRS_AT_ONCE):
        left, right = pairs[:, start : start + _PAIRS_AT_ONCE]
        dots = np.einsum("ij,ij->i", vectors[left].astype(np.float64), vectors[right].astype(float))
        products[start : start + _PAIRS_AT_ONCE] = np.clip(dots, -1, 1)
    return products
