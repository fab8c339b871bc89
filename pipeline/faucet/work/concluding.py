"""The end of an attempt: the data set settled, the gates asked, one change, one checkpoint."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.checkpoints import making
from pipeline.faucet.gates.delivered import awaits_integration
from pipeline.faucet.queues.attempts import submission, verdict
from pipeline.faucet.queues.board import Board, MovedError
from pipeline.faucet.settings import Settings
from pipeline.faucet.tasks.machine import apply
from pipeline.faucet.tasks.operations import JudgeTask, Operation, Rejected
from pipeline.faucet.tasks.state import State, Task
from pipeline.faucet.work.outcome import Outcome

Watch = Callable[[], str | None]

_ROUNDS = 6


class Conclusion(NamedTuple):
    """How an attempt ended: completed, failed, submitted (its gates come later) or lost.

    report is that of its gates, checkpoint the commit that holds it, note what kept the commit
    from being made.
    """

    ending: str
    report: Json | None = None
    checkpoint: str | None = None
    note: str | None = None


def hand_over(
    board: Board, settings: Settings, task: Task, outcome: Outcome, watch: Watch
) -> Conclusion:
    """Hand a claimed task in with what came of it, and complete or fail it by its gates.

    Deliveries that others integrate are only handed in; gates are asked once that was done.
    Raises UserError where the data set cannot be settled: the attempt is not judged then.
    """
    assert task.claim, "only a claimed task is handed over"
    owner = task.claim.owner

    def submit() -> Operation:
        now = datetime.now(UTC)
        return submission(board.root, task, owner, outcome.outputs, now, outcome.result)

    if not board.is_shared:
        operation = submit()
        handed = _handed(board.load(), task, operation)
        if handed is None:
            return Conclusion("lost")
        if awaits_integration(board.root, handed):
            is_lost = isinstance(board.change(operation), Rejected)
            return Conclusion("lost" if is_lost else "submitted")
    return _conclude(board, settings, task, submit, watch)


def judge_later(board: Board, settings: Settings, task: Task, watch: Watch) -> Conclusion | None:
    """Complete or fail a task that was handed in before; None where its gates must wait still."""
    if awaits_integration(board.root, task):
        return None
    return _conclude(board, settings, task, None, watch)


def _conclude(
    board: Board,
    settings: Settings,
    task: Task,
    submit: Callable[[], Operation] | None,
    watch: Watch,
) -> Conclusion:
    for _ in range(_ROUNDS):
        board.synchronize()
        making.settle(board.root, watch)
        steps = [submit()] if submit else []
        state = board.load()
        handed = _handed(state, task, *steps)
        if handed is None:
            return Conclusion("lost")
        report = verdict(board, state, handed)
        if report is None:
            is_lost = isinstance(board.change(*steps), Rejected)
            return Conclusion("lost" if is_lost else "submitted")
        told = making.Task(task.task_id, task.agent, task.attempt)
        along = making.along(board.root, [told]) if report["passed"] and board.is_shared else None
        judged = JudgeTask(task.task_id, task.turn, datetime.now(UTC), report)
        try:
            if report["passed"]:
                making.hold_gates(board.root, settings.checkpoint_gates)
            if isinstance(board.change(*steps, judged, along=along), Rejected):
                return Conclusion("lost")
        except MovedError:
            continue
        if not report["passed"]:
            return Conclusion("failed", report)
        return _kept(board, told, report, watch)
    raise UserError(f"others published {_ROUNDS} times meanwhile: tried again later")


def _kept(board: Board, told: making.Task, report: Json, watch: Watch) -> Conclusion:
    """Return a completed attempt with the commit that holds it.

    The receipt stands even where the commit cannot be made: the next checkpoint takes it.
    """
    if board.is_shared:
        board.synchronize()
        return Conclusion("completed", report, "published")
    note = None
    for _ in range(_ROUNDS):
        try:
            made = making.checkpoint(board.root, [told])
            return Conclusion("completed", report, made.commit if made else None)
        except UserError as fault:
            note = str(fault)
        try:
            making.settle(board.root, watch)
        except UserError as fault:
            note = str(fault)
            break
    return Conclusion("completed", report, note=note)


def _handed(state: State, task: Task, *steps: Operation) -> Task | None:
    """Return a task as it is once steps are done, None where it is not the caller's any more."""
    for step in steps:
        after = apply(state, step)
        if isinstance(after, Rejected):
            return None
        state = after
    found = state.task(task.task_id)
    return found if found and found.turn == task.turn and found.submission else None
