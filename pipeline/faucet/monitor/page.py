"""The report as one self-contained page: tables, charts and styles inline, nothing fetched."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.charts.frame import asset, framed
from pipeline.charts.page import Table, Tile
from pipeline.charts.picture import drawn
from pipeline.faucet.monitor import tables, words
from pipeline.faucet.monitor.charts import backlog_chart, depth_chart, flow_chart
from pipeline.faucet.monitor.report import Report
from pipeline.store.atomic import write_bytes


class FlowSection(NamedTuple):
    """A part of the page: an anchor, its heading, a sentence, charts with what they say, tables."""

    anchor: str
    heading: str
    text: str
    charts: list[tuple[str, str]]
    tables: list[Table]


def write_page(report: Report, path: Path) -> None:
    """Write the report as one HTML file, whole or not at all."""
    write_bytes(path, page(report).encode())


def page(report: Report) -> str:
    """Return the report as one HTML page.

    Agents' words are escaped by the template and stand in no script; the page's own policy lets
    a browser run and load nothing but its own style and script, by their hashes.
    """
    return framed(
        __package__,
        "monitor.html",
        style=asset(__package__, "monitor.css"),
        float_format=",.4g",
        report=report,
        tiles=list(_tiles(report)),
        sections=list(_sections(report)),
        notes=[*words.unknowns(report), *report.notes],
    )


def _tiles(report: Report) -> Iterator[Tile]:
    yield Tile("All agents active", "yes" if report.all_active else "no", _standings(report))
    depth = min((one.depth for one in report.agents if one.standing != "dry"), default=0)
    yield Tile("Shortest queue", f"{depth}", "more than 3 is healthy")
    idle = max((one.idle_share for one in report.agents), key=lambda share: share.value or 0)
    yield Tile("Most idle", words.percent(idle), "under 5 % is wanted")
    completed, a_day, cycle, _ = words.throughput(report)
    each = f"{cycle} each" if a_day == words.UNKNOWN else f"{a_day} a day, {cycle} each"
    yield Tile("Tasks completed", completed, each)
    grown = report.growth
    yield Tile("Pairs integrated", words.number(grown.pairs), grown.pairs.why or _an_hour(report))
    quality = report.quality
    yield Tile("Mean quality score", words.number(quality.mean_score, 1), "of 100, all pairs")


def _an_hour(report: Report) -> str:
    rate = report.growth.per_hour
    return rate.why or f"{words.number(rate, 1)} an hour, net"


def _standings(report: Report) -> str:
    still = [one for one in report.agents if one.standing != "active"]
    waiting = ", ".join(f"{one.agent} {one.standing.replace('_', ' ')}" for one in still)
    return waiting or f"{len(report.agents)} at work"


def _sections(report: Report) -> Iterator[FlowSection]:
    depth = drawn(depth_chart(report.depths), "depth").svg
    flow = drawn(flow_chart(report.flow), "flow").svg
    backlog = drawn(backlog_chart(report.flow), "backlog").svg
    yield FlowSection(
        "agents",
        "Agents",
        "A cycle lasts from a task's first claim to its completion, an attempt until it is"
        " handed in. Idle is the time in which no recorded attempt ran, of that in which the plan"
        " held something that the agent can do.",
        [],
        [tables.agents(report), tables.times(report), tables.idle(report)],
    )
    yield FlowSection(
        "flow",
        "Queues over time",
        "Derived from receipts, the queues and their past in git.",
        [(depth, "Queue depth by agent"), (backlog, "Open tasks"), (flow, "Cumulative flow")],
        [tables.bottlenecks(report)],
    )
    yield FlowSection(
        "pairs",
        "Pairs",
        "The data set by its last run, and its growth by the checkpoints of the window.",
        [],
        [tables.pairs(report), tables.accepted(report), tables.checkpoints(report)],
    )
    yield FlowSection("gates", "Gates", "Criteria that were missed.", [], [tables.gates(report)])
