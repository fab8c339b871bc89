"""Candidates from vectors: random hyperplanes (Charikar 2002) in bands, then the exact cosine."""

from collections.abc import Callable
from typing import Any

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from daft import DataType, col

from pipeline.core.ranges import in_runs
from pipeline.dedup.candidates.buckets import CandidatePairs, Words, bucket_pairs
from pipeline.dedup.candidates.fingerprints import lists_of, matrix
from pipeline.dedup.entries import Ints, one_array

_BITS = 16  # of a band: two bytes, so that a sketch is its bands side by side
_SLACK = 3.5  # standard deviations of the sketch's estimate that a candidate is allowed to miss
_EXACT = 1 << 24  # integers below are exact in float32
_PLANE_STEPS = 16  # a plane's normal deviates in steps of 1/16: the angle moves by 2 %
_PAIRS_AT_ONCE = 1 << 12

Floats = npt.NDArray[np.float32]


def sketched(vectors: daft.DataFrame, *, bands: int, seed: int) -> pa.Table:
    """Return pair_id and bands, the sketch of its vector, of each of vectors (pair_id, vector)."""
    return vectors.select("pair_id", _sketch(bands, seed)(col("vector")).alias("bands")).to_arrow()


def cosine_candidates(
    sketches: Words, vectors: Callable[[Ints], Floats], *, cosine_threshold: float, reach: int
) -> CandidatePairs:
    """Return the pairs of vectors whose cosine is at least cosine_threshold, and their cosine.

    sketches has a row per id, as sketched gives them, and vectors returns the vectors of ids that
    are asked for. Two vectors at angle t agree in a sign with probability 1 - t/pi, so 16 bands of
    16 signs find a cosine of 0.95 with 96 % and 0.97 with 99 %. The count of differing signs then
    drops pairs that lie clearly below the threshold, and the exact cosine, summed in float64,
    decides.
    """
    limit = _limit(cosine_threshold, sketches.shape[1] * _BITS)
    candidates = bucket_pairs(sketches, reach=reach, differing_bits=limit)
    ends = np.unique(candidates.pairs)
    cosine = cosines(vectors(ends), np.searchsorted(ends, candidates.pairs))
    near = cosine >= np.float32(cosine_threshold)
    return CandidatePairs(candidates.pairs[:, near], cosine[near], candidates.sizes, len(cosine))


def vectors_of(vectors: daft.DataFrame, name: str, ids: pa.Array) -> Floats:
    """Return the vectors of ids, which all have one, in their order, from the column of a name.

    Read a run at a time: memory has each of them once.
    """
    order = pc.sort_indices(ids)
    runs = in_runs(vectors.select("pair_id", name), "pair_id", pa.chunked_array([ids.take(order)]))
    rows, read = np.zeros((0, 1), np.float32), 0
    for run in runs:
        some = matrix(one_array(run.sort("pair_id").to_arrow()[name]))
        if not read:
            rows = np.empty((len(ids), some.shape[1]), np.float32)
        rows[order[read : read + len(some)].to_numpy()] = some
        read += len(some)
    return rows


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
