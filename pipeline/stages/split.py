"""split: kept pairs in, train / validation / test out, no duplicate cluster in two of them."""

from collections import defaultdict
from typing import NamedTuple

import daft
import pyarrow as pa
from daft import col, lit

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.scores import STEPS, in_steps
from pipeline.splits.stratified import Cluster, assign

UNASSIGNED = "unassigned"
"""The stratum of pairs whose category is unknown."""

_SPLITS = ("train", "validation", "test")
_WHOLE_PCT = 100


class Split(NamedTuple):
    """The split of every kept pair, and what the splits look like."""

    assignments: daft.DataFrame
    split_metadata: Json
    metrics: dict[str, float]


def split(
    kept: daft.DataFrame, *, train_pct: float, validation_pct: float, test_pct: float, seed: int
) -> Split:
    """Return a split for every kept pair, stratified by category, clusters kept together.

    The percentages sum to 100. seed draws which clusters go where. Raises UserError for
    percentages that do not sum to 100 or are negative.
    """
    shares = _shares(train_pct, validation_pct, test_pct)
    category = col("category").fill_null(UNASSIGNED).alias("category")
    rows = kept.select("pair_id", "cluster_id", category, "score").collect()
    clusters = _clusters(rows)
    of_cluster = assign(clusters, shares, seed)
    drawn = daft.from_arrow(
        pa.table(
            {
                "cluster_id": pa.array(of_cluster.keys(), pa.large_string()),
                "split": pa.array(of_cluster.values(), pa.large_string()),
            }
        )
    )
    joined = rows.join(drawn, on="cluster_id").collect()
    assignments = joined.select("pair_id", "split", "category", "cluster_id")
    metadata = _metadata(assignments, shares, seed)
    return Split(assignments, metadata, {**_counts(metadata), **_mean_scores(joined)})


def _shares(*percentages: float) -> dict[str, float]:
    if min(percentages) < 0 or abs(sum(percentages) - _WHOLE_PCT) > 1e-9:  # noqa: PLR2004 - rounding
        told = " + ".join(f"{pct:g}" for pct in percentages)
        raise UserError(f"params.yaml: the split's percentages must sum to 100, got {told}")
    return {name: pct / _WHOLE_PCT for name, pct in zip(_SPLITS, percentages, strict=True)}


def _clusters(rows: daft.DataFrame) -> list[Cluster]:
    """Return the clusters; one with several categories belongs to the most frequent, then first."""
    counted = rows.groupby("cluster_id", "category").agg(col("pair_id").count().alias("size"))
    sizes: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for cluster_id, category, size in zip(*counted.to_pydict().values(), strict=True):
        sizes[cluster_id].append((-size, category))
    return [
        Cluster(cluster_id, min(found)[1], -sum(size for size, _ in found))
        for cluster_id, found in sorted(sizes.items())
    ]


def _metadata(assignments: daft.DataFrame, shares: dict[str, float], seed: int) -> Json:
    by_cell = assignments.groupby("category", "split").agg(col("pair_id").count().alias("pairs"))
    cells = by_cell.to_pydict()
    table: dict[str, dict[str, int]] = {}
    for category, name, pairs in zip(*cells.values(), strict=True):
        table.setdefault(category, dict.fromkeys(_SPLITS, 0))[name] = pairs
    totals = {name: sum(row[name] for row in table.values()) for name in _SPLITS}
    spread = assignments.groupby("cluster_id").agg(
        col("split").count_distinct().alias("splits"), col("pair_id").count().alias("pairs")
    )
    return {
        "seed": seed,
        "stratified_by": "category",
        "grouped_by": "cluster_id",
        "target_share": shares,
        "pairs": totals,
        "share": {name: round(n / max(sum(totals.values()), 1), 6) for name, n in totals.items()},
        "pairs_by_category": table,
        "clusters": spread.count_rows(),
        "clusters_in_two_splits": spread.where(col("splits") > lit(1)).count_rows(),
    }


def _counts(metadata: Json) -> dict[str, float]:
    return {
        **{f"{name}_pairs": count for name, count in metadata["pairs"].items()},
        "clusters": metadata["clusters"],
        "clusters_in_two_splits": metadata["clusters_in_two_splits"],
    }


def _mean_scores(joined: daft.DataFrame) -> dict[str, float]:
    """Return the mean quality score of each split: splits that differ much are a bad draw."""
    summed = joined.groupby("split").agg(
        in_steps("score").sum().alias("steps"), col("pair_id").count().alias("pairs")
    )
    found = zip(*summed.to_pydict().values(), strict=True)
    means = {name: steps / pairs / STEPS for name, steps, pairs in found}
    return {f"{name}_mean_score": round(means.get(name, 0), 4) for name in _SPLITS}
