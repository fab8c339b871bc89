"""How much of the master plan is there: kept pairs per indicator against its target."""

import math
from typing import Literal

import altair as alt
import daft
import pandas as pd
from daft import col

from pipeline.charts.label import percent, plain, wrapped
from pipeline.charts.palette import (
    BANDS,
    INK,
    NO_TARGET,
    NOTHING,
    SOFT_INK,
    Band,
    Figure,
    at_x,
    themed,
    vacant,
)
from pipeline.domain.nouns import Nouns

_COLUMNS = 6
_FEWEST_COLUMNS = 4
_CELL_WIDTH = 198
_CELL_HEIGHT = 54
_GAP = 4
_HEADER_HEIGHT = 40
_MARGIN = 7
_NAME_PX = 12
_FULL_PCT = 100.0

_Weight = Literal["normal", "bold"]


def coverage_table(kept: daft.DataFrame, plan: pd.DataFrame) -> pd.DataFrame:
    """Return one row per indicator of the plan, in its order, with kept pairs and their share.

    Columns: category, indicator, kept_pairs, target_pairs, coverage_pct (kept in per cent of the
    target, above 100 when there are more; missing where the plan sets no target).
    """
    counts = (
        kept.where(col("indicator").not_null())
        .groupby("indicator")
        .agg(col("pair_id").count().alias("kept_pairs"))
    )
    found = counts.to_pandas().set_index("indicator")["kept_pairs"]
    target = plan["target"]
    pairs = plan["name"].map(found).fillna(0).astype("int64")
    return pd.DataFrame(
        {
            "category": plan["category"],
            "indicator": plan["name"],
            "kept_pairs": pairs,
            "target_pairs": target,
            "coverage_pct": (pairs / target.where(target > 0) * _FULL_PCT).round(2),
        }
    ).reset_index(drop=True)


def covered_pct(coverage: pd.DataFrame) -> float:
    """Return how much of all targets together is met, in per cent.

    What an indicator has beyond its target counts for nothing: it fills no gap elsewhere.
    """
    wanted = int(coverage["target_pairs"].sum())
    covered = int(coverage[["kept_pairs", "target_pairs"]].min(axis=1).sum())
    return round(_FULL_PCT * covered / wanted, 2) if wanted else 0.0


def band(kept_pairs: int, coverage_pct: float) -> Band:
    """Return the step of the colour scale for an indicator; none at all is a step of its own."""
    if kept_pairs == 0:
        return NOTHING
    if math.isnan(coverage_pct):
        return NO_TARGET
    return next(step for step in reversed(BANDS) if coverage_pct >= step.floor_pct)


def figure(kept_pairs: int, target_pairs: int, coverage_pct: float) -> str:
    """Return an indicator's coverage in words, as in "37/100"."""
    if math.isnan(coverage_pct):
        return f"{kept_pairs:,}, no target"
    return f"{kept_pairs:,}/{target_pairs:,}"


def category_summary(group: pd.DataFrame) -> str:
    """Return what a category's heading says beside its name."""
    begun = int((group["kept_pairs"] > 0).sum())
    share = percent(covered_pct(group))
    return f"{begun} of {len(group)} begun, {share} of the target"


def coverage_heatmap(coverage: pd.DataFrame, nouns: Nouns) -> Figure:
    """Return a cell per indicator, grouped by category in the plan's order, coloured by coverage.

    Cells wrap into rows, so that all names stay legible, whether there are four or hundreds.
    nouns say what these are called.
    """
    title = "Coverage of the master plan"
    if coverage.empty:
        return vacant(title, f"the master plan names no {nouns.entries}")
    columns = min(_COLUMNS, max(_FEWEST_COLUMNS, int(coverage.groupby("category").size().max())))
    cells, headings, height = _placed(coverage, columns)
    steps = [NOTHING, *BANDS, *([NO_TARGET] if NO_TARGET.label in set(cells["band"]) else [])]
    width = columns * (_CELL_WIDTH + _GAP) - _GAP
    layers = [_rectangles(cells, steps), *_cell_texts(cells), *_heading_texts(headings)]
    chart = alt.layer(*layers, width=width, height=height)
    begun = int((coverage["kept_pairs"] > 0).sum())
    return themed(
        chart,
        title,
        f"{begun} of {len(coverage)} {plain(nouns.entries)} have kept pairs; "
        f"{percent(covered_pct(coverage))} of all target pairs are there",
    )


