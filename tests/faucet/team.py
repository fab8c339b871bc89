"""A made-up team with a few tasks, and the operations that tests do with them."""

from datetime import UTC, datetime, timedelta

from pipeline.faucet.tasks.documents import task_of
from pipeline.faucet.tasks.machine import apply
from pipeline.faucet.tasks.operations import (
    ClaimTask,
    FailTask,
    JudgeTask,
    Operation,
    Rejected,
    SubmitTask,
)
from pipeline.faucet.tasks.state import Queue, State, Task

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
PASSED = {"passed": True, "criteria": []}
MISSED = {
    "passed": False,
    "criteria": [
        {"criterion": "metric qa.pairs", "wanted": "at least 9", "got": 3, "passed": False}
    ],
}


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def task(task_id: str, *after: str, agent: str = "zai", priority: int = 1, **more: object) -> Task:
    entry = {
        "task_id": task_id,
        "priority": priority,
        "status": "ready",
        "dependencies": list(after),
        **more,
    }
    return task_of(entry, agent)


def state(*tasks: Task, done: frozenset[str] = frozenset()) -> State:
    agents = sorted({task.agent for task in tasks} | {"zai"})
    return State(
        {agent: Queue(agent, tuple(t for t in tasks if t.agent == agent)) for agent in agents},
        done=done,
    )


def after(start: State, *operations: Operation) -> State:
    """Return the state after operations, all of which must apply."""
    for operation in operations:
        outcome = apply(start, operation)
        assert isinstance(outcome, State), outcome
        start = outcome
    return start


def refused(start: State, operation: Operation) -> str:
    """Return the code with which an operation is rejected."""
    outcome = apply(start, operation)
    assert isinstance(outcome, Rejected), outcome
    assert outcome.message
    return outcome.code


def claim(task_id: str, turn: int = 1, owner: str = "w1", at: float = 0) -> ClaimTask:
    return ClaimTask(task_id, "zai", owner, turn, later(at), lease_s=60)


def submit(task_id: str, turn: int = 1, owner: str = "w1", at: float = 5) -> SubmitTask:
    return SubmitTask(task_id, owner, turn, later(at))


def judge(task_id: str, turn: int = 1, *, passes: bool = True, at: float = 6) -> JudgeTask:
    return JudgeTask(task_id, turn, later(at), PASSED if passes else MISSED)


def fail(task_id: str, turn: int = 1, kind: str = "failed", at: float = 5) -> FailTask:
    return FailTask(task_id, "w1", turn, later(at), kind, "no luck")
