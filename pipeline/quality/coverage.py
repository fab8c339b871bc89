"""How far the pairs cover the master plan."""

from typing import Any

import daft
import pandas as pd
from daft import col, lit

from pipeline.quality.distributions import pct

UNASSIGNED = "unassigned"
"""Where pairs of no known indicator or category are counted."""


def indicator_coverage(scores: daft.DataFrame, plan: pd.DataFrame) -> dict[str, Any]:
    """Return pairs, accepted pairs and target of every indicator of the master plan.

    `pct` is pairs over target and may pass 100; `coverage_pct` over all indicators counts none
    beyond its target, so that one indicator's surplus hides no other's gap.
    """
    counted = _counted(scores, "indicator")
    rows = []
    entries = plan[["name", "category", "target"]]
    for indicator, category, target in entries.itertuples(index=False, name=None):
        found = counted.get(indicator, _NOTHING)
        rows.append(
            {
                "indicator": indicator,
                "category": category,
                "pairs": found["pairs"],
                "accepted": found["accepted"],
                "target_pairs": target,
                "pct": pct(found["pairs"], target),
            }
        )
    targets = sum(row["target_pairs"] for row in rows)
    return {
        "indicators": len(rows),
        "indicators_covered": sum(row["pairs"] > 0 for row in rows),
        "coverage_pct": pct(sum(min(row["pairs"], row["target_pairs"]) for row in rows), targets),
        "accepted_coverage_pct": pct(
            sum(min(row["accepted"], row["target_pairs"]) for row in rows), targets
        ),
        "unassigned_pairs": counted.get(UNASSIGNED, _NOTHING)["pairs"],
        "by_indicator": rows,
    }


def categories(scores: daft.DataFrame, plan: pd.DataFrame) -> list[dict[str, Any]]:
    """Return pairs and mean score by category: those of the plan, others, and unassigned."""
    counted = _counted(scores, "category")
    total = sum(found["pairs"] for found in counted.values())
    names = [*sorted({*plan["category"], *counted} - {UNASSIGNED, ""}), UNASSIGNED]
    return [
        {
            "category": name,
            **(found := counted.get(name, _NOTHING)),
            "pct": pct(found["pairs"], total),
        }
        for name in names
    ]


_NOTHING: dict[str, Any] = {"pairs": 0, "accepted": 0, "mean_score": None}


def _counted(scores: daft.DataFrame, column: str) -> dict[str, dict[str, Any]]:
    grouped = (
        scores.select(
            col(column).fill_null(UNASSIGNED).alias("name"),
            col("score").cast("float64"),
            (col("verdict") == lit("accept")).cast("int64").alias("accepted"),
        )
        .groupby("name")
        .agg(
            col("score").count().alias("pairs"),
            col("accepted").sum(),
            col("score").mean().alias("mean_score"),
        )
    )
    return {
        row["name"]: {
            "pairs": row["pairs"],
            "accepted": row["accepted"],
            "mean_score": round(row["mean_score"], 2),
        }
        for row in grouped.to_pylist()
    }