def _placed(coverage: pd.DataFrame, columns: int) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    cells: list[dict[str, object]] = []
    headings: list[dict[str, object]] = []
    top = 0
    for category, group in coverage.groupby("category", sort=False):
        heading = {"y": top + _HEADER_HEIGHT - 14, "name": wrapped(str(category), 400, 1, 14)[0]}
        headings.append({**heading, "summary": category_summary(group)})
        top += _HEADER_HEIGHT
        for position, row in enumerate(group.itertuples(index=False)):
            line, column = divmod(position, columns)
            place = {"x": column * (_CELL_WIDTH + _GAP), "y": top + line * (_CELL_HEIGHT + _GAP)}
            cells.append({**place, **_cell(*row)})
        top += -(-len(group) // columns) * (_CELL_HEIGHT + _GAP)
    return (
        pd.DataFrame(cells, columns=["x", "y", "name", "figure", "band", "ink", "says"]),
        pd.DataFrame(headings, columns=["y", "name", "summary"]),
        top,
    )


def _cell(
    category: str, indicator: str, kept_pairs: int, target_pairs: int, coverage_pct: float
) -> dict[str, object]:
    step = band(kept_pairs, coverage_pct)
    says = figure(kept_pairs, target_pairs, coverage_pct)
    share = "" if math.isnan(coverage_pct) else f", {percent(coverage_pct)}"
    return {
        "name": "\n".join(wrapped(indicator, _CELL_WIDTH - 2 * _MARGIN, 2, _NAME_PX)),
        "figure": says,
        "band": step.label,
        "ink": step.ink,
        "says": f"{plain(indicator)} ({plain(category)}): {says}{share}",
    }


def _rectangles(cells: pd.DataFrame, steps: list[Band]) -> alt.Chart:
    scale = alt.Scale(domain=[s.label for s in steps], range=[s.fill for s in steps])
    legend = alt.Legend(
        title=None,
        orient="top",
        symbolType="square",
        symbolSize=180,
        symbolStrokeColor=SOFT_INK,
        symbolStrokeWidth=0.6,
        columns=len(steps),
        columnPadding=18,
        offset=2,
    )
    chart: alt.Chart = (
        alt.Chart(cells)
        .transform_calculate(right=f"datum.x + {_CELL_WIDTH}", bottom=f"datum.y + {_CELL_HEIGHT}")
        .mark_rect(cornerRadius=3, strokeWidth=1)
        .encode(
            x=alt.X("x:Q", scale=None, axis=None),
            x2=alt.X2("right:Q"),
            y=alt.Y("y:Q", scale=None, axis=None),
            y2=alt.Y2("bottom:Q"),
            fill=alt.Fill("band:N", scale=scale, legend=legend),
            stroke=alt.condition(
                alt.datum.band == NOTHING.label, alt.value(SOFT_INK), alt.value("transparent")
            ),
            description=alt.Description("says:N"),
        )
    )
    return chart


def _cell_texts(cells: pd.DataFrame) -> list[alt.Chart]:
    return [
        _text(cells, "name", dx=_MARGIN, dy=7, size=_NAME_PX, weight="bold"),
        _text(cells, "figure", dx=_MARGIN, dy=_CELL_HEIGHT - 16, size=11),
    ]


def _text(
    cells: pd.DataFrame,
    field: str,
    *,
    dx: int,
    dy: int,
    size: int,
    weight: Literal["normal", "bold"] = "normal",
) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(cells)
        .mark_text(
            align="left",
            baseline="top",
            dx=dx,
            dy=dy,
            fontSize=size,
            fontWeight=weight,
            lineBreak="\n",
            lineHeight=14,
            aria=False,
        )
        .encode(
            x=alt.X("x:Q", scale=None, axis=None),
            y=alt.Y("y:Q", scale=None, axis=None),
            text=alt.Text(f"{field}:N"),
            color=alt.Color("ink:N", scale=None),
        )
    )
    return chart


def _heading_texts(headings: pd.DataFrame) -> list[alt.Chart]:
    base = alt.Chart(headings).encode(y=alt.Y("y:Q", scale=None, axis=None))
    name = base.mark_text(
        align="left", baseline="alphabetic", fontSize=14, fontWeight="bold", color=INK, aria=False
    ).encode(x=at_x(0), text=alt.Text("name:N"))
    summary = base.mark_text(
        align="right", baseline="alphabetic", fontSize=12, color=SOFT_INK, aria=False
    ).encode(x=at_x("width"), text=alt.Text("summary:N"))
    return [name, summary]
