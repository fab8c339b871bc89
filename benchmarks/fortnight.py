"""A fortnight of the task faucet: whether queues stay deep and agents busy, and what it takes.

    .venv/bin/python -m benchmarks.fortnight            # prints the tables of fortnight.md
    .venv/bin/python -m benchmarks.fortnight --chart    # draws fortnight.svg
    .venv/bin/python -m benchmarks.fortnight --stress   # the last variant under more faults

The team works under a virtual clock on the faucet's own machine (fortnight_team.py). Idle time,
its reasons and depths are told by the code of `faucet monitor`.
"""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from benchmarks.fortnight_rules import Faults, Policy, plan_targets
from benchmarks.fortnight_team import START, Team
from pipeline.charts.picture import drawn
from pipeline.core.json_values import Json
from pipeline.faucet.monitor.agents import FLOOR
from pipeline.faucet.monitor.charts import depth_chart
from pipeline.faucet.monitor.course import course, done_at
from pipeline.faucet.monitor.flow import Depth, depths
from pipeline.faucet.monitor.idle import Idle, by_reason, idle, idle_s
from pipeline.faucet.monitor.lives import Life, lives
from pipeline.faucet.monitor.past import Past
from pipeline.faucet.monitor.spans import Span, total_s

ROOT = Path(__file__).parents[1]
QUEUES = ROOT / "data/domain/queues"
DAYS = 14
SEEDS = (1, 2, 3)
SERIES = ("look_at_open_reviews", "compare_with_last_week")

_HEADINGS = """\
| variant | agent | depth >3 (worst) | lowest | idle (worst) | as monitored | why | done a day |
|---|---|---:|---:|---:|---:|---|---:|"""
_LEAST = 0.0005
_STAGED = ("zai", "claude_code")
_REFILLED = ("droid", "zai", "claude_code")


class Variant(NamedTuple):
    """A way to keep the team busy: what is changed in the queues, and the policy."""

    name: str
    policy: Policy
    recurring: str = "never"  # how the stage tasks of zai and claude_code come back
    refilled: tuple[str, ...] = ("droid",)
    series: int = 0


VARIANTS = (
    Variant("the first tasks alone", Policy(is_flowing=False)),
    Variant("deliveries flow on", Policy()),
    Variant(
        "+ targets raised by 100 in time", Policy(raised_by=100, is_refilled_after_claims=False)
    ),
    Variant("+ refill after claims, too", Policy(raised_by=100)),
    Variant("+ stage tasks recur every hour, as seeded", Policy(raised_by=100), "hourly"),
    Variant("or: they recur at once", Policy(raised_by=100), "at once"),
    Variant("or: refill at zai and claude_code", Policy(raised_by=100), refilled=_REFILLED),
    Variant("+ two more series at claude", Policy(raised_by=100), refilled=_REFILLED, series=2),
)


STRESS = {
    "as in the table above": Faults(),
    "a quota answer every 20 hours of work": Faults(quota_an_hour=1 / 20),
    "a quota answer every 10 hours": Faults(quota_an_hour=1 / 10),
    "a crash every 10 hours": Faults(crashes_an_hour=1 / 10),
    "20 % of attempts miss their gates": Faults(missed_gates=0.2),
    "30 % of attempts miss their gates": Faults(missed_gates=0.3),
}


class Outcome(NamedTuple):
    """One agent's fortnight: shares in 0-1 of the time, lowest depth held for 1 s or more."""

    idle: float
    really_idle: float
    reasons: dict[str, float]
    deep: float
    lowest: int
    a_day: float


