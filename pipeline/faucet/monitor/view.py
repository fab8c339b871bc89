"""The report in a terminal of 80 columns. Agents' words are shown as text, never as markup."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from pipeline.core.text import counted
from pipeline.faucet.monitor import words
from pipeline.faucet.monitor.agents import IDLE_TARGET, AgentReport
from pipeline.faucet.monitor.report import Report
from pipeline.faucet.terminal import one_line

_STYLES = {
    "active": "green",
    "dry": "cyan",
    "idle": "yellow",
    "paused": "magenta",
    "out_of_quota": "red",
}


def render(report: Report) -> Group:
    """Return the report as tables for people."""
    return Group(
        *_head(report),
        *_section("Agents", _now(report.agents)),
        *_section("In this window", _flow(report)),
        *_section("Why idle", _idle(report.agents)),
        *_section("Bottlenecks", _bottlenecks(report)),
        *_section("Pairs", _pairs(report)),
        *_section("Accepted, by agent that delivered", _accepted(report)),
        *_section("Gates missed", _gates(report)),
        *_lines("Not known exactly", [*words.unknowns(report), *report.notes]),
    )


def _head(report: Report) -> Iterator[RenderableType]:
    start, end = report.window
    is_healthy = not report.concerns
    begun = "" if report.has_begun else "; nobody has worked yet"
    yield Text.assemble(
        ("healthy" if is_healthy else "needs attention", "bold green" if is_healthy else "bold"),
        f"  all agents active: {'yes' if report.all_active else 'no'}",
    )
    yield Text(
        f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC,"
        f" {words.span(report.window.seconds)}{begun}",
        style="dim",
    )
    if report.late:
        yield Text(report.late, style="dim")
    for concern in report.concerns:
        yield Text(f"  ! {one_line(concern)}", style="yellow")


def _section(title: str, table: Table | None) -> Iterator[RenderableType]:
    if table is not None:
        yield Text()
        yield Rule(Text(title, style="bold"), align="left", style="dim")
        yield table


def _lines(title: str, lines: Iterable[str]) -> Iterator[RenderableType]:
    listed = list(lines)
    if listed:
        yield Text()
        yield Rule(Text(title, style="bold"), align="left", style="dim")
        yield from (Text(one_line(line)) for line in listed)


def _table(*columns: str, right: Iterable[int] = (), keep: Iterable[int] = ()) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    for place, name in enumerate(columns):
        is_number = place in set(right)
        table.add_column(
            name,
            justify="right" if is_number else "left",
            no_wrap=is_number or place in set(keep),
            overflow="fold",
        )
    return table


def _bare(right: Iterable[int] = (), keep: Iterable[int] = ()) -> Table:
    table = _table("", "", "", right=right, keep=keep)
    table.show_header = False
    return table


def _now(agents: Iterable[AgentReport]) -> Table:
    table = _table(
        "agent", "is", "works on", "ready", "wait", "in gates", "dead", "depth", right=range(3, 8)
    )
    for one in agents:
        is_low = one.is_low
        table.add_row(
            _text(one.agent),
            Text(one.standing.replace("_", " "), style=_STYLES[one.standing]),
            _text(words.current(one)),
            *map(str, (one.ready, one.waiting, one.submitted)),
            Text(str(one.dead), style="red" if one.dead else ""),
            Text(f"{one.depth}{'!' if is_low else ''}", style="yellow" if is_low else "green"),
        )
    return table


def _flow(report: Report) -> Table:
    columns = ("agent", "idle", "done", "a day", "cycle", "p95", "attempt", "to estimate")
    table = _table(*columns, right=range(1, 8))
    for one in report.agents:
        is_high = one.idle_share.value is not None and one.idle_share.value >= IDLE_TARGET
        table.add_row(
            _text(one.agent),
            Text(words.percent(one.idle_share), style="yellow" if is_high else ""),
            str(one.completed),
            words.number(one.per_day, 1),
            words.time(one.cycle_mean_s),
            words.time(one.cycle_p95_s),
            words.time(one.attempt_mean_s),
            words.ratio(one.estimate_ratio),
        )
    table.add_row("all", "", *words.throughput(report), style="bold")
    return table


def _idle(agents: Iterable[AgentReport]) -> Table | None:
    table = _bare(keep=(0,))
    for one in agents:
        for number, reason in enumerate(words.why_idle(one)):
            table.add_row(_text("" if number else one.agent), _text(reason))
    return table if table.row_count else None


def _pairs(report: Report) -> Table:
    table = _bare(right=(1,))
    for name, value, remark in words.pairs(report):
        table.add_row(name, value, Text(one_line(remark), style="dim"))
    return table


def _accepted(report: Report) -> Table | None:
    table = _table("agent", "accepted", right=(1,))
    for agent, figure in report.acceptance.items():
        table.add_row(_text(agent), words.percent(figure))
    return table if report.acceptance else None


def _gates(report: Report) -> Table | None:
    table = _table("criterion", "times", "agents", right=(1,))
    for row in report.gate_failures:
        table.add_row(_text(row.criterion), str(row.failures), _text(", ".join(row.agents)))
    return table if report.gate_failures else None


def _bottlenecks(report: Report) -> Table:
    table = _bare(keep=(0,))
    for row in report.bottlenecks:
        table.add_row(row.kind.replace("_", " "), _text(row.what), _text(row.detail))
    if not report.bottlenecks:
        table.add_row("none detected")
    return table


def _text(words_of_agents: str) -> Text:
    return Text(one_line(words_of_agents))


def heading(seconds: float) -> Text:
    """Return the line above a live view."""
    pause = counted(round(seconds), "second")
    return Text(f"read again every {pause}; Ctrl+C ends it; --once shows all of it", style="dim")
