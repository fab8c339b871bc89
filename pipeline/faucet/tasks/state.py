"""The vocabulary of the task faucet: tasks, claims, queues, and what follows from them.

Everything here is a value without clock or disk. What a task's state is, is derived: from its
dependencies, from what is done, and from its claim. Only `ready` and `waiting` are ever written
for a queued task, so completing one task never edits another agent's queue.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pipeline.core.json_values import Json

TASK_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,119}")
"""What a task may be called: it becomes the name of a file and of a git ref."""

STANDINGS = ("ready", "waiting", "claimed", "submitted", "paused", "dead", "completed")
"""What can be true of a task. `failed` is no standing: a failed task is ready again, or dead."""

MAX_ATTEMPTS = 3
BACKOFF_FIRST_S = 10
BACKOFF_MOST_S = 300
FRONT = 0
"""The priority of a task that failed: before all that did not; 1 is a queue's own first."""


@dataclass(frozen=True)
class Claim:
    """Who works on a task: owner since claimed, alive when renewed, for lease_s seconds more.

    process says where the owner runs (None for a person or an agent that is called by hand).
    """

    owner: str
    claimed: str
    renewed: str
    lease_s: int
    process: Json | None = None


@dataclass(frozen=True)
class Task:
    """One queued task; a task that has its receipt is no longer one.

    turn counts its claims and names one for good: an operation on an earlier turn is refused.
    attempt counts from 1; setbacks counts failures and transient faults, each of which doubles
    the wait for the next. failures tells each failed attempt with its gates' report, for the next.
    handed_in has every output of every attempt, credit the pairs by indicator that the gates
    counted so far. rest is the entry with keys not known here.
    """

    task_id: str
    agent: str
    priority: int
    dependencies: tuple[str, ...] = ()
    status: str = "waiting"
    attempt: int = 1
    turn: int = 0
    setbacks: int = 0
    not_before: str | None = None
    claim: Claim | None = None
    submission: Json | None = None
    handed_in: tuple[Json, ...] = ()
    failures: tuple[Json, ...] = ()
    credit: Mapping[str, int] = field(default_factory=dict)
    is_paused: bool = False
    is_dead: bool = False
    rest: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Queue:
    """One agent's queue, in the order of its file.

    current is what happened last, for readers. breaker is open after quota answers: until when,
    and how many there were. past has the tasks that its file told as completed when it was read,
    rest is the document with keys not known here.
    """

    agent: str
    tasks: tuple[Task, ...] = ()
    status: str = "active"
    current: Json | None = None
    breaker: Json | None = None
    past: frozenset[str] = field(default=frozenset(), compare=False)
    rest: Json = field(default_factory=dict)

    @property
    def is_paused(self) -> bool:
        """Return whether the agent was told to take no task."""
        return self.status == "paused"

    @property
    def is_dry(self) -> bool:
        """Return whether the plan held nothing more for the agent when that was looked at last."""
        return "dry" in self.rest and "until" not in self.rest["dry"]


@dataclass(frozen=True)
class State:
    """All queues by agent, the ids of all tasks that are done, and receipts not yet written."""

    queues: Mapping[str, Queue]
    done: frozenset[str] = frozenset()
    receipts: Mapping[str, Json] = field(default_factory=dict)

    def tasks(self) -> Iterator[Task]:
        """Yield every queued task, by agent, in the order of the files."""
        for agent in sorted(self.queues):
            yield from self.queues[agent].tasks

    def task(self, task_id: str) -> Task | None:
        """Return a queued task, None where there is none of that id."""
        return next((task for task in self.tasks() if task.task_id == task_id), None)

    def with_task(self, task: Task, current: Json | None = None) -> "State":
        """Return the state with a task in place of the one of its id, or at its queue's end."""
        queue = self.queues[task.agent]
        listed = {old.task_id: old for old in queue.tasks} | {task.task_id: task}
        return self.with_queue(
            replace(queue, tasks=tuple(listed.values()), current=current or queue.current)
        )

    def with_receipt(self, task: Task, receipt: Json, current: Json) -> "State":
        """Return the state in which a task is done: out of its queue, its receipt to be written."""
        queue = self.queues[task.agent]
        rest = tuple(other for other in queue.tasks if other.task_id != task.task_id)
        done = replace(
            self,
            done=self.done | {task.task_id},
            receipts={**self.receipts, task.task_id: receipt},
        )
        return done.with_queue(replace(queue, tasks=rest, current=current))

    def with_queue(self, queue: Queue) -> "State":
        """Return the state with a queue in place of its agent's, what is written of it derived."""
        tasks = tuple(replace(task, status=self._written(task)) for task in queue.tasks)
        return replace(self, queues={**self.queues, queue.agent: replace(queue, tasks=tasks)})

    def _written(self, task: Task) -> str:
        is_kept = task.is_dead or task.is_paused or not self.done.issuperset(task.dependencies)
        return "waiting" if is_kept else "ready"


def standing(state: State, task: Task) -> str:
    """Return which of STANDINGS holds of a task."""
    if task.task_id in state.done:
        return "completed"
    if task.is_dead:
        return "dead"
    if task.claim:
        return "submitted" if task.submission else "claimed"
    if task.is_paused:
        return "paused"
    return "ready" if state.done.issuperset(task.dependencies) else "waiting"


def is_due(task: Task, now: datetime) -> bool:
    """Return whether the wait that a failure asked for is over."""
    return task.not_before is None or moment(task.not_before) <= now


def takes_tasks(queue: Queue, now: datetime) -> bool:
    """Return whether an agent is neither paused nor out of quota."""
    is_open = queue.breaker is not None and moment(queue.breaker["until"]) > now
    return not queue.is_paused and not is_open


def claimable(state: State, agent: str, now: datetime) -> list[Task]:
    """Return the tasks that agent may claim now, the next one first.

    Lower priority numbers go first, as in the queue files; equal ones in the files' order.
    """
    queue = state.queues.get(agent)
    if queue is None or not takes_tasks(queue, now):
        return []
    free = [task for task in queue.tasks if standing(state, task) == "ready" and is_due(task, now)]
    return sorted(free, key=lambda task: task.priority)


def held_by(state: State, owner: str) -> Task | None:
    """Return the task that owner works on; a submitted one needs its owner no more."""
    held = (task for task in state.tasks() if task.claim and task.claim.owner == owner)
    return next((task for task in held if standing(state, task) == "claimed"), None)


def lapsed(state: State, now: datetime) -> list[Task]:
    """Return the claimed tasks whose lease is over by the clock of now.

    That is enough where one clock renews and looks. Owners on other machines are judged by
    watching their claim, never by their clock.
    """
    claimed = [task for task in state.tasks() if standing(state, task) == "claimed"]
    return [task for task in claimed if task.claim and is_lapsed(task.claim, now)]


def is_lapsed(claim: Claim, now: datetime) -> bool:
    """Return whether the lease of a claim is over by the clock of now."""
    return moment(claim.renewed) + timedelta(seconds=claim.lease_s) <= now


def backoff_s(setbacks: int) -> int:
    """Return the wait after so many setbacks in a row, in seconds: 10, 20, 40 ... at most 300."""
    return min(BACKOFF_MOST_S, BACKOFF_FIRST_S << min(setbacks - 1, 10))


def moment(text: str) -> datetime:
    """Return the moment of an ISO 8601 text; one that names no zone is taken as UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def as_text(now: datetime) -> str:
    """Return a moment as it is written: UTC, milliseconds, ending in Z."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
