"""Figures in words, for the terminal and the page alike."""

from collections.abc import Callable, Iterator
from functools import partial

from pipeline.core.text import counted
from pipeline.faucet.monitor.agents import AgentReport
from pipeline.faucet.monitor.figures import Figure
from pipeline.faucet.monitor.idle import NOT_COUNTED, REASONS, Idle
from pipeline.faucet.monitor.report import Report

UNKNOWN = "unknown"
_LEAST = 0.0005
"""A share of the window that is not shown as 0.0 %."""

_STEPS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def span(seconds: float) -> str:
    """Return a time in its largest fitting unit: "45 s", "12 min", "1.5 h", "3.2 d"."""
    for unit_s, unit in _STEPS:
        if seconds >= unit_s * (1 if unit == "min" else 1.5):
            value = seconds / unit_s
            return f"{value:.0f} {unit}" if unit == "min" else f"{value:.1f} {unit}"
    return f"{seconds:.0f} s"


def number(figure: Figure, places: int = 0) -> str:
    """Return a figure with so many decimals."""
    return UNKNOWN if figure.value is None else f"{figure.value:,.{places}f}"


def percent(figure: Figure, places: int = 1) -> str:
    """Return a share of 0-1 in per cent."""
    return UNKNOWN if figure.value is None else f"{figure.value:.{places}%}".replace("%", " %")


def time(figure: Figure) -> str:
    """Return a figure in seconds as a time."""
    return UNKNOWN if figure.value is None else span(figure.value)


def ratio(figure: Figure) -> str:
    """Return how many times as long as estimated something took."""
    return UNKNOWN if figure.value is None else f"{figure.value:.2f} x"


def _chars(figure: Figure) -> str:
    return UNKNOWN if figure.value is None else f"{figure.value:,.0f} chars"


_KEPT_UP: dict[str, tuple[str, Callable[[Figure], str]]] = {
    "mean_score": ("mean quality score", partial(number, places=1)),
    "answer_chars_mean": ("mean answer length", _chars),
    "specificity_mean": ("specificity", percent),
    "duplicate_rate": ("duplicate rate", partial(percent, places=2)),
}
"""Figures of the data set that should be kept up while it grows: name, and how they are shown."""

_LEFT = {
    "rejected": "by the rules or a person",
    "merged": "into a better pair that says the same",
    "waiting": "kept, under review, in no split",
    "withheld": "kept, a twin is in a stricter split",
    "unassigned": "",
    "proposals": "two pairs each that a person decides",
}
"""What becomes of pairs that are in no split, by the names that summary and dashboard give it; of
unassigned ones the nouns of the report say it."""


def current(one: AgentReport) -> str:
    """Return what an agent has in hand, or that it has nothing."""
    return ", ".join(work.task_id for work in one.current) or "-"


def why_idle(one: AgentReport) -> Iterator[str]:
    """Yield why an agent idled: a reason with its share of the window, the largest first."""
    for reason, part in one.idle_reasons.items():
        if part >= _LEAST:
            aside = ": not counted as idle" if reason in NOT_COUNTED else ""
            yield f"{percent(Figure(part))} {REASONS[reason]}{aside}"
    if one.idle_longest:
        yield f"longest: {longest(one.idle_longest)}"


def longest(one: Idle) -> str:
    """Return the span in which an agent idled longest, and what it waited for."""
    when = f"{span(one.span.seconds)} until {one.span.end:%Y-%m-%d %H:%M}, {REASONS[one.reason]}"
    if one.waited_for:
        return f"{when}: {one.task} for {', '.join(one.waited_for)}"
    return f"{when}: {one.task}" if one.task else when


def throughput(report: Report) -> tuple[str, str, str, str]:
    """Return what all agents completed: tasks, tasks a day, mean and p95 of their cycles."""
    throughput = report.throughput
    a_day = number(throughput.per_day, 1)
    return (
        f"{throughput.completed:,}",
        a_day,
        time(throughput.cycle_mean_s),
        time(throughput.cycle_p95_s),
    )


def pairs(report: Report) -> list[tuple[str, str, str]]:
    """Return name, value and remark of what the data set is and how it grows."""
    quality, grown = report.quality, report.growth
    net = f"net, at {counted(grown.checkpoints, 'checkpoint')}"
    return [
        _row("pairs kept", quality.pairs, number(quality.pairs)),
        *(
            _row(
                name,
                getattr(quality, name),
                number(getattr(quality, name)),
                remark or report.nouns.unplaced,
            )
            for name, remark in _LEFT.items()
        ),
        _row("pairs integrated", grown.pairs, number(grown.pairs), net),
        _row("per day", grown.per_day, number(grown.per_day)),
        _row("per hour", grown.per_hour, number(grown.per_hour, 1)),
        *(
            _row(
                name,
                getattr(quality, field),
                shown(getattr(quality, field)),
                _before(report, field),
            )
            for field, (name, shown) in _KEPT_UP.items()
        ),
        _row(
            "false merges", quality.false_merges, number(quality.false_merges), "of planted traps"
        ),
        _row(
            "merged by rule",
            quality.merged_by_rule,
            percent(quality.merged_by_rule),
            "of planted twins",
        ),
    ]


def _before(report: Report, field: str) -> str:
    """Return how a figure stood at the first checkpoint of the window, to be compared with."""
    first = report.growth.first
    value = getattr(first, field) if first else None
    return "" if value is None else f"{_KEPT_UP[field][1](Figure(value))} at the first checkpoint"


def unknowns(report: Report) -> list[str]:
    """Return the figures of agents that are not known, with their reasons, each in a sentence."""
    missing: dict[tuple[str, str], list[str]] = {}
    for one in report.agents:
        by_reason: dict[str, list[str]] = {}
        for name, figure in one._asdict().items():
            if isinstance(figure, Figure) and figure.value is None:
                words = name.removesuffix("_s").replace("_", " ")
                by_reason.setdefault(figure.why, []).append(words)
        for why, names in by_reason.items():
            missing.setdefault((why, ", ".join(names)), []).append(one.agent)
    return [
        f"{names} of {', '.join(agents)}: unknown, {why}"
        for (why, names), agents in missing.items()
    ]


def _row(name: str, figure: Figure, value: str, remark: str = "") -> tuple[str, str, str]:
    return name, value, figure.why or remark
