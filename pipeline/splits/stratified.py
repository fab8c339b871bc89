"""Splits with exact shares per stratum and alike in every other way, that never divide a group."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

Cell = tuple[str, str]
"""A dimension and a value of it, as in ("verdict", "accept")."""

Counts = Mapping[Cell, int]


class Group(NamedTuple):
    """Pairs that must stay together: id, stratum (its column group), size in pairs.

    cells says of how many of its pairs each value of each dimension is true. drawn_by takes the
    place of the id where the order is drawn; held_out is the split that it must be in, None where
    it is drawn for.
    """

    group_id: str
    stratum: str
    size: int
    cells: Counts = {}  # noqa: RUF012 - never changed
    drawn_by: str = ""
    held_out: str | None = None


def assign_stratified(
    groups: Iterable[Group], shares: Mapping[str, float], seed: int
) -> dict[str, str]:
    """Return the split of every group.

    shares maps each split to its share of the pairs (they sum to 1). Groups go, large ones first
    and equal ones in an order drawn from seed and id, to the split in which the cells that they
    have are missing most, of all groups so far: so the first of many large groups do not all go
    the same way, and every value of a dimension is shared out as the pairs are (the iterative
    stratification of Sechidis et al., 2011, with running shares). Splits that lack less than half
    a group in its stratum do not get it, so a split misses its share of a stratum by no more than
    the stratum's largest group. The order of rows does not matter. Groups that are held out go
    first, to their split: what they take of its share is not given to others.
    """
    ordered = sorted(groups, key=lambda group: _order(group, seed))
    totals: dict[str, int] = defaultdict(int)
    for group in ordered:
        totals[group.stratum] += group.size
    lacking = {
        stratum: {split: share * total for split, share in shares.items()}
        for stratum, total in totals.items()
    }
    missing = {split: defaultdict[Cell, float](float) for split in shares}
    assigned: dict[str, str] = {}
    for group in ordered:
        left = lacking[group.stratum]
        cells = group.cells or {("stratum", group.stratum): group.size}
        for split, share in shares.items():
            for cell, count in cells.items():
                missing[split][cell] += share * count
        split = group.held_out or _chosen(group.size, cells, left, missing, shares)
        assigned[group.group_id] = split
        left[split] -= group.size
        for cell, count in cells.items():
            missing[split][cell] -= count
    return assigned


def _chosen(
    size: int,
    cells: Counts,
    lacking: Mapping[str, float],
    missing: Mapping[str, Mapping[Cell, float]],
    shares: Mapping[str, float],
) -> str:
    """Return the split that comes nearest to its shares of all cells with the group."""
    open_to = [split for split in shares if lacking[split] >= size / 2]
    if not open_to:
        return max(lacking, key=lambda split: lacking[split])

    def imbalance(split: str) -> float:
        short = missing[split]
        change = 0.0
        for cell, count in cells.items():  # a sum of a generator takes twice as long
            change += count * (count - 2 * short[cell])
        return change / shares[split]

    return min(open_to, key=imbalance)


def _order(group: Group, seed: int) -> tuple[bool, int, bytes, str]:
    key = f"{seed}:{group.drawn_by or group.group_id}".encode()
    drawn = hashlib.blake2b(key, digest_size=16).digest()
    return group.held_out is None, -group.size, drawn, group.group_id
