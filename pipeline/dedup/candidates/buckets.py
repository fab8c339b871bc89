"""Candidate pairs: what shares a bucket of a banded signature (LSH).

The work stays linear in the rows however large a bucket grows. A bucket of at most reach + 1
members is paired in full. A larger one is counted as bounded and split by the hash of the next
band: members that agree in both are paired as in a bucket of their own. So that little is lost
where a bucket is only somewhat too large, its members are also paired with their neighbours in
the order of the next band's hash, then of ids, which follow the sorted keys: with the fewer, the
larger the bucket is, about reach squared pairs for all of it. Every band splits anew, so twins
that one band keeps apart meet in another.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from daft import DataType, col

from pipeline.dedup.entries import Ints

Words = npt.NDArray[np.uint32]

_IN_BAND = pa.struct(
    [
        ("codes", pa.large_list(pa.uint64())),
        ("largest", pa.int64()),
        ("bounded", pa.int64()),
    ]
)
_HALF = np.uint64(32)
_LOW = np.uint64((1 << 32) - 1)


class BucketSizes(NamedTuple):
    """How large the buckets of a signature grew."""

    largest: int
    bounded: int  # buckets too large to be paired in full


class CandidatePairs(NamedTuple):
    """Pairs that come near in one respect, how near, and what it took to find them."""

    pairs: Ints  # shape (2, number of pairs), the smaller above
    nearness: npt.NDArray[Any]  # of each pair, the nearer the larger
    sizes: BucketSizes
    tried: int


class BucketPairs(NamedTuple):
    """Pairs that share a bucket, and what the buckets looked like."""

    pairs: Ints  # shape (2, number of pairs): distinct ids, the smaller above, sorted
    sizes: BucketSizes


def bucket_pairs(bands: Words, *, reach: int, differing_bits: int | None = None) -> BucketPairs:
    """Return the distinct pairs of ids that share a bucket in at least one band.

    bands has one row per id, from 0 on, and one 32-bit hash per band. reach is the number of
    neighbours that a member of a bucket is paired with, in each band. Where the bands are a
    sketch of 16 bits each, pairs that differ in more than differing_bits are dropped on the
    spot. Each band is one row of a Daft table, so that bands run beside one another.
    """
    rows, width = bands.shape
    if not rows:
        return BucketPairs(np.zeros((2, 0), np.int64), BucketSizes(0, 0))
    columns = {
        "hashes": _lists(bands.T),
        "following": _lists(np.roll(bands, -1, axis=1).T),
    }
    if differing_bits is not None:
        sketch = _packed(bands)
        columns["sketch"] = _lists(np.broadcast_to(sketch.ravel(), (width, sketch.size)))
    neighbours = _neighbours(reach, differing_bits)(*(col(name) for name in columns))
    by_band = daft.from_arrow(pa.table(columns)).select(neighbours.alias("in_band")).to_arrow()
    struct = by_band["in_band"].combine_chunks()
    del by_band
    largest, bounded = (np.asarray(struct.field(name)) for name in ("largest", "bounded"))
    sizes = BucketSizes(int(largest.max(initial=0)), int(bounded.sum()))
    codes = distinct(np.asarray(struct.field("codes").flatten(), np.uint64))
    del struct  # of a large base some gigabytes, as are the codes and the pairs
    pairs = np.empty((2, len(codes)), np.uint64)
    np.right_shift(codes, _HALF, out=pairs[0])
    np.bitwise_and(codes, _LOW, out=pairs[1])
    return BucketPairs(pairs.view(np.int64), sizes)


def distinct(codes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return the distinct codes in ascending order; np.unique hashes, at four times the cost."""
    ordered = np.sort(codes)
    is_new = np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)]
    return np.asarray(ordered[is_new])


def _lists(rows: npt.NDArray[Any]) -> pa.Array:
    ends = np.arange(len(rows) + 1, dtype=np.int64) * rows.shape[1]
    return pa.LargeListArray.from_arrays(pa.array(ends), pa.array(rows.ravel()))


