"""When an agent did not work, and why.

Idle is the time of a window in which no recorded attempt of the agent ran. Its reason is derived
from what stood in the agent's queue at that time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from pipeline.faucet.monitor.course import Stretch, course
from pipeline.faucet.monitor.lives import Life, busy
from pipeline.faucet.monitor.past import Past
from pipeline.faucet.monitor.spans import Span, between, cut, total_s

REASONS = {
    "paused": "the agent was paused",
    "out_of_quota": "the agent was out of quota",
    "unworked": "tasks were ready, nobody worked",
    "backoff": "the next task waited out a failure",
    "unable": "only tasks were ready that it cannot do here",
    "waiting": "the next task waited for others",
    "not_due": "the next task recurs and was not due",
    "judging": "all tasks were handed in and waited for their gates",
    "lapsed": "the lease of a claim was over, and nobody gave it back",
    "stuck": "only dead or paused tasks were left",
    "empty": "nothing was queued",
    "dry": "the plan held nothing more that it can do",
}
"""Reasons of idle time, by code."""

NOT_COUNTED = frozenset({"dry"})
"""Reasons of time in which an agent could be given nothing: no idle time of one that is able."""

_DRY = frozenset({"unable", "judging", "stuck", "empty"})
"""Reasons in whose place it is that the plan held nothing more, where it did."""

_LEFT = {
    "scheduled": "not_due",
    "claimed": "lapsed",
    "submitted": "judging",
    "dead": "stuck",
    "paused": "stuck",
}
"""What keeps an agent from working where nothing is ready or waits, by the state of its tasks."""


class Idle(NamedTuple):
    """A span without work, its reason, and the task that was next with what it waited for."""

    span: Span
    reason: str
    task: str | None = None
    waited_for: tuple[str, ...] = ()


def idle(
    agent: str,
    lives: Iterable[Life],
    done: Mapping[str, datetime],
    past: Past,
    window: Span,
    undoable: frozenset[str] = frozenset(),
) -> list[Idle]:
    """Return the idle spans of an agent in a window, in order, each with its reason.

    undoable are queued tasks that their agents cannot do here: they are not there for it.
    """
    own = [life for life in lives if life.agent == agent]
    by_id = {life.task_id: life for life in own}
    free = between((span for life in own for span in busy(life, window.end)), window)
    starts, ends = [span.start for span in free], [span.end for span in free]
    result: list[Idle] = []
    for stretch in course(own, done, window.end):
        here = free[bisect_right(ends, stretch.start) : bisect_left(starts, stretch.end)]
        for span in cut(here, Span(stretch.start, stretch.end)):
            result += _reasons(span, agent, past, _in_queue(stretch, by_id, done, undoable))
    return result


def by_reason(spans: Iterable[Idle]) -> dict[str, float]:
    """Return idle seconds by reason, the largest first."""
    sums: dict[str, float] = {}
    for one in spans:
        sums[one.reason] = sums.get(one.reason, 0.0) + one.span.seconds
    return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def _reasons(span: Span, agent: str, past: Past, else_: Idle) -> list[Idle]:
    """Return the parts of a span: kept from working by a pause or a quota, and the rest."""
    paused = cut(past.paused.get(agent, ()), span)
    result = [Idle(part, "paused") for part in paused]
    for rest in between(paused, span):
        quota = cut(past.quota.get(agent, ()), rest)
        quota = between(between(quota, rest), rest)
        result += [Idle(part, "out_of_quota") for part in quota]
        for left in between(quota, rest):
            dry = cut(past.dry.get(agent, ()), left) if else_.reason in _DRY else []
            result += [Idle(part, "dry") for part in dry]
            result += [else_._replace(span=part) for part in between(dry, left)]
    return sorted(result)


def _in_queue(
    stretch: Stretch,
    by_id: Mapping[str, Life],
    done: Mapping[str, datetime],
    undoable: frozenset[str],
) -> Idle:
    span = Span(stretch.start, stretch.end)
    for state, reason in (("ready", "unworked"), ("backoff", "backoff")):
        able = (task_id for task_id in stretch.tasks[state] if task_id not in undoable)
        if task_id := next(able, None):
            return Idle(span, reason, task_id)
    if stretch.tasks["ready"]:
        return Idle(span, "unable", next(iter(stretch.tasks["ready"])))
    waiting = [by_id[name] for name in stretch.tasks["waiting"] if name not in undoable]
    if waiting:
        following = min(waiting, key=lambda life: _began(life, stretch.end))
        missing = (name for name in following.dependencies if not _is_done(name, stretch, done))
        return Idle(span, "waiting", following.task_id, tuple(sorted(missing)))
    for state, reason in _LEFT.items():
        if stretch.tasks[state]:
            return Idle(span, reason, next(iter(stretch.tasks[state])))
    return Idle(span, "empty")


def _began(life: Life, else_: datetime) -> tuple[bool, datetime, int]:
    starts = [attempt.start for attempt in life.attempts if attempt.start]
    priority = life.task.get("priority", 0)
    return not starts, min(starts, default=else_), priority if isinstance(priority, int) else 0


def _is_done(name: str, stretch: Stretch, done: Mapping[str, datetime]) -> bool:
    return name in done and done[name] <= stretch.start


def idle_s(spans: Iterable[Idle]) -> float:
    """Return how long an agent idled that could have been given something, in seconds."""
    return total_s(one.span for one in spans if one.reason not in NOT_COUNTED)


def dry_s(spans: Iterable[Idle]) -> float:
    """Return how long there was nothing that an agent could have been given, in seconds."""
    return total_s(one.span for one in spans if one.reason in NOT_COUNTED)
