"""How good the kept pairs are, category by category: score, verdicts and the parts of the score."""

from typing import NamedTuple

import altair as alt
import daft
import pandas as pd
from daft import DataType, col, lit

from pipeline.charts.label import percent, plain
from pipeline.charts.lengths import UNSCORED
from pipeline.charts.palette import (
    INK,
    PAPER,
    REST,
    UNASSIGNED,
    VERDICTS,
    Figure,
    Panel,
    themed,
    vacant,
)

PART_PREFIX = "part_"
_FIXED_POINT = 10_000
"""Scores are summed as whole ten-thousandths: integer sums do not depend on the order of rows."""

_ROW_PX = 32
_PART_PX = 88
_PART_STEPS = ("#d6e8f5", "#a6cde6", "#68a9d0", "#2874a6", "#0b3c5d")
_DARK_FROM = 0.6


class Quality(NamedTuple):
    """Quality per category, in alphabetical order, unassigned last.

    figures has category, pairs, mean_score, p10_score, p90_score (0-100), one column per
    verdict with its number of pairs, and the mean of each part (0-1).
    """

    figures: pd.DataFrame
    parts: list[str]
    mean_score: float


def quality_by_category(judged: daft.DataFrame) -> Quality:
    """Return means, spread, verdicts and score parts per category.

    p10_score and p90_score are whole points, rounded down. Pairs without a score count among
    pairs and in no mean.
    """
    parts = [name for name in judged.column_names if name.startswith(PART_PREFIX)]
    figures = _means(judged, parts).merge(_spread(judged), on="category", how="left")
    figures = figures.merge(_verdicts(judged), on="category", how="left")
    order = ["pairs", "mean_score", "p10_score", "p90_score", *VERDICTS, UNSCORED]
    figures = (
        figures.assign(last=figures["category"] == UNASSIGNED)
        .sort_values(["last", "category"], ignore_index=True)
        .loc[:, ["category", *order, *parts]]
    )
    weight = figures["pairs"] - figures[UNSCORED]
    total = float((figures["mean_score"].fillna(0) * weight).sum())
    scored = int(weight.sum())
    return Quality(figures, parts, round(total / scored, 4) if scored else 0.0)


def quality_metrics_by_category(quality: Quality) -> Figure:
    """Return three panels that share their rows: score with spread, verdicts, score parts."""
    figures = quality.figures
    if figures.empty:
        return vacant("Quality by category", "no kept pairs yet")
    panels: list[Panel] = [_scores(figures), _verdict_shares(figures)]
    if quality.parts:
        panels.append(_part_matrix(figures, quality.parts))
    chart = alt.hconcat(*panels, spacing=28).resolve_scale(color="independent", fill="independent")
    subtitle = f"Mean score of all kept pairs: {quality.mean_score:.1f} of 100"
    return themed(chart, "Quality by category", subtitle)


def _means(judged: daft.DataFrame, parts: list[str]) -> pd.DataFrame:
    measured = ["score", *parts]
    fixed = [
        (col(name).cast(DataType.float64()) * _FIXED_POINT).round().cast(DataType.int64())
        for name in measured
    ]
    sums = (
        judged.select("category", "pair_id", *fixed)
        .groupby("category")
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
        .select("category", col("score").floor().cast(DataType.int64()), "pair_id")
        .groupby("category", "score")
        .agg(col("pair_id").count().alias("pairs"))
        .to_pandas()
        .sort_values(["category", "score"], ignore_index=True)
    )
    by_category = counts.groupby("category")["pairs"]
    reached, whole = by_category.cumsum(), by_category.transform("sum")
    ends = {
        f"p{share}_score": counts[reached >= whole * share / 100]
        .groupby("category")["score"]
        .first()
        .astype("Int64")
        for share in (10, 90)
    }
    return pd.DataFrame(ends).rename_axis("category").reset_index()


def _verdicts(judged: daft.DataFrame) -> pd.DataFrame:
    counted = judged.groupby("category").agg(
        *(
            (col("verdict") == lit(verdict)).cast(DataType.int64()).sum().alias(verdict)
            for verdict in (*VERDICTS, UNSCORED)
        )
    )
    return counted.to_pandas().astype(dict.fromkeys((*VERDICTS, UNSCORED), "int64"))


def _rows(figures: pd.DataFrame, *, named: bool) -> alt.Y:
    return alt.Y(
        "category:N",
        sort=figures["category"].tolist(),
        title=None,
        scale=alt.Scale(paddingInner=0.15, paddingOuter=0.25),
        axis=alt.Axis(
            labels=named, ticks=False, domain=False, labelLimit=250, labelPadding=8, grid=False
        ),
    )


