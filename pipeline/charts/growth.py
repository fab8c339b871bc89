"""How the database grew: accepted pairs by the date that their delivery names, agent by agent."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from pipeline.charts.label import plain
from pipeline.charts.palette import (
    GROUPS,
    INK,
    PAPER,
    SOFT_INK,
    Figure,
    Panel,
    at_x,
    group_colours,
    themed,
    vacant,
)

UNDATED = ""
"""The date of deliveries that name none; no date is guessed for them."""

_WIDTH = 560
_HEIGHT = 280
_SIDE_WIDTH = 84
_DATES_SHOWN = 6
_COLUMNS = ["date", "agent", "pairs", "total_pairs"]


def growth_table(accounting: Mapping[str, Any]) -> pd.DataFrame:
    """Return accepted pairs per date and agent: date, agent, pairs, total_pairs.

    date is ISO, empty for deliveries that name no date; these rows stand last. total_pairs is the
    agent's running total within the dated rows, and the undated sum in the undated row.
    """
    rows = [
        {"date": _date(entry["first_created"]), "agent": entry["agent"], "pairs": entry["accepted"]}
        for entry in accounting["deliveries"]
        if entry["accepted"]
    ]
    daily = (
        pd.DataFrame(rows, columns=_COLUMNS[:3])
        .groupby(["date", "agent"], as_index=False)
        .agg({"pairs": "sum"})
        .astype({"date": "str", "agent": "str", "pairs": "int64"})
    )
    is_dated = daily["date"] != UNDATED
    running = daily.groupby([is_dated.rename("is_dated"), "agent"])["pairs"].cumsum()
    table = daily.assign(total_pairs=running).loc[:, _COLUMNS]
    return pd.concat([table[is_dated], table[~is_dated]], ignore_index=True)


def database_growth_over_time(growth: pd.DataFrame) -> Figure:
    """Return steps of the running total by agent, and beside them what bears no date.

    The undated step stands on the dated total, so that the top of the chart is everything that
    was accepted. Days are UTC, whatever the machine's time zone.
    """
    if growth.empty:
        return vacant("Growth of the database", "no accepted pairs yet")
    agents, names = _agents(growth)
    drawn = (
        growth.assign(agent=growth["agent"].map(names))
        .groupby(["date", "agent"], as_index=False)
        .agg({"pairs": "sum"})
    )
    dated, undated = drawn[drawn["date"] != UNDATED], drawn[drawn["date"] == UNDATED]
    colours = group_colours(agents)
    fill = alt.Fill(
        "agent:N",
        scale=alt.Scale(domain=agents, range=[colours[name] for name in agents]),
        legend=alt.Legend(title="Agent", orient="right", symbolStrokeWidth=0, labelLimit=200),
    )
    scale = alt.Scale(domain=[0, max(1, int(growth["pairs"].sum()))], nice=True)
    panels = [_steps(dated, agents, fill, scale)]
    if len(undated):
        panels.append(_undated(dated, undated, agents, fill, scale))
    chart = alt.hconcat(*panels, spacing=10)
    return themed(chart, "Growth of the database", _summary(growth))


def undated_pairs(growth: pd.DataFrame) -> int:
    """Return how many accepted pairs came in deliveries that name no date."""
    return int(growth.loc[growth["date"] == UNDATED, "pairs"].sum())


def _date(value: str | None) -> str:
    try:
        return dt.date.fromisoformat((value or "")[:10]).isoformat()
    except ValueError:
        return UNDATED


def _agents(growth: pd.DataFrame) -> tuple[list[str], dict[str, str]]:
    """Return the names that are drawn, in order, and which of them each agent goes under."""
    totals = growth.groupby("agent")["pairs"].sum()
    largest = sorted(totals.index, key=lambda agent: (-int(totals[agent]), agent))
    own = largest if len(largest) <= len(GROUPS) else largest[: len(GROUPS) - 1]
    others = f"{len(largest) - len(own)} other agents"
    names = {agent: plain(agent) if agent in own else others for agent in largest}
    return list(dict.fromkeys(names.values())), names


def _summary(growth: pd.DataFrame) -> str:
    total, undated = int(growth["pairs"].sum()), undated_pairs(growth)
    days = growth.loc[growth["date"] != UNDATED, "date"]
    dated = f", dated from {days.min()} to {days.max()}" if len(days) else ""
    rest = f"; deliveries with {undated:,} of them name no date" if undated else ""
    return f"{total:,} accepted pairs{dated}{rest}"


def _steps(dated: pd.DataFrame, agents: list[str], fill: alt.Fill, scale: alt.Scale) -> Panel:
    if dated.empty:
        return _without_dates(_pairs_axis(scale))
    running, days = _running(dated, agents)
    axis = alt.Axis(
        values=days, format="%Y-%m-%d", labelOverlap="greedy", labelSeparation=12, grid=False
    )
    chart: alt.Chart = (
        alt.Chart(running)
        .mark_area(interpolate="step-after", stroke=PAPER, strokeWidth=0.5)
        .encode(
            x=alt.X("day:T", scale=alt.Scale(type="utc"), axis=axis, title="Date of the delivery"),
            y=_pairs_axis(scale),
            y2=alt.Y2("above:Q"),
            fill=fill,
            description=alt.Description("says:N"),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    return chart


def _pairs_axis(scale: alt.Scale) -> alt.Y:
    axis = alt.Axis(format=",d", tickMinStep=1)
    return alt.Y("below:Q", scale=scale, title="Accepted pairs", axis=axis)


def _without_dates(y: alt.Y) -> Panel:
    chart: alt.Chart = (
        alt.Chart(pd.DataFrame({"text": ["no delivery names a date"], "below": [0]}))
        .mark_text(color=SOFT_INK, fontSize=14, aria=False)
        .encode(
            x=at_x(_WIDTH / 2),
            y=y,
            yOffset=alt.value(-_HEIGHT / 2),
            text=alt.Text("text:N"),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    return chart


def _running(dated: pd.DataFrame, agents: list[str]) -> tuple[pd.DataFrame, list[int]]:
    """Return a row per agent and day with the bounds of its step, and the days to label.

    One more day, 3 % of the span later, makes the last step visible. Days are milliseconds since
    1970 in UTC.
    """
    table = dated.pivot_table(index="date", columns="agent", values="pairs", aggfunc="sum")
    totals = table.reindex(columns=[a for a in agents if a in table]).fillna(0).cumsum()
    totals = totals.astype("int64")
    ordinals = [dt.date.fromisoformat(str(day)).toordinal() for day in totals.index]
    end = ordinals[-1] + max(1, round(0.03 * (ordinals[-1] - ordinals[0])))
    totals = pd.concat([totals, totals.iloc[[-1]]], ignore_index=True)
    above = totals.cumsum(axis=1)
    days = [_milliseconds(ordinal) for ordinal in (*ordinals, end)]
    steps = [
        pd.DataFrame(
            {
                "agent": agent,
                "day": days,
                "below": above[agent] - totals[agent],
                "above": above[agent],
                "says": f"{agent}: {int(totals[agent].iloc[-1]):,} dated pairs",
            }
        )
        for agent in totals.columns
    ]
    every = -(-len(ordinals) // _DATES_SHOWN)
    return pd.concat(steps, ignore_index=True), days[: len(ordinals) : every]


def _milliseconds(ordinal: int) -> int:
    return (ordinal - dt.date(1970, 1, 1).toordinal()) * 86_400_000


def _undated(
    dated: pd.DataFrame,
    undated: pd.DataFrame,
    agents: list[str],
    fill: alt.Fill,
    scale: alt.Scale,
) -> Panel:
    base = int(dated["pairs"].sum())
    order = undated.assign(rank=undated["agent"].map(agents.index)).sort_values("rank")
    above = base + order["pairs"].cumsum()
    bars = order.assign(
        step="undated",
        below=above - order["pairs"],
        above=above,
        says=[
            f"{a}: {n:,} undated pairs" for a, n in zip(order["agent"], order["pairs"], strict=True)
        ],
    )
    top = base + int(undated["pairs"].sum())
    y = alt.Y(
        "below:Q",
        scale=scale,
        axis=alt.Axis(labels=False, ticks=False, title=None, domain=False, grid=False),
    )
    x = alt.X("step:N", title=None, axis=alt.Axis(labelAngle=0, ticks=False))
    rects = (
        alt.Chart(bars)
        .mark_bar(stroke=PAPER, strokeWidth=0.5, size=48)
        .encode(x=x, y=y, y2=alt.Y2("above:Q"), fill=fill, description=alt.Description("says:N"))
    )
    total = pd.DataFrame({"step": ["undated"], "below": [top], "text": [f"{top:,}"]})
    label = (
        alt.Chart(total)
        .mark_text(dy=-9, fontSize=13, fontWeight="bold", color=INK, aria=False)
        .encode(x=x, y=y, text=alt.Text("text:N"))
    )
    return alt.layer(rects, label, width=_SIDE_WIDTH, height=_HEIGHT)
