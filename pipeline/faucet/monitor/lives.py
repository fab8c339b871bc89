"""What became of each task over time, from its receipt or its entry in a queue.

A receipt tells the attempt that passed and those that failed before. Attempts that ended as
transient, for a quota or by release leave no record but their turn: they are counted, and their
time is not known.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.faucet.monitor.spans import Span
from pipeline.faucet.tasks.state import State, Task, backoff_s, moment

FIRST_ROUND = 1
EVER = datetime.min.replace(tzinfo=UTC)
NEVER = datetime.max.replace(tzinfo=UTC)


class AttemptRecord(NamedTuple):
    """One recorded attempt: start is None where it was not recorded; end and judged while open.

    end is when its agent was free again (handed in, or failed), judged when the task was.
    """

    start: datetime | None
    end: datetime | None
    judged: datetime | None
    outcome: str  # completed | failed | submitted | running


class Life(NamedTuple):
    """A task from its queueing to its end; queued is EVER where nothing says when.

    lease_end is when the claim of a task in hand is over, unless its owner renews it.
    """

    task_id: str
    agent: str
    queued: datetime
    dependencies: tuple[str, ...]
    attempts: tuple[AttemptRecord, ...]
    completed: datetime | None
    unrecorded: int
    task: Json
    is_dead: bool = False
    is_paused: bool = False
    not_before: datetime | None = None
    lease_end: datetime | None = None


def lives(
    state: State,
    receipts: Iterable[Json],
    seen: Mapping[str, datetime],
    sighted: Mapping[str, Span],
) -> list[Life]:
    """Return the lives of all tasks with a receipt or in a queue, in no special order.

    seen says since when git has a task in a queue, sighted when it first and last shows the queue
    of an agent. A round of a task that recurs is queued when the round before is completed. A
    task that came and went between two commits is queued when it is first claimed, one that no
    commit has yet at the last of them. A receipt that was written after the queues were read wins.
    """
    done = list(receipts)
    finished = {receipt["task_id"]: _time(receipt["completed"]) for receipt in done}
    found = [_done(receipt) for receipt in done if receipt["completed"]]
    found += [_open(task) for task in state.tasks() if task.task_id not in finished]
    return [life._replace(queued=_queued(life, finished, seen, sighted)) for life in found]


def busy(life: Life, now: datetime) -> list[Span]:
    """Return the spans in which an agent is known to have worked on a task.

    Who has a claim whose lease is over is not known to work any more.
    """
    return [
        Span(attempt.start, attempt.end or min(now, life.lease_end or now))
        for attempt in life.attempts
        if attempt.start is not None
    ]


def _done(receipt: Json) -> Life:
    failures = receipt["failures"]
    completed = moment(receipt["completed"])
    handed_in = _time(receipt["submitted"]) or completed
    last = AttemptRecord(_time(receipt["claimed"]), handed_in, completed, "completed")
    return Life(
        receipt["task_id"],
        receipt["agent"],
        EVER,
        tuple(receipt["task"].get("dependencies", ())),
        (*map(_failed, failures), last),
        completed,
        max(0, receipt["turn"] - 1 - len(failures)),
        receipt["task"],
    )


def _open(task: Task) -> Life:
    attempts = [_failed(failure) for failure in task.failures]
    lease_end = None
    if task.claim:
        lease_end = moment(task.claim.renewed) + timedelta(seconds=task.claim.lease_s)
        handed_in = moment(task.submission["submitted"]) if task.submission else None
        outcome = "submitted" if handed_in else "running"
        attempts.append(AttemptRecord(moment(task.claim.claimed), handed_in, None, outcome))
    return Life(
        task.task_id,
        task.agent,
        EVER,
        task.dependencies,
        tuple(attempts),
        None,
        max(0, task.turn - len(attempts)),
        task.rest,
        task.is_dead,
        task.is_paused,
        _time(task.not_before),
        lease_end,
    )


def _failed(failure: Json) -> AttemptRecord:
    at = moment(failure["at"])
    handed_in = _time(failure.get("submitted"))
    return AttemptRecord(_time(failure.get("claimed")), handed_in or at, at, "failed")


def _queued(
    life: Life,
    finished: Mapping[str, datetime | None],
    seen: Mapping[str, datetime],
    sighted: Mapping[str, Span],
) -> datetime:
    known = [seen[life.task_id]] if life.task_id in seen else []
    series, number = life.task.get("series"), life.task.get("round")
    if series and isinstance(number, int):
        before = series if number <= FIRST_ROUND + 1 else f"{series}_{number - 1}"
        known += [when] if (when := finished.get(before)) else []
    started = [when for one in life.attempts if (when := one.start or one.judged)]
    if known:
        return min([*known, *started])
    shown = sighted.get(life.agent)
    if shown is None:
        return EVER
    if started:
        return min(started) if min(started) > shown.start else EVER
    return shown.end


def wait_over(life: Life, failures: int) -> datetime:
    """Return when a task may be tried again after so many recorded failures.

    For the last one the queue says it; for earlier ones it follows from the rule of backoff.
    """
    failed = [one for one in life.attempts if one.outcome == "failed"]
    at = failed[failures - 1].judged or EVER
    if failures == len(failed) and life.not_before:
        return life.not_before
    return at + timedelta(seconds=backoff_s(failures))


def _time(text: str | None) -> datetime | None:
    return moment(text) if text else None