def _scores(figures: pd.DataFrame) -> Panel:
    columns = ["category", "mean_score", "p10_score", "p90_score"]
    scored = figures.loc[figures["mean_score"].notna(), columns]
    shown = scored.assign(
        says=[
            f"{plain(category)}: mean score {mean:.1f}, eight of ten between {low} and {high}"
            for category, mean, low, high in scored.itertuples(index=False)
        ],
        text=[f"{mean:.0f}" for mean in scored["mean_score"]],
    )
    scale = alt.Scale(domain=[0, 100])
    base = alt.Chart(shown).encode(y=_rows(figures, named=True))
    axis = alt.Axis(orient="top", tickCount=5, domain=False, ticks=False)
    spread = base.mark_rule(strokeWidth=5, strokeCap="round", color="#a6cde6", aria=False).encode(
        x=alt.X("p10_score:Q", scale=scale, axis=axis, title="Mean score, and p10 to p90"),
        x2="p90_score:Q",
    )
    points = base.mark_circle(size=110, color="#0b3c5d", opacity=1).encode(
        x=alt.X("mean_score:Q", scale=scale), description="says:N"
    )
    texts = base.mark_text(dy=-12, fontSize=11, color=INK, aria=False).encode(
        x=alt.X("mean_score:Q", scale=scale), text="text:N"
    )
    return alt.layer(spread, points, texts).properties(width=230, height=alt.Step(_ROW_PX))


def _verdict_shares(figures: pd.DataFrame) -> alt.Chart:
    colours = {**VERDICTS, UNSCORED: REST}
    present = [name for name in colours if name in VERDICTS or figures[name].sum()]
    long = figures.melt(["category", "pairs"], present, "verdict", "of_verdict")
    long = long.assign(
        rank=long["verdict"].map(present.index),
        says=[
            f"{plain(category)}, {verdict}: {part:,} of {pairs:,} pairs, "
            + percent(100 * part / max(1, pairs))
            for category, pairs, verdict, part in long.itertuples(index=False)
        ],
    )
    chart: alt.Chart = (
        alt.Chart(long)
        .mark_bar(stroke=PAPER, strokeWidth=0.5)
        .encode(
            x=alt.X(
                "of_verdict:Q",
                stack="normalize",
                title="Verdicts",
                axis=alt.Axis(
                    orient="top", format="%", values=[0, 0.5, 1], domain=False, ticks=False
                ),
            ),
            y=_rows(figures, named=False),
            fill=alt.Fill(
                "verdict:N",
                scale=alt.Scale(domain=present, range=[colours[name] for name in present]),
                legend=alt.Legend(title=None, orient="bottom", symbolStrokeWidth=0),
            ),
            order="rank:Q",
            description="says:N",
        )
        .properties(width=200, height=alt.Step(_ROW_PX))
    )
    return chart


def _part_matrix(figures: pd.DataFrame, parts: list[str]) -> Panel:
    long = figures.melt(["category"], parts, "part", "mean").dropna(subset="mean")
    names = {part: plain(part.removeprefix(PART_PREFIX).replace("_", " ")) for part in parts}
    long = long.assign(
        part=long["part"].map(names),
        text=[f"{mean:.2f}" for mean in long["mean"]],
        ink=["#fefefe" if mean >= _DARK_FROM else "#1f2934" for mean in long["mean"]],
        says=[
            f"{plain(category)}, {names[part]}: {mean:.2f}"
            for category, part, mean in long.itertuples(index=False)
        ],
    )
    base = alt.Chart(long).encode(
        x=alt.X(
            "part:N",
            sort=list(names.values()),
            title="Mean of each part of the score, 0 to 1",
            axis=alt.Axis(
                orient="top",
                labelAngle=0,
                labelLimit=_PART_PX - 4,
                domain=False,
                ticks=False,
                labelExpr="split(datum.label, ' ')",
            ),
        ),
        y=_rows(figures, named=False),
    )
    scale = alt.Scale(domain=[0.2, 0.4, 0.6, 0.8], range=list(_PART_STEPS), type="threshold")
    cells = base.mark_rect(cornerRadius=2).encode(
        fill=alt.Fill("mean:Q", scale=scale, legend=None), description="says:N"
    )
    texts = base.mark_text(fontSize=12, aria=False).encode(
        text="text:N", color=alt.Color("ink:N", scale=None)
    )
    width = alt.Step(_PART_PX)
    return alt.layer(cells, texts).properties(width=width, height=alt.Step(_ROW_PX))
