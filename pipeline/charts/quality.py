"""How good the kept pairs are, group by group: score, verdicts and the parts of the score."""

from typing import NamedTuple

import daft
import pandas as pd
from daft import DataType, col, lit

from pipeline.charts.lengths import UNSCORED
from pipeline.charts.palette import VERDICTS
from pipeline.domain.topics_table import NO_GROUP

PART_PREFIX = "part_"
_FIXED_POINT = 10_000
"""Scores are summed as whole ten-thousandths: integer sums do not depend on the order of rows."""


class CategoryQuality(NamedTuple):
    """Quality per group, in alphabetical order, NO_GROUP last.

    figures has group, pairs, mean_score, p10_score, p90_score (0-100), one column per
    verdict with its number of pairs, and the mean of each part (0-1).
    """

    figures: pd.DataFrame
    parts: list[str]
    mean_score: float


def quality_by_category(judged: daft.DataFrame) -> CategoryQuality:
    """Return means, spread, verdicts and score parts per group.

    p10_score and p90_score are whole points, rounded down. Pairs without a score count among
    pairs and in no mean.
    """
    parts = [name for name in judged.column_names if name.startswith(PART_PREFIX)]
    figures = _means(judged, parts).merge(_spread(judged), on="group", how="left")
    figures = figures.merge(_verdicts(judged), on="group", how="left")
    order = ["pairs", "mean_score", "p10_score", "p90_score", *VERDICTS, UNSCORED]
    figures = (
        figures.assign(last=figures["group"] == NO_GROUP)
        .sort_values(["last", "group"], ignore_index=True)
        .loc[:, ["group", *order, *parts]]
    )
    weight = figures["pairs"] - figures[UNSCORED]
    total = float((figures["mean_score"].fillna(0) * weight).sum())
    scored = int(weight.sum())
    return CategoryQuality(figures, parts, round(total / scored, 4) if scored else 0.0)


def _means(judged: daft.DataFrame, parts: list[str]) -> pd.DataFrame:
    measured = ["score", *parts]
    fixed = [
        (col(name).cast(DataType.float64()) * _FIXED_POINT).round().cast(DataType.int64())
        for name in measured
    ]
    sums = (
        judged.select("group", "pair_id", *fixed)
        .groupby("group")
        .agg(
            col("pair_id").count().alias("pairs"),
            *(col(name).sum().alias(name) for name in measured),
            *(col(name).count().alias(f"{name}_count") for name in measured),
        )
    )
    table = sums.to_pandas()
    for name in measured:
        count = table.pop(f"{name}_count").astype("float64")
        mean = table[name].astype("float64") / count.where(count > 0) / _FIXED_POINT
        table[name] = mean.round(4)
    return table.rename(columns={"score": "mean_score"}).astype({"pairs": "int64"})


def _spread(judged: daft.DataFrame) -> pd.DataFrame:
    counts = (
        judged.where(col("score").not_null())
        .select("group", col("score").floor().cast(DataType.int64()), "pair_id")
        .groupby("group", "score")
        .agg(col("pair_id").count().alias("pairs"))
        .to_pandas()
        .sort_values(["group", "score"], ignore_index=True)
    )
    by_group = counts.groupby("group")["pairs"]
    reached, whole = by_group.cumsum(), by_group.transform("sum")
    ends = {
        f"p{share}_score": counts[reached >= whole * share / 100]
        .groupby("group")["score"]
        .first()
        .astype("Int64")
        for share in (10, 90)
    }
    return pd.DataFrame(ends).rename_axis("group").reset_index()


def _verdicts(judged: daft.DataFrame) -> pd.DataFrame:
    counted = judged.groupby("group").agg(
        *(
            (col("verdict") == lit(verdict)).cast(DataType.int64()).sum().alias(verdict)
            for verdict in (*VERDICTS, UNSCORED)
        )
    )
    return counted.to_pandas().astype(dict.fromkeys((*VERDICTS, UNSCORED), "int64"))
