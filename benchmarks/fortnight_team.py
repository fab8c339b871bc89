"""A made-up team under a virtual clock, on the faucet's own state machine and refill.

Speeds, faults and crashes are drawn from a seed. Queues, dependencies, claims, backoff, breakers,
gates' verdicts, receipts and new tasks are the faucet's: nothing of them is modelled here.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from benchmarks.fortnight_rules import Faults, Policy, follow_up
from pipeline.core.json_values import Json
from pipeline.faucet.monitor.estimates import parsed
from pipeline.faucet.monitor.spans import Span
from pipeline.faucet.tasks.documents import queue_of
from pipeline.faucet.tasks.machine import apply
from pipeline.faucet.tasks.operations import (
    AddTask,
    ClaimTask,
    FailTask,
    JudgeTask,
    Operation,
    ReleaseClaim,
    RenewClaim,
    RetryTask,
    SubmitTask,
)
from pipeline.faucet.tasks.refill import Gap, refill
from pipeline.faucet.tasks.state import State, Task, claimable, lapsed, moment, standing

START = datetime(2026, 1, 5, tzinfo=UTC)
LEASE_S = 300
ENOUGH_GAPS = 24
"""Targets are raised while a full refill of three agents is still to be had."""

_PASSED: Json = {"passed": True, "criteria": []}
_MISSED: Json = {
    "passed": False,
    "criteria": [{"criterion": "made up", "wanted": "luck", "got": None, "passed": False}],
}


@dataclass
class Team:
    """The team at work: state, receipts and clock as in a workspace, and what really happened."""

    documents: list[Json]
    targets: dict[str, int]
    policy: Policy
    faults: Faults = field(default_factory=Faults)
    seed: int = 1
    now: datetime = START
    receipts: list[Json] = field(default_factory=list)
    busy: dict[str, list[Span]] = field(default_factory=dict)
    added: dict[str, datetime] = field(default_factory=dict)
    quota: dict[str, list[Span]] = field(default_factory=dict)
    gone: dict[str, list[Span]] = field(default_factory=dict)
    on_step: Callable[["Team"], None] = lambda _: None

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - a simulation, no secret
        queues = [queue_of(document) for document in self.documents]
        state = State({queue.agent: queue for queue in queues})
        for queue in queues:
            state = state.with_queue(queue)
        self.state = state
        self.kept = dict.fromkeys(self.targets, 0)
        self.speeds = {agent: self.random.uniform(0.7, 1.3) for agent in sorted(state.queues)}
        self.added = {task.task_id: self.now for task in state.tasks()}
        self.rounds: dict[str, Json] = {}
        self.away: dict[str, str] = {}
        self.wakes: dict[str, datetime] = {}
        self.events: list[tuple[datetime, int, Callable[[], None]]] = []
        self.numbers = count()

    def run(self, days: float) -> None:
        """Let the team work for so many days."""
        end = self.now + timedelta(days=days)
        self._at(0, self._retry_dead)
        while self.events and self.events[0][0] < end:
            self.now, _, event = heapq.heappop(self.events)
            event()
            self._free_lapsed()
            self._refill()
            for agent in sorted(self.state.queues):
                self._start(agent)
            if self.policy.is_refilled_after_claims:
                self._refill()  # who took a task has one less in the queue
            self.on_step(self)
        self.now = end

    def apply(self, operation: Operation) -> None:
        """Apply an operation that must hold; take its receipt out, as the storage does."""
        outcome = apply(self.state, operation)
        assert isinstance(outcome, State), (operation, outcome)
        for receipt in outcome.receipts.values():
            self.receipts.append(receipt)
            if receipt["task"].get("recurs"):
                self.rounds[receipt["task"].get("series", receipt["task_id"])] = receipt
        self.state = State(outcome.queues, outcome.done)

    def add(self, task: Task) -> None:
        """Queue a task."""
        self.apply(AddTask(task))
        self.added.setdefault(task.task_id, self.now)

    def _at(self, after_s: float, event: Callable[[], None]) -> None:
        heapq.heappush(
            self.events, (self.now + timedelta(seconds=after_s), next(self.numbers), event)
        )

    def _start(self, agent: str) -> None:
        if agent in self.away:
            return
        free = claimable(self.state, agent, self.now)
        if free:
            self._work(agent, free[0])
        else:
            self._wake_when_due(agent)

    def _wake_when_due(self, agent: str) -> None:
        queue = self.state.queues[agent]
        times = [moment(task.not_before) for task in queue.tasks if task.not_before]
        times += [moment(queue.breaker["until"])] if queue.breaker else []
        first = min((time for time in times if time > self.now), default=None)
        if first and self.wakes.get(agent) != first:
            self.wakes[agent] = first
            self._at((first - self.now).total_seconds() + 0.001, lambda: None)

    def _work(self, agent: str, task: Task) -> None:
        turn = task.turn + 1
        self.apply(ClaimTask(task.task_id, agent, agent, turn, self.now, LEASE_S))
        self.away[agent] = task.task_id
        estimate = parsed(task.rest.get("estimated_time"))
        planned_s = estimate.middle_s if estimate else 600
        takes_s = planned_s * self.speeds[agent] * self.random.lognormvariate(-0.08, 0.4)
        what, after_s = self._fate(takes_s)
        self._at(after_s, lambda: self._end(agent, task.task_id, turn, what, after_s))

    def _fate(self, takes_s: float) -> tuple[str, float]:
        """Return how an attempt ends and after how many seconds."""
        hazards = {
            "transient": self.faults.transient_an_hour,
            "quota": self.faults.quota_an_hour,
            "crash": self.faults.crashes_an_hour,
        }
        found = [(self.random.expovariate(h / 3_600), name) for name, h in hazards.items() if h]
        first_s, name = min(found, default=(takes_s, ""))
        return (name, first_s) if first_s < takes_s else ("handed_in", takes_s)

    def _end(self, agent: str, task_id: str, turn: int, what: str, took_s: float) -> None:
        start = self.now - timedelta(seconds=took_s)
        self.busy.setdefault(agent, []).append(Span(start, self.now))
        if what == "crash":
            wait_s = self.random.expovariate(1 / self.faults.restart_s)
            self.away[agent] = ""  # gone, and no longer renewing its claim
            gone_s = max(wait_s, LEASE_S)
            until = self.now + timedelta(seconds=gone_s)
            self.gone.setdefault(agent, []).append(Span(self.now, until))
            self._at(gone_s, lambda: self.away.pop(agent))
            return
        del self.away[agent]
        if what == "handed_in":
            self.apply(SubmitTask(task_id, agent, turn, self.now))
            self._handed_in(task_id, turn)
            return
        wait_s = round(self.random.expovariate(1 / self.faults.quota_wait_s))
        retry_s = wait_s if what == "quota" else None
        self.apply(FailTask(task_id, agent, turn, self.now, what, what, retry_s))
        if what == "quota":
            until = self.now + timedelta(seconds=wait_s)
            self.quota.setdefault(agent, []).append(Span(self.now, until))

    def _handed_in(self, task_id: str, turn: int) -> None:
        task = self.state.task(task_id)
        assert task
        is_delivery = task.rest.get("kind") == "deliver"
        if is_delivery and self.policy.is_flowing and "claude_code" in self.state.queues:
            self._land(task, turn)
        else:
            self._judge(task_id, turn)

    def _land(self, task: Task, turn: int) -> None:
        """Queue the integration of a delivery; the delivery is judged once that is done."""
        name = f"integrate_{task.task_id}_{turn}"[:110]
        self.add(follow_up(name, "claude_code", delivers=task.task_id, turn=turn))

    def _judge(self, task_id: str, turn: int) -> None:
        passes = self.random.random() >= self.faults.missed_gates
        task = self.state.task(task_id)
        assert task
        self.apply(JudgeTask(task_id, turn, self.now, _PASSED if passes else _MISSED))
        if not passes:
            return
        for one in task.rest.get("indicators", ()):
            self.kept[one["name"]] = self.kept.get(one["name"], 0) + one["target_pairs"]
        if "delivers" in task.rest:
            self._judge(task.rest["delivers"], task.rest["turn_of"])
            self.add(follow_up(f"check_{task_id}"[:118], "zai"))

    def _free_lapsed(self) -> None:
        for agent, task_id in self.away.items():
            task = self.state.task(task_id) if task_id else None
            if task and task.claim and self._is_old(task.claim.renewed):
                self.apply(RenewClaim(task_id, agent, task.turn, self.now))
        for task in lapsed(self.state, self.now):
            self.apply(ReleaseClaim(task.task_id, task.turn))

    def _is_old(self, renewed: str) -> bool:
        return (self.now - moment(renewed)).total_seconds() > LEASE_S / 3

    def _refill(self) -> None:
        if self.policy.raised_by and self._open_gaps() < ENOUGH_GAPS:
            self.targets = {n: t + self.policy.raised_by for n, t in self.targets.items()}
        gaps = [Gap(name, self.kept[name], target) for name, target in self.targets.items()]
        for task in refill(self.state, gaps, self.rounds.values()):
            self.add(task)

    def _open_gaps(self) -> int:
        """Return how many indicators lack pairs that nobody owes yet."""
        owed = {
            one["name"] for task in self.state.tasks() for one in task.rest.get("indicators", ())
        }
        return sum(self.kept[n] < t and n not in owed for n, t in self.targets.items())

    def _retry_dead(self) -> None:
        for task in list(self.state.tasks()):
            if standing(self.state, task) == "dead":
                self.apply(RetryTask(task.task_id))
        self._at(self.policy.retry_h * 3_600, self._retry_dead)
