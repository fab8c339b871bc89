"""How each agent fares: what it does, how deep its queue is, how long it idles and works."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pipeline.faucet.monitor.estimates import parsed
from pipeline.faucet.monitor.figures import DAY_S, Figure, mean, p95, rate, share
from pipeline.faucet.monitor.idle import Idle, by_reason, dry_s, idle, idle_s
from pipeline.faucet.monitor.lives import EVER, AttemptRecord, Life, busy
from pipeline.faucet.monitor.past import Past
from pipeline.faucet.monitor.spans import Span
from pipeline.faucet.tasks.state import Queue, State, Task, moment, standing

FLOOR = 3
"""A queue is healthy with more tasks than this: the seed's rule."""

IDLE_TARGET = 0.05
"""An agent should idle less than this share of the time: the seed's target."""

ACTIVE_S = 300
"""An agent between two tasks for at most this many seconds counts as active."""

_NO_TASK = "no task was completed in the window"
_NOT_ABLE = "the plan held nothing that it can do"


class Work(NamedTuple):
    """A task in an agent's hands."""

    task_id: str
    owner: str
    since: datetime


class AgentReport(NamedTuple):
    """One agent; spans are in seconds, shares in 0-1 of the window.

    idle_share is of the time in which there was something that the agent can do, dry_share the
    rest of the window, in which the plan held nothing more for it. standing is active, dry, idle,
    paused or out_of_quota. A cycle lasts from a task's first claim to its completion, an attempt
    from its claim until it was handed in. estimate_ratio is the mean of real over estimated
    attempt times; 2 means twice as long as was thought.
    """

    agent: str
    standing: str
    current: list[Work]
    ready: int
    waiting: int
    claimed: int
    submitted: int
    paused: int
    dead: int
    idle_share: Figure
    dry_share: float
    idle_reasons: dict[str, float]
    idle_longest: Idle | None
    completed: int
    per_day: Figure
    cycle_mean_s: Figure
    cycle_p95_s: Figure
    attempt_mean_s: Figure
    estimate_ratio: Figure
    estimates_read: int
    estimates_unread: int
    unrecorded: int

    @property
    def depth(self) -> int:
        """Return how many tasks are queued, ready or waiting: what the floor is about."""
        return self.ready + self.waiting

    @property
    def is_low(self) -> bool:
        """Return whether fewer tasks are queued than is healthy, though there is work for it."""
        return self.depth <= FLOOR and self.standing != "dry"


class Throughput(NamedTuple):
    """What all agents completed in the window together; times are in seconds."""

    completed: int
    per_day: Figure
    cycle_mean_s: Figure
    cycle_p95_s: Figure


def throughput(lives: Sequence[Life], window: Span) -> Throughput:
    """Return how much was completed in a window, and how long it took."""
    ended = _ended(lives, window)
    cycles = [cycle for life in ended if (cycle := cycle_s(life)) is not None]
    why = "no completed task with a recorded claim in the window"
    a_day = rate(len(ended), window.seconds, DAY_S)
    return Throughput(len(ended), a_day, mean(cycles, why), p95(cycles, why))


def agents(
    state: State,
    lives: Sequence[Life],
    done: Mapping[str, datetime],
    past: Past,
    window: Span,
    undoable: frozenset[str] = frozenset(),
) -> list[AgentReport]:
    """Return how every agent with a queue fares in a window that ends now, by name."""
    spans = {agent: idle(agent, lives, done, past, window, undoable) for agent in state.queues}
    return [
        _agent(state, state.queues[agent], lives, spans[agent], window)
        for agent in sorted(state.queues)
    ]


def _agent(
    state: State, queue: Queue, lives: Sequence[Life], spans: list[Idle], window: Span
) -> AgentReport:
    own = [life for life in lives if life.agent == queue.agent]
    ended = _ended(own, window)
    cycles = [cycle for life in ended if (cycle := cycle_s(life)) is not None]
    compared = [ratio for life in ended if (ratio := _ratio(life)) is not None]
    found = [standing(state, task) for task in queue.tasks]
    dry = dry_s(spans)
    able_s = window.seconds - dry
    no_cycle = "when its tasks were claimed is not recorded" if ended else _NO_TASK
    return AgentReport(
        agent=queue.agent,
        standing=_standing(queue, own, window.end),
        current=[_work(task) for task in queue.tasks if standing(state, task) == "claimed"],
        ready=found.count("ready"),
        waiting=found.count("waiting"),
        claimed=found.count("claimed"),
        submitted=found.count("submitted"),
        paused=found.count("paused"),
        dead=found.count("dead"),
        idle_share=share(
            idle_s(spans), able_s, _NOT_ABLE if dry else "no attempt was recorded yet"
        ),
        dry_share=dry / window.seconds if window.seconds else 0.0,
        idle_reasons={name: s / window.seconds for name, s in by_reason(spans).items()},
        idle_longest=max(spans, key=lambda one: one.span.seconds, default=None),
        completed=len(ended),
        per_day=rate(len(ended), window.seconds, DAY_S),
        cycle_mean_s=mean(cycles, no_cycle),
        cycle_p95_s=p95(cycles, no_cycle),
        attempt_mean_s=mean([s for life in ended if (s := attempt_s(life)) is not None], no_cycle),
        estimate_ratio=mean(compared, _why_not_compared(ended)),
        estimates_read=len(compared),
        estimates_unread=len(ended) - len(compared),
        unrecorded=sum(life.unrecorded for life in own),
    )


def _ended(lives: Sequence[Life], window: Span) -> list[Life]:
    return [life for life in lives if life.completed and life.completed >= window.start]


def cycle_s(life: Life) -> float | None:
    """Return seconds from a completed task's first claim to its completion, if both are known."""
    start = life.attempts[0].start if life.attempts else None
    return (life.completed - start).total_seconds() if life.completed and start else None


def attempt_s(life: Life) -> float | None:
    """Return how long the attempt that passed took until it was handed in, in seconds."""
    last: AttemptRecord | None = life.attempts[-1] if life.attempts else None
    return (last.end - last.start).total_seconds() if last and last.start and last.end else None


def _ratio(life: Life) -> float | None:
    estimate, real = parsed(life.task.get("estimated_time")), attempt_s(life)
    return real / estimate.middle_s if estimate and real is not None else None


def _why_not_compared(ended: list[Life]) -> str:
    return "no completed task had an estimate that can be read" if ended else _NO_TASK


def _standing(queue: Queue, own: list[Life], now: datetime) -> str:
    if queue.is_paused:
        return "paused"
    if queue.breaker and moment(queue.breaker["until"]) > now:
        return "out_of_quota"
    ends = [span.end for life in own for span in busy(life, now)]
    is_active = max(ends, default=EVER) >= now - timedelta(seconds=ACTIVE_S)
    return "active" if is_active else "dry" if queue.is_dry else "idle"


def _work(task: Task) -> Work:
    assert task.claim, "only a claimed task is in somebody's hands"
    return Work(task.task_id, task.claim.owner, moment(task.claim.claimed))
