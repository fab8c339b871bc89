"""Tasks done by hand: what commands, MCP and hooks of a session call, one function for each step.

By hand means that no worker runs the agent: it takes its task itself and hands it in itself.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.abilities.ability import worker_of
from pipeline.faucet.gates.arrivals import waits_for_deliveries
from pipeline.faucet.queues import attempts
from pipeline.faucet.queues.board import Board
from pipeline.faucet.queues.leases import over
from pipeline.faucet.queues.refilling import refill_queues
from pipeline.faucet.settings import read_settings
from pipeline.faucet.tasks.claiming import rejected_agent
from pipeline.faucet.tasks.operations import FailTask, ReleaseClaim
from pipeline.faucet.tasks.state import State, Task, claimable, held_by, takes_tasks
from pipeline.faucet.work.assignment import Places, places_of
from pipeline.faucet.work.briefing import page_of
from pipeline.faucet.work.collecting import account, forget_taken, taken_over
from pipeline.faucet.work.concluding import Conclusion, ending_of, keep
from pipeline.faucet.work.endings import FailedAttempt
from pipeline.workspace.layout import WORK


def take(board: Board, agent: str, owner: str, task_id: str | None = None) -> Task | None:
    """Claim a task for owner and return it: the one owner has, the one named, or the next one.

    Its working folder is made. Where nothing is queued the plan is asked for more, as a worker
    would: a session of its own has none beside it. None says that there is nothing to do now.
    Raises UserError where agent has no queue, or the named task cannot be claimed.
    """

    def can_do(task: Task) -> bool:
        return not waits_for_deliveries(board.workspace, task)

    def claim() -> Task | None:
        return attempts.claim(board, agent, owner, _now(), task_id=task_id, can_do=can_do)

    task = claim() or (claim() if task_id is None and _is_filled(board, agent) else None)
    if task is not None:
        places_of(board.workspace, task)
    return task


def upcoming(board: Board, agent: str, owner: str) -> Task | None:
    """Return the task that take would return now, without taking it: claims of the dead are free.

    Raises UserError where agent has no queue.
    """
    found = _upcoming(board, agent, owner)
    return found or (_upcoming(board, agent, owner) if _is_filled(board, agent) else None)


def _upcoming(board: Board, agent: str, owner: str) -> Task | None:
    state = board.load()
    if agent not in state.queues:
        raise UserError(rejected_agent(state, agent).message)
    freed = attempts.given_back(state, over(board.workspace, state, _now()))
    held = held_by(freed, owner)
    if held:
        return held
    able = (
        task
        for task in claimable(freed, agent, _now())
        if not waits_for_deliveries(board.workspace, task)
    )
    return next(able, None)


def _is_filled(board: Board, agent: str) -> bool:
    """Return whether an agent that takes tasks, and has none, was given some from the plan."""
    if not takes_tasks(board.load().queues[agent], _now()):
        return False
    return any(task.agent == agent for task in refill_queues(board, delivering=(agent,)))


def brief_of(board: Board, task: Task) -> str:
    """Return the brief of a task, taken or not; the working folder in it is made by take."""
    worker = worker_of(board.load(), read_settings(board.workspace), task.agent)
    return page_of(_places(board, task), task, worker.portion_pairs)


def hand_in(
    board: Board,
    task_id: str,
    owner: str | None = None,
    paths: Sequence[str] = (),
    result: Json | None = None,
) -> Task:
    """Hand a claimed task in with files, or with what lies in its working folder.

    paths are relative to the root. Without them what is below deliver/ lands as deliveries and
    what is in outbox/ goes to the agent's outbox; where nothing is there the task's own outputs
    are taken. owner is the agent itself where none is named. Raises UserError where the task is
    not owner's, or a file is missing.
    """
    task = attempts.claimed(board, task_id)
    holder = owner or task.agent
    _refuse_others(task, holder)
    taken = tuple(paths)
    if not taken and (board.workspace / WORK / task.task_id).is_dir():
        places = places_of(board.workspace, task)
        taken = taken_over(places, task).paths
        result = result if result is not None else _account(places)
    handed = attempts.hand_in(board, task_id, holder, taken, _now(), result=result)
    forget_taken(board.workspace, task_id)
    return handed


def judged(board: Board, task_id: str) -> Conclusion:
    """Judge a task that is handed in, and keep it in a checkpoint where its gates passed.

    Raises UserError where it is not handed in.
    """
    task = board.load().task(task_id)
    report = attempts.judge(board, task_id, _now())
    if report is None:
        return Conclusion("submitted")
    assert task, "what was judged was queued"
    if not report["passed"]:
        return Conclusion(ending_of(task, report), report)
    return keep(board, task)._replace(report=report)


def fail(
    board: Board,
    task_id: str,
    owner: str | None,
    kind: str,
    reason: str,
    retry_after_s: int | None = None,
) -> State:
    """Say that a claimed task did not succeed (FailTask), and return the state after that.

    Raises UserError where the task is not owner's; without one, the agent itself is meant.
    """
    task = attempts.claimed(board, task_id)
    holder = owner or task.agent
    failure = FailTask(task_id, holder, task.turn, _now(), kind, reason, retry_after_s)
    return attempts.apply_or_raise(board, failure)


def release(board: Board, task_id: str, owner: str | None = None) -> State:
    """Give a claimed task back untouched, and return the state after that.

    With owner it must be owner's; without, whoever held it is gone. Raises UserError where it is
    not, or where nobody has claimed it.
    """
    task = attempts.claimed(board, task_id)
    if owner is not None:
        _refuse_others(task, owner)
    return attempts.apply_or_raise(board, ReleaseClaim(task_id, task.turn))


def _refuse_others(task: Task, owner: str) -> None:
    """Raise UserError where a task is not owner's, before anything of it is touched."""
    if task.claim is not None and task.claim.owner != owner:
        raise UserError(f"{task.task_id} is claimed by {task.claim.owner}, not {owner}")


def _account(places: Places) -> Json | None:
    try:
        return account(places.result)
    except FailedAttempt as fault:
        raise UserError(str(fault)) from None


def _places(board: Board, task: Task) -> Places:
    """Return where a task is worked on: by who has it, or by who takes it next."""
    turn = task.turn if task.claim else task.turn + 1
    return Places.of(board.workspace, task.task_id, turn)


def _now() -> datetime:
    return datetime.now(UTC)
