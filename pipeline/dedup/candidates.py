"""Pairs worth a comparison: what shares a bucket of a banded signature (LSH).

The work stays linear in the rows however large a bucket grows. The members of a bucket are put
in an order that places the most alike side by side: by the hash of the next band, then by id,
and ids follow the sorted keys. Each member is paired with its next `reach` neighbours. A bucket
of at most reach + 1 members is so paired in full; a larger one is counted as bounded, and because
every band orders its members anew, twins that one band keeps apart meet in another.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from daft import DataType, col, lit

Ids = npt.NDArray[np.int64]

_MEETING = pa.struct([("left", pa.int64()), ("right", pa.int64()), ("bucket_size", pa.int64())])
_MEMBER = pa.struct([("band", pa.int16()), ("bucket", pa.uint64()), ("order", pa.uint64())])


class BucketSizes(NamedTuple):
    """How large the buckets of a signature grew."""

    largest: int
    bounded: int  # buckets too large to be paired in full


class Meetings(NamedTuple):
    """Candidate pairs and what their buckets looked like."""

    pairs: daft.DataFrame  # left, right: distinct ids, left < right
    sizes: BucketSizes


def meetings(banded: daft.DataFrame, *, reach: int, differing_bits: int | None = None) -> Meetings:
    """Return the distinct pairs of ids that share a bucket in at least one band.

    banded has id (int64) and bands (list<uint64>, of the same length in every row). reach is the
    number of neighbours that a member of a bucket is paired with, in each band. Where the bands
    are a sketch whose every bit counts, pairs that differ in more than differing_bits are dropped
    on the spot.
    """
    members = banded.select("id", "bands", _members(col("bands")).alias("member"))
    carried = [] if differing_bits is None else [col("bands")]
    members = members.select("id", *carried, "member").explode("member")
    columns = (col("id"), col("member").get("bucket"), col("member").get("order"), *carried)
    grouped = members.with_column("band", col("member").get("band")).groupby("band")
    met = grouped.map_groups(_neighbours(reach, differing_bits)(*columns).alias("met")).select(
        col("met").get("left").alias("left"),
        col("met").get("right").alias("right"),
        col("met").get("bucket_size").alias("bucket_size"),
    )
    met = met.collect()
    sizes = met.where(col("left") < lit(0)).to_arrow()["bucket_size"].to_numpy()
    pairs = met.where(col("left") >= lit(0)).select("left", "right").distinct()
    return Meetings(pairs, BucketSizes(int(sizes.max(initial=0)), int((sizes > reach + 1).sum())))


@daft.func.batch(return_dtype=DataType.list(DataType.from_arrow_type(_MEMBER)))
def _members(bands: daft.Series) -> pa.Array:
    """Return for each row its buckets: band number, hash and the next band's hash."""
    lists = bands.to_arrow()
    rows = len(lists)
    hashes = np.asarray(lists.flatten()).reshape(rows, -1) if rows else np.zeros((0, 1), np.uint64)
    width = hashes.shape[1]
    numbers = np.tile(np.arange(width, dtype=np.int16), rows)
    following = np.roll(hashes, -1, axis=1)
    members = pa.StructArray.from_arrays(
        [pa.array(numbers), pa.array(hashes.ravel()), pa.array(following.ravel())],
        fields=list(_MEMBER),
    )
    ends = np.arange(rows + 1, dtype=np.int64) * width
    return pa.LargeListArray.from_arrays(pa.array(ends), members)


def _neighbours(reach: int, differing_bits: int | None) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.from_arrow_type(_MEETING))
    def neighbours(
        ids: daft.Series, buckets: daft.Series, orders: daft.Series, *sketches: daft.Series
    ) -> pa.Array:
        numbers, hashes, following = (s.to_arrow().to_numpy() for s in (ids, buckets, orders))
        order = np.lexsort((numbers, following, hashes))
        left, right = neighbours_in_order(hashes[order], reach)
        left, right = order[left], order[right]
        for sketch in sketches:
            bits = np.asarray(sketch.to_arrow().flatten()).reshape(len(numbers), -1)
            left, right = _within(bits, left, right, differing_bits or 0)
        return _meetings_array(numbers[left], numbers[right], _sizes(hashes[order]))

    return neighbours


def _within(bits: npt.NDArray[np.uint64], left: Ids, right: Ids, limit: int) -> tuple[Ids, Ids]:
    """Return the pairs of rows of bits that differ in at most limit bits.

    Counted word by word: most pairs are over the limit, and dropped, after half the words.
    """
    differing = np.zeros(len(left), np.int64)
    for word in np.ascontiguousarray(bits.T):
        differing += np.bitwise_count(word[left] ^ word[right])
        near = differing <= limit
        left, right, differing = left[near], right[near], differing[near]
    return left, right


def _meetings_array(left: Ids, right: Ids, sizes: Ids) -> pa.Array:
    """Return pairs and bucket sizes as one array, so that one pass over a band gives both.

    A size travels as a row without a pair: its left and right are -1.
    """
    none = np.full(len(sizes), -1, np.int64)
    columns = [
        np.concatenate([np.minimum(left, right), none]),
        np.concatenate([np.maximum(left, right), none]),
        np.concatenate([np.zeros(len(left), np.int64), sizes]),
    ]
    return pa.StructArray.from_arrays([pa.array(c) for c in columns], fields=list(_MEETING))


def _sizes(ordered: npt.NDArray[np.uint64]) -> Ids:
    """Return the sizes above one of the runs of equal values."""
    changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    sizes = np.diff(np.concatenate([[0], changes, [len(ordered)]]))
    return sizes[sizes > 1]


def neighbours_in_order(groups: npt.NDArray[Any], reach: int) -> tuple[Ids, Ids]:
    """Return the positions of all two rows of one group that stand at most reach places apart.

    groups holds one label per row, equal labels side by side.
    """
    alive = np.arange(len(groups), dtype=np.int64)
    lefts: list[Ids] = [alive[:0]]
    rights: list[Ids] = [alive[:0]]
    for distance in range(1, reach + 1):
        alive = alive[alive + distance < len(groups)]
        alive = alive[groups[alive] == groups[alive + distance]]
        if not len(alive):
            break
        lefts.append(alive)
        rights.append(alive + distance)
    return np.concatenate(lefts), np.concatenate(rights)