def _neighbours(reach: int, differing_bits: int | None) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.from_arrow_type(_IN_BAND), batch_size=1)
    def neighbours(hashes: daft.Series, following: daft.Series, *sketches: daft.Series) -> pa.Array:
        bands = []
        for band in range(len(hashes)):
            words, next_words, *bits = (
                np.asarray(s.to_arrow()[band].values) for s in (hashes, following, *sketches)
            )
            ids, groups = _in_buckets(words, next_words, reach)
            sizes = np.bincount(groups) if len(groups) else np.zeros(1, np.int64)
            left, right = _paired(groups, sizes, next_words[ids], reach)
            left, right = ids[left], ids[right]
            for sketch in bits:
                left, right = _within(
                    sketch.reshape(len(words), -1), left, right, differing_bits or 0
                )
            low, high = np.minimum(left, right), np.maximum(left, right)
            bands.append(
                {
                    "codes": low.astype(np.uint64) << _HALF | high.astype(np.uint64),
                    "largest": int(sizes.max()),
                    "bounded": int((sizes > reach + 1).sum()),
                }
            )
        return pa.array(bands, _IN_BAND)

    return neighbours


def _in_buckets(hashes: Words, following: Words, reach: int) -> tuple[Ints, Ints]:
    """Return the ids that share their hash with another one, and their buckets, side by side.

    Sorted are hash and id in one word, which costs a tenth of sorting by two keys. What the
    order within a bucket is matters only in one that is too large to be paired in full.
    """
    words = np.sort(hashes.astype(np.uint64) << _HALF | np.arange(len(hashes), dtype=np.uint64))
    sorted_hashes, ids = words >> _HALF, (words & _LOW).astype(np.int64)
    starts = np.flatnonzero(np.r_[True, sorted_hashes[1:] != sorted_hashes[:-1]])[: len(words)]
    sizes = np.diff(np.r_[starts, len(words)])
    shared = np.repeat(sizes > 1, sizes)
    ids = ids[shared]
    sizes = sizes[sizes > 1]
    groups = np.repeat(np.arange(len(sizes)), sizes)
    large = np.flatnonzero((sizes > reach + 1)[groups])
    ids[large] = ids[large[np.lexsort((ids[large], following[ids[large]], groups[large]))]]
    return ids, groups


def _paired(groups: Ints, sizes: Ints, following: Words, reach: int) -> tuple[Ints, Ints]:
    """Return the positions of the members to be compared, which stand bucket by bucket.

    sizes holds the size of each bucket, following the next band's hash of each member, by which
    the members of a large bucket are ordered.
    """
    is_large = sizes > reach + 1
    within = np.where(is_large, reach * reach // np.maximum(sizes, 1), reach)
    left, right = neighbours_in_order(groups, within[groups])
    large = np.flatnonzero(is_large[groups])
    if not len(large):
        return left, right
    is_new = np.r_[True, np.diff(groups[large]) != 0] | np.r_[True, np.diff(following[large]) != 0]
    parts = np.cumsum(is_new)
    agreeing, others = neighbours_in_order(parts, np.full(len(large), reach))
    return np.r_[left, large[agreeing]], np.r_[right, large[others]]


def _packed(bands: Words) -> npt.NDArray[np.uint64]:
    """Return the lower 16 bits of all bands side by side in 64-bit words."""
    padded = np.zeros((len(bands), -(-bands.shape[1] // 4) * 4), np.uint16)
    padded[:, : bands.shape[1]] = bands
    return padded.view(np.uint64)


def _within(bits: npt.NDArray[np.uint64], left: Ints, right: Ints, limit: int) -> tuple[Ints, Ints]:
    """Return the pairs of rows of bits that differ in at most limit bits.

    Counted word by word: most pairs are over the limit, and dropped, after two words.
    """
    differing = np.zeros(len(left), np.int64)
    for word in np.ascontiguousarray(bits.T):
        differing += np.bitwise_count(word[left] ^ word[right])
        near = differing <= limit
        left, right, differing = left[near], right[near], differing[near]
    return left, right


def neighbours_in_order(groups: Ints, reach: Ints) -> tuple[Ints, Ints]:
    """Return the positions of all two rows of one group that stand at most reach places apart.

    groups holds one label per row, equal labels side by side, reach how far each row looks ahead.
    """
    ends = np.searchsorted(groups, groups, side="right")
    positions = np.arange(len(groups), dtype=np.int64)
    counts = np.minimum(ends - positions - 1, reach)
    left = np.repeat(positions, counts)
    within = np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts)
    return left, left + within + 1
