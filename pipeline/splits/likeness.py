"""How alike the splits are: their shares of sizes, verdicts, scores, groups and lengths."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from math import log2
from typing import NamedTuple

import pyarrow as pa

from pipeline.core.splits import SPLITS
from pipeline.splits.stratified import Cell, Group

DIMENSIONS = ("cluster_size", "verdict", "score", "category", "group", "answer_chars")
"""In what validation and test must be like train."""

_STRATUM = "group"
_SCORE_STEP = 5
_STEPS_PER_DOUBLING = 2


class Distance(NamedTuple):
    """How far a split is from train in a dimension: the share of pairs that would have to differ.

    It is the total variation distance: half the sum of the differences of all shares, 0 to 1.
    """

    dimension: str
    split: str
    distance: float


def cells_of(pairs: pa.Table) -> list[tuple[Cell, ...]]:
    """Return the cell of each pair in every one of DIMENSIONS, in the order of the rows.

    pairs has group_id, category, group, verdict, score and answer_chars. Scores go by steps of 5
    points, lengths by two steps to a doubling, sizes of groups by doublings.
    """
    groups = pairs["group_id"].to_pylist()
    sizes = Counter(groups)
    columns = {
        "cluster_size": [f"{int(log2(sizes[group]))}" for group in groups],
        "verdict": pairs["verdict"].to_pylist(),
        "score": [f"{int(score // _SCORE_STEP)}" for score in pairs["score"].to_pylist()],
        "category": pairs["category"].to_pylist(),
        "group": pairs["group"].to_pylist(),
        "answer_chars": [
            f"{int(_STEPS_PER_DOUBLING * log2(chars + 1))}"
            for chars in pairs["answer_chars"].to_pylist()
        ],
    }
    named = [[(name, value) for value in columns[name]] for name in DIMENSIONS]
    return list(zip(*named, strict=True))


def groups_of(pairs: pa.Table, held_out: Mapping[str, str]) -> list[Group]:
    """Return what must stay together; of several strata the most frequent counts, then the first.

    held_out maps a pair_id to the split that it is held out for; the strictest one takes a group.
    """
    cells: dict[str, Counter[Cell]] = defaultdict(Counter)
    members: dict[str, list[str]] = defaultdict(list)
    for group_id, pair_id in zip(
        *(pairs[n].to_pylist() for n in ("group_id", "pair_id")), strict=True
    ):
        members[group_id].append(pair_id)
    drawn_by = dict(zip(pairs["group_id"].to_pylist(), pairs["drawn_by"].to_pylist(), strict=True))
    for group_id, of_pair in zip(pairs["group_id"].to_pylist(), cells_of(pairs), strict=True):
        cells[group_id].update(of_pair)
    return [
        Group(
            group_id,
            _stratum(counts),
            _size(counts),
            dict(sorted(counts.items())),
            drawn_by[group_id],
            _strictest(held_out[one] for one in members[group_id] if one in held_out),
        )
        for group_id, counts in sorted(cells.items())
    ]


def _strictest(splits: Iterable[str]) -> str | None:
    return max(splits, key=SPLITS.index, default=None)


def distances(cells: Iterable[tuple[Cell, ...]], splits: Iterable[str]) -> list[Distance]:
    """Return how far validation and test are from train in each dimension, the farthest first.

    cells and splits stand side by side, a pair each. A split without pairs is as far as can be
    from nothing: it is left out, as is everything where train is empty.
    """
    counts: dict[str, Counter[Cell]] = {split: Counter() for split in SPLITS}
    for of_pair, split in zip(cells, splits, strict=True):
        if split in counts:
            counts[split].update(of_pair)
    found = [
        Distance(name, split, round(_distance(counts[split], counts[SPLITS[0]], name), 6))
        for split in SPLITS[1:]
        for name in DIMENSIONS
        if counts[split] and counts[SPLITS[0]]
    ]
    return sorted(found, key=lambda one: (-one.distance, one.dimension, one.split))


def _distance(ours: Mapping[Cell, int], theirs: Mapping[Cell, int], dimension: str) -> float:
    cells = sorted(cell for cell in {*ours, *theirs} if cell[0] == dimension)
    sums = [sum(counts.get(cell, 0) for cell in cells) for counts in (ours, theirs)]
    return sum(abs(ours.get(c, 0) / sums[0] - theirs.get(c, 0) / sums[1]) for c in cells) / 2


def _stratum(counts: Mapping[Cell, int]) -> str:
    strata = [(-count, cell[1]) for cell, count in counts.items() if cell[0] == _STRATUM]
    return min(strata)[1]


def _size(counts: Mapping[Cell, int]) -> int:
    return sum(count for cell, count in counts.items() if cell[0] == _STRATUM)