def documents(variant: Variant) -> list[Json]:
    """Return the seed's queues as a variant changes them."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(QUEUES.glob("*_queue.json"))]
    rules = next(one["refill"] for one in found if one["agent"] == "droid")
    for one in found:
        if one["agent"] in _STAGED:
            one["queued_tasks"] = [_again(task, variant.recurring) for task in one["queued_tasks"]]
        if one["agent"] in variant.refilled:
            one["refill"] = rules
        if one["agent"] == "claude":
            like = one["queued_tasks"][0]
            one["queued_tasks"] += [{**like, "task_id": name} for name in SERIES[: variant.series]]
    return found


def _again(task: Json, recurring: str) -> Json:
    """Return a task of the seed as it comes back: never, hourly as it is seeded, or at once."""
    if recurring == "hourly":
        return task
    once = {name: value for name, value in task.items() if name not in ("recurs", "every_s")}
    return {**once, "recurs": True} if recurring == "at once" else once


def team_of(variant: Variant, seed: int, faults: Faults | None = None) -> Team:
    """Return a team that has worked for a fortnight."""
    team = Team(documents(variant), plan_targets(ROOT), variant.policy, faults or Faults(), seed)
    team.run(DAYS)
    return team


def known(team: Team) -> tuple[list[Life], dict[str, datetime], Past, Span]:
    """Return what the monitor would know of a team: lives, completions, the past, the window."""
    told = lives(team.state, team.receipts, team.added, {})
    past = Past(team.added, {}, team.quota)
    return told, done_at(told, team.state.done), past, Span(START, team.now)


def outcomes(team: Team) -> dict[str, Outcome]:
    """Return how each agent of a team fared."""
    told, done, past, window = known(team)
    found = {}
    for agent in sorted(team.state.queues):
        spans = idle(agent, told, done, past, window)
        found[agent] = _outcome(team, agent, spans, told, done, window)
    return found


def _outcome(
    team: Team,
    agent: str,
    spans: list[Idle],
    told: list[Life],
    done: dict[str, datetime],
    window: Span,
) -> Outcome:
    own = [life for life in told if life.agent == agent]
    stretches = [
        ((stretch.end - max(stretch.start, window.start)).total_seconds(), stretch.depth)
        for stretch in course(own, done, window.end)
        if stretch.end > window.start
    ]
    return Outcome(
        idle=idle_s(spans) / window.seconds,
        really_idle=1 - total_s(team.busy.get(agent, [])) / window.seconds,
        reasons={name: s / window.seconds for name, s in by_reason(spans).items()},
        deep=sum(s for s, depth in stretches if depth > FLOOR) / window.seconds,
        lowest=min(depth for s, depth in stretches if s >= 1),
        a_day=sum(life.completed is not None for life in own) / DAYS,
    )


def table(variant: Variant, fortnights: list[dict[str, Outcome]]) -> Iterator[str]:
    """Yield the rows of a variant in Markdown: means over the seeds, worst in brackets."""
    for agent in fortnights[0]:
        rows = [one[agent] for one in fortnights]
        reasons = {name for row in rows for name in row.reasons}
        shares = {name: mean(row.reasons.get(name, 0) for row in rows) for name in reasons}
        largest = sorted(shares.items(), key=lambda item: -item[1])[:2]
        why = ", ".join(f"{name} {part:.1%}" for name, part in largest if part >= _LEAST)
        yield (
            f"| {variant.name} | {agent} | {mean(row.deep for row in rows):.1%}"
            f" ({min(row.deep for row in rows):.1%}) | {min(row.lowest for row in rows)}"
            f" | {mean(row.really_idle for row in rows):.1%}"
            f" ({max(row.really_idle for row in rows):.1%})"
            f" | {mean(row.idle for row in rows):.1%} | {why or '-'}"
            f" | {mean(row.a_day for row in rows):.1f} |"
        )


def chart_rows(variant: Variant, word: str) -> list[Depth]:
    """Return the depths of one fortnight, its agents named with a word."""
    team = team_of(variant, SEEDS[0])
    told, done, _, window = known(team)
    rows = depths(sorted(team.state.queues), told, done, window)
    return [row._replace(agent=f"{row.agent}, {word}") for row in rows]


def stress() -> None:
    """Print how the last variant bears more faults: the worst agent of each fortnight."""
    print("| faults | lowest share of depth >3 | at | highest idle share | at |")
    print("|---|---:|---|---:|---|")
    for name, faults in STRESS.items():
        found = outcomes(team_of(VARIANTS[-1], SEEDS[0], faults))
        shallow = min(found, key=lambda agent: found[agent].deep)
        idlest = max(found, key=lambda agent: found[agent].really_idle)
        deep, lazy = found[shallow].deep, found[idlest].really_idle
        print(f"| {name} | {deep:.1%} | {shallow} | {lazy:.1%} | {idlest} |", flush=True)


def draw() -> None:
    """Draw the depths of the first and the last variant as fortnight.svg."""
    rows = [
        *chart_rows(VARIANTS[0], "the first tasks alone"),
        *chart_rows(VARIANTS[-1], "with all changes"),
    ]
    by_agent = sorted(rows, key=lambda row: row.agent.split(",")[0])
    (ROOT / "benchmarks/fortnight.svg").write_text(drawn(depth_chart(by_agent), "f").svg, "utf-8")


def tables() -> None:
    """Print how each agent fares in each variant, and what came of it."""
    print(_HEADINGS)
    pairs = {}
    for variant in VARIANTS:
        teams = [team_of(variant, seed) for seed in SEEDS]
        for line in table(variant, [outcomes(team) for team in teams]):
            print(line, flush=True)
        pairs[variant.name] = mean(sum(team.kept.values()) for team in teams)
    for name, number in pairs.items():
        print(f"{name}: {number:,.0f} pairs delivered and passed")


if __name__ == "__main__":
    {"--chart": draw, "--stress": stress}.get(sys.argv[-1], tables)()
