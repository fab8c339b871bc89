"""Which pairs to look at first: the flags that the rules raised, and the lowest scores."""

from collections.abc import Mapping
from typing import Any

import daft
from daft import col, lit

from pipeline.charts.addresses import pairs_address
from pipeline.charts.page import Link, Table, pair_link
from pipeline.core.text import excerpt

_SEVERITIES = ("error", "warn", "info")
_QUESTION_CHARS = 240


def flags_table(scores: daft.DataFrame) -> Table:
    """Return how many pairs each rule flagged, by code and severity, most frequent first."""
    each = (
        scores.where(col("flags").length() > lit(0))
        .select("pair_id", "flags")
        .explode("flags")
        .select(
            col("flags").get("code").alias("code"),
            col("flags").get("severity").alias("severity"),
            "pair_id",
        )
        .distinct()
    )
    counted = each.groupby("code", "severity").agg(col("pair_id").count().alias("pairs"))
    rows = sorted(
        ((row["code"], row["severity"], row["pairs"]) for row in counted.to_pylist()),
        key=lambda row: (-row[2], row[0], _SEVERITIES.index(row[1])),
    )
    linked = [(Link(code, pairs_address(flag=code)), *rest) for code, *rest in rows]
    return Table("Flags of the quality rules", ("Flag", "Severity", "Pairs"), linked, "no flags")


def worst_scores(scores: daft.DataFrame, listed_rows: int) -> list[dict[str, Any]]:
    """Return the listed_rows rows of scores with the lowest score, lowest first."""
    return (
        scores.select("pair_id", "score", "verdict", "flags")
        .sort(["score", "pair_id"])
        .limit(listed_rows)
        .to_pylist()
    )


def worst_table(worst: list[dict[str, Any]], questions: Mapping[str, str]) -> Table:
    """Return the lowest scores with their questions, flags and the evidence of each flag."""
    rows = [
        (
            pair_link(row["pair_id"], excerpt(questions.get(row["pair_id"], ""), _QUESTION_CHARS)),
            round(row["score"], 2),
            row["verdict"],
            [f"{flag['severity']} {flag['code']}: {flag['evidence']}" for flag in row["flags"]],
        )
        for row in worst
    ]
    return Table(
        "The lowest scores",
        ("Pair", "Score", "Verdict", "Flags and evidence"),
        rows,
        "no pairs were scored",
    )
