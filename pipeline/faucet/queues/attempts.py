"""One attempt at a task, from claim to verdict, as commands and workers go through it."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.gates.criteria import criteria_of, evaluate
from pipeline.faucet.gates.delivered import awaits_integration, is_delivery
from pipeline.faucet.gates.facts import digest_of, gather
from pipeline.faucet.queues.storage import change, load, read_receipts
from pipeline.faucet.tasks.machine import apply
from pipeline.faucet.tasks.operations import (
    ClaimTask,
    JudgeTask,
    Operation,
    Rejected,
    ReleaseClaim,
    SubmitTask,
)
from pipeline.faucet.tasks.state import State, Task, claimable, held_by, lapsed, standing

LEASE_S = 86_400
"""How long a claim taken by hand holds, in seconds; workers renew shorter ones."""


def claim(
    root: Path,
    agent: str,
    owner: str,
    now: datetime,
    *,
    task_id: str | None = None,
    lease_s: int = LEASE_S,
    process: Json | None = None,
) -> Task | None:
    """Claim a task for owner and return it: the one owner has, the one named, or the next one.

    Claims whose lease is over are given back first. None says that agent has nothing to do now.
    Raises UserError where agent has no queue, or the named task cannot be claimed.
    """

    def step(state: State) -> State | Rejected:
        if agent not in state.queues:
            known = ", ".join(sorted(state.queues))
            return Rejected("unknown_agent", f"{agent} has no queue; agents with one: {known}")
        freed = _give_back(state, now)
        held = held_by(freed, owner)
        if held and task_id in (None, held.task_id):
            return freed
        task = freed.task(task_id) if task_id else next(iter(claimable(freed, agent, now)), None)
        if task is None and task_id is None:
            return freed
        turn = task.turn + 1 if task else 1
        name = task_id or (task.task_id if task else "")
        return apply(freed, ClaimTask(name, agent, owner, turn, now, lease_s, process))

    return held_by(_done(change(root, step)), owner)


def hand_in(
    root: Path,
    task_id: str,
    owner: str,
    paths: Iterable[str],
    now: datetime,
    *,
    result: Json | None = None,
) -> Task:
    """Hand a claimed task in with the files that came of it; return it, waiting for its gates.

    paths are relative to root; where there are none, the task's own outputs are taken.
    Raises UserError where a file is missing, or the task is not owner's.
    """
    task = _claimed(load(root), task_id)
    outputs = tuple(digest_of(root, path) for path in paths or task.rest.get("outputs", ()))
    inputs = tuple(digest_of(root, path) for path in task.rest.get("inputs", ()))
    op = SubmitTask(task_id, owner, task.turn, now, outputs, inputs, result)
    handed = _done(change(root, op)).task(task_id)
    assert handed, "a submitted task stays queued"
    return handed


def judge(root: Path, task_id: str, now: datetime) -> Json | None:
    """Complete or fail a task that was handed in, by its gates; return their report.

    None says that its deliveries have to be integrated first. Raises UserError where the task
    is not handed in.
    """
    state = load(root)
    task = _claimed(state, task_id)
    if task.submission is None:
        raise UserError(f"{task_id} is not handed in: `faucet queue submit {task_id}`")
    if awaits_integration(root, task):
        return None
    taken = _delivered_by_others(root, state, task)
    report = evaluate(criteria_of(task.rest), gather(root, task, taken))
    _done(change(root, JudgeTask(task_id, task.turn, now, report)))
    return report


def apply_or_raise(root: Path, operation: Operation) -> State:
    """Apply one operation to the queues below root; raises UserError where it is rejected."""
    return _done(change(root, operation))


def claimed(root: Path, task_id: str) -> Task:
    """Return a task that somebody has claimed; raises UserError where nobody has."""
    return _claimed(load(root), task_id)


def _give_back(state: State, now: datetime) -> State:
    for task in lapsed(state, now):
        freed = apply(state, ReleaseClaim(task.task_id, task.turn))
        assert isinstance(freed, State), "a lapsed claim can be given back"
        state = freed
    return state


def _claimed(state: State, task_id: str) -> Task:
    task = state.task(task_id)
    if task is None:
        told = "is completed" if task_id in state.done else "is no task"
        raise UserError(f"{task_id} {told}")
    if task.claim is None:
        raise UserError(f"{task_id} is {standing(state, task)}, nobody has claimed it")
    return task


def _delivered_by_others(root: Path, state: State, task: Task) -> dict[str, str]:
    """Return the digests of deliveries that were handed in for other tasks, and those tasks."""
    if not any(is_delivery(output) for output in task.handed_in):
        return {}
    done = [(receipt["task_id"], receipt["outputs"]) for receipt in read_receipts(root)]
    under_way = [(other.task_id, other.handed_in) for other in state.tasks()]
    return {
        output["sha256"]: name
        for name, outputs in (*under_way, *done)
        for output in outputs
        if name != task.task_id and is_delivery(output)
    }


def _done(outcome: State | Rejected) -> State:
    if isinstance(outcome, Rejected):
        raise UserError(outcome.message)
    return outcome
