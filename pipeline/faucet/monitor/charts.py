"""Queue depth and cumulative flow as charts, with the look of the dashboard's charts."""

from collections.abc import Sequence
from datetime import datetime

import altair as alt
import pandas as pd

from pipeline.charts.palette import INK, PAPER, Figure, themed, vacant
from pipeline.faucet.monitor.agents import FLOOR
from pipeline.faucet.monitor.flow import BANDS, Depth, Flow

_WIDTH = 664
_HEIGHT = 220
_PANEL_WIDTH = 318
_PANEL_HEIGHT = 110
_COLUMNS = 2
_TICKS = 6

_COLOURS = {
    "completed": "#6699cc",
    "in work": "#332288",
    "ready": "#44aa99",
    "waiting": "#ddcc77",
    "stopped": "#cc6677",
}
"""Steps of Paul Tol's muted scheme that differ in lightness where they touch."""

_BELOW = "#d55e00"
"""Okabe and Ito's vermilion: at and below the floor."""

_TIME_LABEL = (
    "utcFormat(datum.value, utchours(datum.value) + utcminutes(datum.value) ? '%H:%M' : '%b %d')"
)
"""The date at midnight, else the time of day, in UTC."""

_NOTHING = "nobody has worked yet"


def depth_chart(rows: Sequence[Depth]) -> Figure:
    """Return one panel an agent: tasks queued over time, those ready within, and the floor."""
    title = "Queue depth"
    if not rows:
        return vacant(title, _NOTHING)
    table = pd.DataFrame(rows).assign(when=[_milliseconds(row.when) for row in rows], floor=FLOOR)
    last = table.groupby("agent").last()
    lowest = table.groupby("agent")["queued"].min()
    labels = {agent: f"{agent}: {last['queued'][agent]} queued now" for agent in last.index}
    says = {
        agent: f"{labels[agent]}, {last['ready'][agent]} ready, {lowest[agent]} at the lowest"
        for agent in last.index
    }
    labelled = table.assign(label=table["agent"].map(labels), says=table["agent"].map(says))
    header = alt.Header(title=None, labelAnchor="start", labelFontSize=13, labelColor=INK)
    facet = alt.Facet("label:N", header=header, sort=list(labels.values()))
    chart = _panel(labelled).facet(facet, columns=_COLUMNS, spacing=28)
    subtitle = f"Tasks queued (light) and ready (dark); more than {FLOOR} queued is healthy"
    return themed(chart, title, subtitle)


def flow_chart(rows: Sequence[Flow]) -> Figure:
    """Return how many tasks stood in each band over time, one upon the other."""
    return _bands(rows, list(BANDS), "Cumulative flow", "Every known task, by where it stood")


def backlog_chart(rows: Sequence[Flow]) -> Figure:
    """Return the same without what is completed, which soon dwarfs what is open."""
    names = [name for name in BANDS if name != "completed"]
    return _bands(rows, names, "Open tasks", "The upper bands of the cumulative flow")


def _bands(rows: Sequence[Flow], names: list[str], title: str, subtitle: str) -> Figure:
    if not rows:
        return vacant(title, _NOTHING)
    table = pd.DataFrame([row for row in rows if row.band in names])
    ends = table.groupby("band")["tasks"].last()
    drawn = table.assign(
        when=table["when"].map(_milliseconds),
        order=table["band"].map(names.index),
        says=[f"{band}: {ends[band]:,} now" for band in table["band"]],
    )
    chart = (
        alt.Chart(drawn)
        .mark_area(interpolate="step-after", stroke=PAPER, strokeWidth=0.5)
        .encode(
            x=_time_axis(),
            y=alt.Y("tasks:Q", stack="zero", title="Tasks", axis=alt.Axis(tickMinStep=1)),
            order="order:Q",
            fill=alt.Fill(
                "band:N",
                scale=alt.Scale(domain=names, range=[_COLOURS[name] for name in names]),
                legend=alt.Legend(title=None, orient="top", symbolStrokeWidth=0),
            ),
            description="says:N",
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    return themed(chart, title, subtitle)


def _panel(table: pd.DataFrame) -> alt.LayerChart:
    base = alt.Chart(table).encode(x=_time_axis())
    scale = alt.Scale(domain=[0, max(FLOOR + 1, int(table["queued"].max()))], nice=True)
    axis = alt.Axis(tickMinStep=1, tickCount=4)
    queued, ready = (
        base.mark_area(interpolate="step-after", fill=fill).encode(
            y=alt.Y(f"{name}:Q", scale=scale, title=None, axis=axis, stack=None),
            description="says:N",
        )
        for name, fill in (("queued", "#a6cde6"), ("ready", "#2874a6"))
    )
    floor = base.mark_line(color=_BELOW, strokeDash=[5, 3], aria=False).encode(
        y=alt.Y("floor:Q", scale=scale)
    )
    return alt.LayerChart(
        layer=[queued, ready, floor], width=_PANEL_WIDTH, height=_PANEL_HEIGHT, data=table
    )


def _time_axis() -> alt.X:
    axis = alt.Axis(
        grid=False,
        tickCount=_TICKS,
        labelExpr=_TIME_LABEL,
        labelOverlap="greedy",
        labelSeparation=8,
    )
    return alt.X("when:T", scale=alt.Scale(type="utc"), axis=axis, title=None)


def _milliseconds(when: datetime) -> int:
    return round(when.timestamp() * 1000)
