"""Splits with exact proportions per stratum that never divide a group."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Group(NamedTuple):
    """Pairs that must stay together: id, stratum (its category), size in pairs."""

    group_id: str
    stratum: str
    size: int


def assign_stratified(
    groups: Iterable[Group], shares: Mapping[str, float], seed: int
) -> dict[str, str]:
    """Return the split of every group.

    shares maps each split to its share of the pairs (they sum to 1). Within a stratum groups go,
    large ones first and equal ones in an order drawn from seed and id, to the split that
    lacks most pairs. So a split misses its share of a stratum by less than one group, and
    neither the order of rows nor any other stratum matters.
    """
    strata: dict[str, list[Group]] = {}
    for group in groups:
        strata.setdefault(group.stratum, []).append(group)
    assigned: dict[str, str] = {}
    for members in strata.values():
        total = sum(group.size for group in members)
        lacking = {split: share * total for split, share in shares.items()}
        for group in sorted(members, key=lambda g: (-g.size, _draw(seed, g.group_id))):
            split = max(lacking, key=lambda name: lacking[name])
            assigned[group.group_id] = split
            lacking[split] -= group.size
    return assigned


def _draw(seed: int, group_id: str) -> bytes:
    return hashlib.blake2b(f"{seed}:{group_id}".encode(), digest_size=16).digest()
