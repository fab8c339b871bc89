"""The course of one agent's queue: which task stood where, from moment to moment.

It follows from lives alone: a task enters when it is queued, is ready once its dependencies are
done, is claimed, handed in, waits after a failure, and is completed or dead.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from pipeline.faucet.monitor.lives import EVER, NEVER, AttemptRecord, Life, wait_over

STATES = (
    "waiting",
    "scheduled",
    "ready",
    "backoff",
    "claimed",
    "submitted",
    "paused",
    "dead",
    "completed",
)


class Transition(NamedTuple):
    """From when on a task stands so."""

    when: datetime
    task_id: str
    state: str


class Stretch(NamedTuple):
    """From start to end nothing changed: the tasks in each state, in order of arrival there."""

    start: datetime
    end: datetime
    tasks: Mapping[str, Mapping[str, None]]

    def count(self, *states: str) -> int:
        """Return how many tasks stand in one of these states."""
        return sum(len(self.tasks[state]) for state in states)

    @property
    def depth(self) -> int:
        """Return how many tasks are queued: ready, waiting, not due yet, or to be tried again."""
        return self.count("ready", "waiting", "scheduled", "backoff")


def course(lives: Iterable[Life], done: Mapping[str, datetime], end: datetime) -> Iterator[Stretch]:
    """Yield the stretches of some lives from the first known change up to end.

    done says when each completed task was; EVER for one of before. What a stretch holds is
    valid until the next one is asked for.
    """
    steps = sorted(
        (step for life in lives for step in _steps(life, done)), key=lambda step: step.when
    )
    tasks: dict[str, dict[str, None]] = {state: {} for state in STATES}
    place: dict[str, str] = {}
    start = EVER
    for when, task_id, state in steps:
        if when >= end:
            break
        if when > start:
            yield Stretch(start, when, tasks)
            start = when
        tasks[place.get(task_id, state)].pop(task_id, None)
        tasks[state][task_id] = None
        place[task_id] = state
    if start < end:
        yield Stretch(start, end, tasks)


def done_at(lives: Iterable[Life], done: Iterable[str]) -> dict[str, datetime]:
    """Return when each task was completed, EVER for those in done that no receipt dates."""
    dated = {life.task_id: life.completed for life in lives if life.completed}
    return dict.fromkeys(done, EVER) | dated


def _due(life: Life) -> datetime:
    """Return when a round of a task that recurs may begin: so long after the round before."""
    every_s = life.task.get("every_s")
    if life.queued == EVER or not isinstance(every_s, int) or "round" not in life.task:
        return EVER
    return life.queued + timedelta(seconds=every_s)


def _steps(life: Life, done: Mapping[str, datetime]) -> Iterator[Transition]:
    free = max((done.get(name, NEVER) for name in life.dependencies), default=EVER)
    if free > life.queued:
        yield Transition(life.queued, life.task_id, "waiting")
    if free < NEVER:
        due = _due(life)
        if due > max(free, life.queued):
            yield Transition(max(free, life.queued), life.task_id, "scheduled")
        yield Transition(max(free, life.queued, due), life.task_id, "ready")
    failures = 0
    for attempt, following in pairwise((*life.attempts, None)):
        assert attempt
        failures += attempt.outcome == "failed"
        again = wait_over(life, failures) if attempt.outcome == "failed" else NEVER
        if following and following.start:
            again = min(again, following.start)
        is_end = life.is_dead and following is None
        yield from _of_attempt(life, attempt, NEVER if is_end else again)
    if life.is_dead or life.is_paused:
        last = life.attempts[-1] if life.attempts else None
        since = (last.judged or last.end or last.start) if last else None
        yield Transition(since or life.queued, life.task_id, "dead" if life.is_dead else "paused")


def _of_attempt(life: Life, attempt: AttemptRecord, again: datetime) -> Iterator[Transition]:
    if attempt.start:
        yield Transition(attempt.start, life.task_id, "claimed")
    if attempt.end and attempt.end != attempt.judged:
        yield Transition(attempt.end, life.task_id, "submitted")
    if attempt.judged and attempt.outcome == "completed":
        yield Transition(attempt.judged, life.task_id, "completed")
    elif attempt.judged:
        yield Transition(attempt.judged, life.task_id, "backoff")
        yield Transition(max(attempt.judged, again), life.task_id, "ready")
