"""The report as tables of the page."""

from pipeline.charts.page import Table
from pipeline.faucet.monitor import words
from pipeline.faucet.monitor.report import Report


def agents(report: Report) -> Table:
    """Return what each agent does now and how deep its queue is."""
    return Table(
        "Now",
        ("agent", "is", "works on", "ready", "waiting", "in gates", "dead", "depth"),
        [
            (
                one.agent,
                one.standing.replace("_", " "),
                words.current(one),
                *(one.ready, one.waiting, one.submitted, one.dead, one.depth),
            )
            for one in report.agents
        ],
    )


def times(report: Report) -> Table:
    """Return how each agent fared in the window."""
    return Table(
        "In the window",
        (
            "agent",
            "idle",
            "completed",
            "a day",
            "mean cycle",
            "p95 cycle",
            "mean attempt",
            "real to estimated",
        ),
        [
            (
                one.agent,
                words.percent(one.idle_share),
                one.completed,
                words.number(one.per_day, 1),
                words.time(one.cycle_mean_s),
                words.time(one.cycle_p95_s),
                words.time(one.attempt_mean_s),
                words.ratio(one.estimate_ratio),
            )
            for one in report.agents
        ],
        total=("all", "", report.throughput.completed, *words.throughput(report)[1:], "", ""),
    )


def idle(report: Report) -> Table:
    """Return why each agent idled."""
    rows = [(one.agent, list(words.why_idle(one))) for one in report.agents if one.idle_reasons]
    return Table("Why idle", ("agent", "share of the window and reason"), rows, "nobody idled")


def bottlenecks(report: Report) -> Table:
    """Return what holds the flow up."""
    rows = [(row.kind.replace("_", " "), row.what, row.detail) for row in report.bottlenecks]
    return Table("Bottlenecks", ("kind", "what", "what follows"), rows, "none detected")


def pairs(report: Report) -> Table:
    """Return the figures of the data set."""
    return Table("Data set", ("figure", "value", "remark"), words.pairs(report))


def accepted(report: Report) -> Table:
    """Return which share of each agent's records was not refused."""
    rows = [(agent, words.percent(figure)) for agent, figure in report.acceptance.items()]
    return Table("Accepted, by agent that delivered", ("agent", "share"), rows, "no books yet")


def checkpoints(report: Report) -> Table:
    """Return the newest checkpoints."""
    rows = [
        (
            one.commit[:8],
            f"{one.when:%Y-%m-%d %H:%M}",
            one.task or "by hand",
            one.agent,
            one.pairs,
            one.pairs - one.pairs_before,
            one.mean_score,
            one.duplicate_rate,
        )
        for one in report.checkpoints
    ]
    headings = ("commit", "when", "task", "agent", "pairs", "added", "mean score", "duplicate rate")
    return Table("Checkpoints", headings, rows, "none yet")


def gates(report: Report) -> Table:
    """Return the criteria that were missed, the most frequent first."""
    rows = [(row.criterion, row.failures, list(row.agents)) for row in report.gate_failures]
    return Table("Criteria missed", ("criterion", "times", "agents"), rows, "none")
