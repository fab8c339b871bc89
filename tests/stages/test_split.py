from collections.abc import Callable
from typing import Any

import daft
import pytest

from pipeline.core.errors import UserError
from pipeline.core.json_values import pretty
from pipeline.stages.split import split

PARAMS: dict[str, Any] = {"train_pct": 80, "validation_pct": 10, "test_pct": 10, "seed": 1}


def kept(count: int, cluster_of: int = 3) -> daft.DataFrame:
    return daft.from_pydict(
        {
            "pair_id": [f"{n:032x}" for n in range(count)],
            "cluster_id": [f"{n // cluster_of:032x}" for n in range(count)],
            "score": [float(n % 100) for n in range(count)],
            "category": [None if n % 7 == 0 else f"category {n % 3}" for n in range(count)],
        }
    )


@pytest.mark.parametrize("count", [0, 1, 2, 90])
def test_every_pair_has_one_split_and_no_cluster_two(count: int) -> None:
    """Rows are conserved, clusters whole, for any number of rows from none upwards."""
    table = kept(count) if count else kept(1).where(daft.lit(value=False))
    result = split(table, **PARAMS)
    rows = result.assignments.to_pydict()
    assert sorted(rows["pair_id"]) == [f"{n:032x}" for n in range(count)]
    of_cluster: dict[str, set[str]] = {}
    for cluster, name in zip(rows["cluster_id"], rows["split"], strict=True):
        of_cluster.setdefault(cluster, set()).add(name)
    assert all(len(names) == 1 for names in of_cluster.values())
    assert result.metrics["clusters_in_two_splits"] == 0
    assert sum(result.split_metadata["pairs"].values()) == count


def test_row_order_is_irrelevant() -> None:
    """Reversed rows get the same splits."""
    forward, backward = kept(90), kept(90).sort("pair_id", desc=True)
    assert_same = [
        split(table, **PARAMS).assignments.sort("pair_id").to_pydict()
        for table in (forward, backward)
    ]
    assert assert_same[0] == assert_same[1]


@pytest.mark.parametrize("bad", [{"train_pct": 90}, {"train_pct": 120, "test_pct": -30}])
def test_percentages_must_be_a_whole(bad: dict[str, int]) -> None:
    """What does not sum to 100 is told, not scaled."""
    with pytest.raises(UserError, match="must sum to 100"):
        split(kept(3), **{**PARAMS, **bad})


def test_the_mean_scores_of_splits_are_told() -> None:
    """A seed that puts the good pairs into one split shows in the metrics."""
    table = kept(90, cluster_of=1)
    result = split(table, **PARAMS)
    names = dict(
        zip(*result.assignments.select("pair_id", "split").to_pydict().values(), strict=True)
    )
    scores = dict(zip(*table.select("pair_id", "score").to_pydict().values(), strict=True))
    test = [scores[pair_id] for pair_id, name in names.items() if name == "test"]
    assert result.metrics["test_mean_score"] == pytest.approx(sum(test) / len(test), abs=1e-4)


@pytest.mark.golden
def test_splits_are_golden(golden: Callable[[str, bytes], None]) -> None:
    """The splits of twenty pairs in clusters of two, and what is told of them."""
    result = split(kept(20, cluster_of=2), **PARAMS)
    rows = result.assignments.sort("pair_id").to_pylist()
    golden("split/twenty_pairs.json", pretty({"rows": rows, "metadata": result.split_metadata}))
