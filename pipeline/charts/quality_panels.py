"""Quality by group as a picture: scores, verdicts and score parts in rows that are shared."""

import altair as alt
import pandas as pd

from pipeline.charts.label import percent, plain
from pipeline.charts.lengths import UNSCORED
from pipeline.charts.palette import (
    EACH_ITS_OWN,
    INK,
    PAPER,
    REST,
    VERDICTS,
    Figure,
    Panel,
    themed,
    vacant,
)
from pipeline.charts.quality import PART_PREFIX, CategoryQuality

_ROW_PX = 28
_PART_PX = 88
_PART_STEPS = ("#d6e8f5", "#a6cde6", "#68a9d0", "#2874a6", "#0b3c5d")
_DARK_FROM = 0.6


def quality_metrics_by_category(quality: CategoryQuality) -> Figure:
    """Return three panels that share their rows: score with spread, verdicts, score parts."""
    figures = quality.figures
    if figures.empty:
        return vacant("Quality by group", "no kept pairs yet")
    panels: list[Panel] = [_scores(figures), _verdict_shares(figures)]
    if quality.parts:
        panels.append(_part_matrix(figures, quality.parts))
    chart = alt.hconcat(*panels, spacing=28, resolve=EACH_ITS_OWN)
    subtitle = f"Mean score of all kept pairs: {quality.mean_score:.1f} of 100"
    return themed(chart, "Quality by group", subtitle)


def _rows(figures: pd.DataFrame, *, named: bool) -> alt.Y:
    return alt.Y(
        "group:N",
        title=None,
        scale=alt.Scale(domain=figures["group"].tolist(), paddingInner=0.15, paddingOuter=0.25),
        axis=alt.Axis(
            labels=named, ticks=False, domain=False, labelLimit=250, labelPadding=8, grid=False
        ),
    )


def _scores(figures: pd.DataFrame) -> Panel:
    columns = ["group", "mean_score", "p10_score", "p90_score"]
    scored = figures.loc[figures["mean_score"].notna(), columns]
    shown = scored.assign(
        says=[
            f"{plain(group)}: mean score {mean:.1f}, eight of ten between {low} and {high}"
            for group, mean, low, high in scored.itertuples(index=False)
        ],
        text=[f"{mean:.0f}" for mean in scored["mean_score"]],
    )
    scale = alt.Scale(domain=[0, 100])
    base = alt.Chart(shown).encode(y=_rows(figures, named=True))
    axis = alt.Axis(orient="top", tickCount=5, domain=False, ticks=False)
    spread = base.mark_rule(strokeWidth=5, strokeCap="round", color="#a6cde6", aria=False).encode(
        x=alt.X("p10_score:Q", scale=scale, axis=axis, title="Mean score, and p10 to p90"),
        x2=alt.X2("p90_score:Q"),
    )
    points = base.mark_circle(size=110, color="#0b3c5d", opacity=1).encode(
        x=alt.X("mean_score:Q", scale=scale), description=alt.Description("says:N")
    )
    texts = base.mark_text(dy=-12, fontSize=11, color=INK, aria=False).encode(
        x=alt.X("mean_score:Q", scale=scale), text=alt.Text("text:N")
    )
    return alt.layer(spread, points, texts, width=230, height=alt.Step(_ROW_PX))


def _verdict_shares(figures: pd.DataFrame) -> alt.Chart:
    colours = {**VERDICTS, UNSCORED: REST}
    present = [name for name in colours if name in VERDICTS or figures[name].sum()]
    long = figures.melt(["group", "pairs"], present, "verdict", "of_verdict")
    long = long.assign(
        rank=long["verdict"].map(present.index),
        says=[
            f"{plain(group)}, {verdict}: {part:,} of {pairs:,} pairs, "
            + percent(100 * part / max(1, pairs))
            for group, pairs, verdict, part in long.itertuples(index=False)
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
            order=alt.Order("rank:Q"),
            description=alt.Description("says:N"),
        )
        .properties(width=200, height=alt.Step(_ROW_PX))
    )
    return chart


def _part_matrix(figures: pd.DataFrame, parts: list[str]) -> Panel:
    long = figures.melt(["group"], parts, "part", "mean").dropna(subset="mean")
    names = {part: plain(part.removeprefix(PART_PREFIX).replace("_", " ")) for part in parts}
    long = long.assign(
        part=long["part"].map(names),
        text=[f"{mean:.2f}" for mean in long["mean"]],
        ink=["#fefefe" if mean >= _DARK_FROM else "#1f2934" for mean in long["mean"]],
        says=[
            f"{plain(group)}, {names[part]}: {mean:.2f}"
            for group, part, mean in long.itertuples(index=False)
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
        fill=alt.Fill("mean:Q", scale=scale, legend=None), description=alt.Description("says:N")
    )
    texts = base.mark_text(fontSize=12, aria=False).encode(
        text=alt.Text("text:N"), color=alt.Color("ink:N", scale=None)
    )
    width = alt.Step(_PART_PX)
    return alt.layer(cells, texts, width=width, height=alt.Step(_ROW_PX))
