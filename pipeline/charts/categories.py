"""Which categories the kept pairs belong to."""

import math

import altair as alt
import daft
import pandas as pd
from daft import col

from pipeline.charts.label import plain, wrapped
from pipeline.charts.palette import (
    EACH_ITS_OWN,
    GROUP_INK,
    GROUPS,
    INK,
    PAPER,
    SOFT_INK,
    Figure,
    Panel,
    at_x,
    at_y,
    group_colours,
    themed,
    vacant,
)
from pipeline.domain.topics_table import NO_GROUP

_RADIUS = 150
_HOLE = 84
_LINE = 30
_LIST_WIDTH = 400
_NUMBERED_PCT = 2.5
"""A slice below this share is too thin for its number; the list beside it still has it."""


def category_table(kept: daft.DataFrame) -> pd.DataFrame:
    """Return group, pairs and share_pct: the largest first, NO_GROUP last."""
    counts = (
        kept.select("pair_id", "group")
        .groupby("group")
        .agg(col("pair_id").count().alias("pairs"))
        .to_pandas()
        .astype({"pairs": "int64", "group": "str"})
    )
    counts["share_pct"] = (100 * counts["pairs"] / max(1, counts["pairs"].sum())).round(2)
    return (
        counts.assign(last=counts["group"] == NO_GROUP, order=-counts["pairs"])
        .sort_values(["last", "order", "group"], ignore_index=True)
        .drop(columns=["last", "order"])
    )


def category_distribution(categories: pd.DataFrame) -> Figure:
    """Return the list of all slices, and beside it a ring of them with their numbers.

    The list stands first: of a picture wider than a narrow page it is what is seen at once.
    Ten colours cannot be told apart by everybody; numbers can. Beyond the palette the smallest
    categories share a slice, named as what it is.
    """
    total = int(categories["pairs"].sum())
    if not total:
        return vacant("Kept pairs by group", "no kept pairs yet")
    slices = _slices(categories)
    height = max(2 * _RADIUS, _LINE * len(slices) + 8)
    parts = [_list(slices, height), _ring(slices, height, total)]
    chart = alt.hconcat(*parts, spacing=36, resolve=EACH_ITS_OWN)
    named = int((categories["group"] != NO_GROUP).sum())
    return themed(chart, "Kept pairs by group", f"{total:,} pairs in {named} groups")


def _slices(categories: pd.DataFrame) -> pd.DataFrame:
    is_named = categories["group"] != NO_GROUP
    named, others = categories[is_named], categories[~is_named]
    if len(named) > len(GROUPS):
        tail = named.iloc[len(GROUPS) - 1 :]
        rest = {"group": f"{len(tail)} other groups", "pairs": tail["pairs"].sum()}
        named = pd.concat([named.iloc[: len(GROUPS) - 1], pd.DataFrame([rest])])
    slices = pd.concat([named, others], ignore_index=True).astype({"pairs": "int64"})
    colours = group_colours(slices["group"].tolist())
    share = 100 * slices["pairs"] / max(1, slices["pairs"].sum())
    fill = [colours[name] for name in slices["group"]]
    return slices.assign(
        number=[str(position + 1) for position in range(len(slices))],
        rank=range(len(slices)),
        fill=fill,
        ink=["#fefefe" if GROUP_INK.get(colour) == "w" else "#1f2934" for colour in fill],
        share=[f"{value:.1f} %" for value in share],
        inside=[
            str(position + 1) if value >= _NUMBERED_PCT else ""
            for position, value in enumerate(share)
        ],
        **_angles(share / 100),
    )


def _angles(share: pd.Series) -> dict[str, pd.Series]:
    end = share.cumsum() * 2 * math.pi
    return {"start": end - share * 2 * math.pi, "end": end}


def _ring(slices: pd.DataFrame, height: int, total: int) -> Panel:
    shown = slices.assign(
        says=[
            f"{plain(name)}: {pairs:,} pairs, {share}"
            for name, pairs, share in zip(
                slices["group"], slices["pairs"], slices["share"], strict=True
            )
        ],
        middle=(slices["start"] + slices["end"]) / 2,
    )
    arcs = (
        alt.Chart(shown)
        .mark_arc(innerRadius=_HOLE, outerRadius=_RADIUS, stroke=PAPER, strokeWidth=1.5)
        .encode(
            theta=alt.Theta("start:Q", scale=None),
            theta2=alt.Theta2("end:Q"),
            color=alt.Color("fill:N", scale=None),
            description=alt.Description("says:N"),
        )
    )
    numbers = (
        alt.Chart(shown[shown["inside"] != ""])
        .mark_text(radius=(_RADIUS + _HOLE) / 2, fontSize=13, fontWeight="bold", aria=False)
        .encode(
            theta=alt.Theta("middle:Q", scale=None),
            text=alt.Text("inside:N"),
            color=alt.Color("ink:N", scale=None),
        )
    )
    layers = [arcs, numbers, *_centre(height, total)]
    return alt.layer(*layers, width=2 * _RADIUS, height=height)


def _centre(height: int, total: int) -> list[alt.Chart]:
    base = alt.Chart(pd.DataFrame({"total": [f"{total:,}"], "unit": ["kept pairs"]})).encode(
        x=at_x(_RADIUS)
    )
    middle = height / 2
    return [
        base.mark_text(fontSize=26, fontWeight="bold", color=INK, aria=False).encode(
            text=alt.Text("total:N"), y=at_y(middle - 8)
        ),
        base.mark_text(fontSize=13, color=SOFT_INK, aria=False).encode(
            text=alt.Text("unit:N"), y=at_y(middle + 16)
        ),
    ]


def _list(slices: pd.DataFrame, height: int) -> Panel:
    top = (height - _LINE * len(slices)) / 2
    lines = slices.assign(
        y=[top + _LINE * (position + 0.5) for position in range(len(slices))],
        name=[wrapped(name, 250, 1, 13)[0] for name in slices["group"]],
        count=[f"{pairs:,}" for pairs in slices["pairs"]],
    )
    base = alt.Chart(lines).encode(y=alt.Y("y:Q", scale=None, axis=None))
    swatches = base.mark_square(size=420, opacity=1, aria=False).encode(
        x=at_x(12), color=alt.Color("fill:N", scale=None)
    )
    numbers = base.mark_text(fontSize=12, fontWeight="bold", aria=False).encode(
        x=at_x(12), text=alt.Text("number:N"), color=alt.Color("ink:N", scale=None)
    )
    names = base.mark_text(align="left", fontSize=13, color=INK, aria=False).encode(
        x=at_x(32), text=alt.Text("name:N")
    )
    counts = base.mark_text(align="right", fontSize=13, color=INK, aria=False).encode(
        x=at_x(_LIST_WIDTH - 64), text=alt.Text("count:N")
    )
    shares = base.mark_text(align="right", fontSize=13, color=SOFT_INK, aria=False).encode(
        x=at_x(_LIST_WIDTH), text=alt.Text("share:N")
    )
    layers = [swatches, numbers, names, counts, shares]
    return alt.layer(*layers, width=_LIST_WIDTH, height=height)
