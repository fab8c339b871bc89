"""Which entry is the canonical record of which, and what must stay together."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from pipeline.dedup.entries import Ints


def canonical_records(
    verified: Iterable[tuple[int, int]],
    certain: Iterable[tuple[int, int]],
    objections: dict[int, set[int]],
) -> dict[int, int]:
    """Return for each entry that is merged away the entry that it is merged into.

    Entries are numbered best first, and pairs are (better, worse). verified holds the pairs that
    a rule may merge, certain those that need no rule, because they read the same or a reviewer
    merges them, objections the entries that a reviewer keeps apart from each. A cluster is held by
    its best entry, the canonical record: a rule merges only what was verified against that entry
    itself, never against another member, so no chain of small steps leads from one meaning to the
    next. No cluster holds two entries that are kept apart.
    """
    clusters = _GrowingClusters(objections)
    for better, worse in sorted(certain):
        clusters.join(clusters.canonical(better), clusters.canonical(worse))
    followers: dict[int, list[int]] = defaultdict(list)
    for better, worse in verified:
        followers[better].append(worse)
    for better in sorted(followers):
        if clusters.canonical(better) == better:
            for worse in sorted(followers[better]):
                if clusters.canonical(worse) == worse:
                    clusters.join(better, worse)
    return clusters.merged


class _GrowingClusters:
    """The clusters while they form: entry -> canonical record, canonical record -> members."""

    def __init__(self, objections: dict[int, set[int]]) -> None:
        self.merged: dict[int, int] = {}
        self._members: dict[int, set[int]] = {}
        self._objections = objections

    def canonical(self, entry: int) -> int:
        return self.merged.get(entry, entry)

    def join(self, one: int, other: int) -> None:
        """Merge the cluster of the worse record into that of the better one, if none objects."""
        if one == other:
            return
        best, worst = sorted((one, other))
        staying = self._members.setdefault(best, {best})
        joining = self._members.get(worst, {worst})
        if any(staying & self._objections.get(entry, set()) for entry in joining):
            return
        staying |= joining
        self._members.pop(worst, None)
        for entry in joining:
            self.merged[entry] = best


def components(size: int, links: Ints) -> Ints:
    """Return for each of size entries the smallest entry of its connected component.

    links has shape (2, number of links). Each round hangs the larger of two linked labels below
    the smaller one and shortens all paths, so that the rounds grow with the logarithm of the
    longest chain.
    """
    labels = np.arange(size, dtype=np.int64)
    ends = labels[links]
    while (ends[0] != ends[1]).any():
        np.minimum.at(labels, ends.max(axis=0), ends.min(axis=0))
        while (labels != (shorter := labels[labels])).any():
            labels = shorter
        ends = labels[links]
    return labels


def neighbours(pairs: list[tuple[int, int]]) -> dict[int, set[int]]:
    """Return for each entry named in pairs the entries it is named with."""
    beside: dict[int, set[int]] = defaultdict(set)
    for first, second in pairs:
        beside[first].add(second)
        beside[second].add(first)
    return dict(beside)
