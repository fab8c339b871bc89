"""One attempt at a task, from claim to verdict, as commands and workers go through it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.gates.criteria import criteria_of, evaluate
from pipeline.faucet.gates.delivered import Others, awaits_integration, is_delivery
from pipeline.faucet.gates.facts import digest_of, gather
from pipeline.faucet.queues.board import Along, Board
from pipeline.faucet.queues.leases import over
from pipeline.faucet.tasks.claiming import rejected_agent
from pipeline.faucet.tasks.machine import apply
from pipeline.faucet.tasks.operations import (
    ClaimTask,
    JudgeTask,
    Operation,
    Rejected,
    ReleaseClaim,
    SubmitTask,
)
from pipeline.faucet.tasks.state import State, Task, claimable, held_by, standing
from pipeline.workspace.workspace import Workspace

LEASE_S = 86_400
"""How long a claim taken by hand holds, in seconds; workers renew shorter ones."""


def claim(
    board: Board,
    agent: str,
    owner: str,
    now: datetime,
    *,
    task_id: str | None = None,
    lease_s: int = LEASE_S,
    process: Json | None = None,
    can_do: Callable[[Task], bool] = lambda _: True,
) -> Task | None:
    """Claim a task for owner and return it: the one owner has, the one named, or the next one.

    Claims whose owners are gone are given back first. The next one is the first that can_do
    says yes to. None says that agent has nothing to do now.
    Raises UserError where agent has no queue, or the named task cannot be claimed.
    """

    def step(state: State) -> State | Rejected:
        return claimed_in(
            *(state, board.workspace, agent, owner, now),
            task_id=task_id,
            lease_s=lease_s,
            process=process,
            can_do=can_do,
        )

    return held_by(done(board.change(step)), owner)


def claimed_in(
    state: State,
    workspace: Workspace,
    agent: str,
    owner: str,
    now: datetime,
    *,
    task_id: str | None = None,
    lease_s: int = LEASE_S,
    process: Json | None = None,
    can_do: Callable[[Task], bool] = lambda _: True,
) -> State | Rejected:
    """Return the state in which owner has the task that claim would give it, if there is one."""
    if agent not in state.queues:
        return rejected_agent(state, agent)
    freed = given_back(state, over(workspace, state, now))
    held = held_by(freed, owner)
    if held and task_id in (None, held.task_id):
        return freed
    task = freed.task(task_id) if task_id else _next(freed, agent, now, can_do)
    if task is None and task_id is None:
        return freed
    turn = task.turn + 1 if task else 1
    name = task_id or (task.task_id if task else "")
    return apply(freed, ClaimTask(name, agent, owner, turn, now, lease_s, process))


def hand_in(
    board: Board,
    task_id: str,
    owner: str,
    paths: Iterable[str],
    now: datetime,
    *,
    result: Json | None = None,
) -> Task:
    """Hand a claimed task in with the files that came of it; return it, waiting for its gates.

    paths are relative to the root; where there are none, the task's own outputs are taken.
    Raises UserError where a file is missing, or the task is not owner's.
    """
    task = claimed(board, task_id)
    submitted = submission(board.workspace, task, owner, paths, now, result)
    handed = done(board.change(submitted)).task(task_id)
    assert handed, "a submitted task stays queued"
    return handed


def judge(board: Board, task_id: str, now: datetime, *, along: Along | None = None) -> Json | None:
    """Complete or fail a task that was handed in, by its gates; return their report.

    along goes into the same change (Board.change). None says that the stages which tell of its
    deliveries have to run first. Raises UserError where the task is not handed in.
    """
    state = board.load()
    task = _claimed(state, task_id)
    if task.submission is None:
        raise UserError(f"{task_id} is not handed in: `faucet queue submit {task_id}`")
    report = verdict(board, state, task)
    if report is not None:
        done(board.change(JudgeTask(task_id, task.turn, now, report), along=along))
    return report


def submission(
    workspace: Workspace,
    task: Task,
    owner: str,
    paths: Iterable[str],
    now: datetime,
    result: Json | None,
) -> SubmitTask:
    """Return the operation that hands a task in, with the digests of its files as they are now."""
    outputs = tuple(digest_of(workspace, path) for path in paths or task.rest.get("outputs", ()))
    inputs = tuple(digest_of(workspace, path) for path in task.rest.get("inputs", ()))
    return SubmitTask(task.task_id, owner, task.turn, now, outputs, inputs, result)


def verdict(
    board: Board, state: State, task: Task, receipts: Sequence[Json] | None = None
) -> Json | None:
    """Return the gates' report of a submitted task as the workspace is now.

    receipts are those that belong to state; whoever judges many tasks on it reads them once.
    None where the stages that tell of its deliveries are behind.
    """
    if awaits_integration(board.workspace, task):
        return None
    others = _others(state, board.receipts() if receipts is None else receipts, task)
    return evaluate(criteria_of(task.rest), gather(board.workspace, task, others))


def apply_or_raise(board: Board, operation: Operation) -> State:
    """Apply one operation to a board; raises UserError where it is rejected."""
    return done(board.change(operation))


def claimed(board: Board, task_id: str) -> Task:
    """Return a task that somebody has claimed; raises UserError where nobody has."""
    state = board.load()
    if task_id in state.done:
        board.synchronize()  # who completed it may have been killed before its queue was written
    return _claimed(state, task_id)


def given_back(state: State, gone: Iterable[Task]) -> State:
    """Return the state in which the claims of owners that are gone are free again."""
    for task in gone:
        freed = apply(state, ReleaseClaim(task.task_id, task.turn))
        assert isinstance(freed, State), "a claim whose owner is gone can be given back"
        state = freed
    return state


def done(outcome: State | Rejected) -> State:
    """Return the state that came out; raises UserError with the sentence of a rejection."""
    if isinstance(outcome, Rejected):
        raise UserError(outcome.message)
    return outcome


def _next(state: State, agent: str, now: datetime, can_do: Callable[[Task], bool]) -> Task | None:
    return next(filter(can_do, claimable(state, agent, now)), None)


def _claimed(state: State, task_id: str) -> Task:
    task = state.task(task_id)
    if task is None:
        standing_now = "is completed" if task_id in state.done else "is no task"
        raise UserError(f"{task_id} {standing_now}")
    if task.claim is None:
        raise UserError(f"{task_id} is {standing(state, task)}, nobody has claimed it")
    return task


def _others(state: State, receipts: Sequence[Json], task: Task) -> Others:
    """Return what was handed in for other tasks, and what of it after this one.

    A task is judged beside what was there when it was handed in, not by what came after it.
    """
    if not any(is_delivery(output) for output in task.handed_in):
        return Others()
    handed = [
        *((one.task_id, one.handed_in, _when(one.submission)) for one in state.tasks()),
        *((one["task_id"], one["outputs"], _when(one)) for one in receipts),
    ]
    mine = _when(task.submission)
    found = [
        (output["sha256"], name, when > mine)
        for name, outputs, when in handed
        for output in outputs
        if name != task.task_id and is_delivery(output)
    ]
    later = frozenset(digest for digest, _, is_later in found if is_later)
    return Others({digest: name for digest, name, is_later in found if not is_later}, later)


def _when(submission: Json | None) -> str:
    """Return when something was handed in, so that it sorts; never comes first."""
    return (submission or {}).get("submitted") or ""
