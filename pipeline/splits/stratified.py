"""Splits with exact proportions per stratum that never divide a cluster."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Cluster(NamedTuple):
    """Pairs that must stay together: id, stratum (its category), size in pairs."""

    cluster_id: str
    stratum: str
    size: int


def assign(clusters: Iterable[Cluster], shares: Mapping[str, float], seed: int) -> dict[str, str]:
    """Return the split of every cluster.

    shares maps each split to its share of the pairs (they sum to 1). Within a stratum clusters
    go, large ones first and equal ones in an order drawn from seed and id, to the split that
    lacks most pairs. So a split misses its share of a stratum by less than one cluster, and
    neither the order of rows nor any other stratum matters.
    """
    strata: dict[str, list[Cluster]] = {}
    for cluster in clusters:
        strata.setdefault(cluster.stratum, []).append(cluster)
    assigned: dict[str, str] = {}
    for members in strata.values():
        total = sum(cluster.size for cluster in members)
        lacking = {split: share * total for split, share in shares.items()}
        for cluster in sorted(members, key=lambda c: (-c.size, _draw(seed, c.cluster_id))):
            split = max(lacking, key=lambda name: lacking[name])
            assigned[cluster.cluster_id] = split
            lacking[split] -= cluster.size
    return assigned


def _draw(seed: int, cluster_id: str) -> bytes:
    return hashlib.blake2b(f"{seed}:{cluster_id}".encode(), digest_size=16).digest()
