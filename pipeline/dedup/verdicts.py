"""Entries that reviewers named together."""

from collections import defaultdict


def neighbours(pairs: list[tuple[int, int]]) -> dict[int, set[int]]:
    """Return for each entry named in pairs the entries it is named with."""
    beside: dict[int, set[int]] = defaultdict(set)
    for first, second in pairs:
        beside[first].add(second)
        beside[second].add(first)
    return dict(beside)
