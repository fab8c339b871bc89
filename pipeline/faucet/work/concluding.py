"""The end of an attempt: the data set settled, the gates asked, one change, one checkpoint."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.text import counted
from pipeline.faucet.abilities.ability import BUILT_IN
from pipeline.faucet.checkpoints import making
from pipeline.faucet.checkpoints.pushing import push_data
from pipeline.faucet.checkpoints.settled import is_known_settled, torn, unsettled
from pipeline.faucet.gates.criteria import failed
from pipeline.faucet.gates.delivered import awaits_integration
from pipeline.faucet.gates.tables import forget_tables
from pipeline.faucet.queues.attempts import submission, verdict
from pipeline.faucet.queues.board import Along, Board, MovedError, Step
from pipeline.faucet.settings import Settings
from pipeline.faucet.tasks.machine import apply
from pipeline.faucet.tasks.operations import JudgeTask, Operation, Rejected
from pipeline.faucet.tasks.owed import credit_of, has_grown, is_portion
from pipeline.faucet.tasks.state import State, Task, standing
from pipeline.faucet.work.assignment import Outcome, Watch
from pipeline.faucet.work.handing_out import hand_out
from pipeline.faucet.work.keeping import Kept, checkpoint_of, has_gatekeeper

_ROUNDS = 6


class Conclusion(NamedTuple):
    """How an attempt ended: completed, part, failed, submitted (judged later) or lost.

    Part says that pairs count and the task owes the rest.

    report is that of its gates, checkpoint the commit that holds it, note what kept the commit
    from being made.
    """

    ending: str
    report: Json | None = None
    checkpoint: str | None = None
    note: str | None = None

    def sentence(self, task_id: str) -> str:
        """Return how the attempt at a task ended as one sentence."""
        if self.ending == "submitted":
            return f"{task_id}: handed in; judged once it is integrated"
        if self.ending == "lost":
            return f"{task_id}: the claim was lost, nothing is handed in"
        assert self.report, "what was judged has a report"
        if self.ending == "part":
            return f"{task_id}: a part counts: {'; '.join(failed(self.report))}"
        if self.ending == "failed":
            return f"{task_id}: FAILED: {'; '.join(failed(self.report))}"
        gates = counted(len(self.report["criteria"]), "gate")
        where = f", checkpoint {self.checkpoint[:10]}" if self.checkpoint else ""
        note = f"; no checkpoint yet: {self.note}" if self.note else ""
        return f"{task_id}: completed, {gates} passed{where}{note}"


def hand_over(
    board: Board,
    settings: Settings,
    task: Task,
    outcome: Outcome,
    watch: Watch,
    then: Sequence[Step] = (),
) -> Conclusion:
    """Hand a claimed task in with what came of it, and complete or fail it by its gates.

    Deliveries that others integrate are only handed in; gates are asked once that was done, and
    then are the steps that go into the same change. Raises UserError where the data set cannot be
    settled: the attempt is not judged then.
    """
    assert task.claim, "only a claimed task is handed over"
    owner = task.claim.owner

    def submit() -> Operation:
        now = datetime.now(UTC)
        return submission(board.workspace, task, owner, outcome.outputs, now, outcome.result)

    if not board.is_shared:
        operation = submit()
        handed = _handed(board.load(), task, operation)
        if handed is None:
            return Conclusion("lost")
        if awaits_integration(board.workspace, handed) or _is_judged_by_others(board, task):
            return _only_submitted(board, operation, then)
    for _ in range(_ROUNDS):
        board.synchronize()
        if board.is_shared or not is_known_settled(board.workspace, but_for_new=True):
            making.settle(board.workspace, watch)
        if board.is_shared:
            push_data(board.workspace)
        try:
            return _judged(board, settings, task, submit, watch)
        except MovedError:
            continue
    raise UserError(f"others published {_ROUNDS} times meanwhile")


def keep(board: Board, task: Task, watch: Watch = lambda: None) -> Conclusion:
    """Return the checkpoint of a task that was judged by hand, or what kept it from being made."""
    hand_out(board.workspace, task)
    if board.workspace.dag.names and torn(board.workspace):
        return Conclusion("completed", note="the stages have not run to their end: `faucet repro`")
    return Conclusion("completed", None, *checkpoint_of(board, [_entry(task)], watch))


def judge_handed_in(
    board: Board, settings: Settings, watch: Watch = lambda: None
) -> list[tuple[str, Conclusion]]:
    """Complete or fail the tasks whose gates had to wait, as far as they need not any more.

    Runs nothing: gates are asked of what the last run made, before the next one begins, and one
    checkpoint takes all that passed. What was handed in after that run waits for the next. Raises
    UserError where the checkpoint's own gates fail.
    """
    state = board.load()
    waiting = [task for task in state.tasks() if standing(state, task) == "submitted"]
    if not waiting:
        return []
    ended = []
    with board.workspace.judging_lock(watch):
        if (unsettled if board.is_shared else torn)(board.workspace):
            return []
        state, receipts = board.load(), board.receipts()
        making.hold_gates(board.workspace, settings.checkpoint_gates)
        for task in waiting:
            report = verdict(board, state, task, receipts)
            if report is not None and not _is_lost(board, task, report):
                ended.append((task, Conclusion(ending_of(task, report), report)))
    forget_tables()
    passed = [_entry(task) for task, conclusion in ended if conclusion.ending == "completed"]
    kept = checkpoint_of(board, passed, lambda: None) if passed else Kept(None)
    return [
        (task.task_id, conclusion._replace(checkpoint=kept.checkpoint, note=kept.note))
        for task, conclusion in ended
    ]


def _is_judged_by_others(board: Board, task: Task) -> bool:
    """Return whether a gatekeeper judges here, so that the worker can go on with its next task.

    What a stage or a checkpoint made is judged at once: the next run makes it anew.
    """
    return task.rest.get("kind") not in BUILT_IN and has_gatekeeper(board)


def _judged(
    board: Board,
    settings: Settings,
    task: Task,
    submission_now: Callable[[], Operation],
    watch: Watch,
) -> Conclusion:
    """Judge a task by the settled data set, and keep it in a checkpoint where it passed.

    What it hands in is looked at while no run can change it. Raises MovedError where others
    published, or began a run, meanwhile.
    """
    with board.workspace.run_lock(is_announced=False, watch=watch):
        if (unsettled if board.is_shared else torn)(board.workspace):
            raise MovedError("a run of somebody else is half way")
        submit = submission_now()
        state = board.load()
        handed = _handed(state, task, submit)
        if handed is None:
            return Conclusion("lost")
        report = verdict(board, state, handed)
        if report is None:
            return _only_submitted(board, submit)
        if report["passed"]:
            making.hold_gates(board.workspace, settings.checkpoint_gates)
        if _is_lost(board, handed, report, submit):
            return Conclusion("lost")
        if not report["passed"]:
            return Conclusion(ending_of(handed, report), report)
    if has_gatekeeper(board):
        return Conclusion("completed", report)  # who judges keeps it, with what else is completed
    kept = checkpoint_of(board, [_entry(task)], watch)
    return Conclusion("completed", report, kept.checkpoint, kept.note)


def ending_of(task: Task, report: Json) -> str:
    """Return how a judged attempt ended: completed, part or failed."""
    if report["passed"]:
        return "completed"
    brought = has_grown(task.credit, credit_of(task, report))
    return "part" if brought and is_portion(report) else "failed"


def _is_lost(board: Board, task: Task, report: Json, *before: Operation) -> bool:
    """Judge a task on the board; return whether it is not the caller's to judge any more."""
    judged = JudgeTask(task.task_id, task.turn, datetime.now(UTC), report)
    outcome = board.change(*before, judged, along=_along(board, task, report))
    if isinstance(outcome, Rejected):
        return True
    if report["passed"] and not board.is_shared:
        hand_out(board.workspace, task)
    return False


def _along(board: Board, task: Task, report: Json) -> Along | None:
    """Return the data set as what is published with a completed task, where there are clones."""
    if not board.is_shared or not report["passed"]:
        return None
    return making.along(board.workspace, [_entry(task)])


def _only_submitted(board: Board, submit: Operation, then: Sequence[Step] = ()) -> Conclusion:
    is_lost = isinstance(board.change(submit, *then), Rejected)
    return Conclusion("lost" if is_lost else "submitted")


def _handed(state: State, task: Task, submit: Operation) -> Task | None:
    """Return a task as it is once it is handed in, None where it is not the caller's any more."""
    after = apply(state, submit)
    found = after.task(task.task_id) if isinstance(after, State) else None
    return found if found and found.turn == task.turn and found.submission else None


def _entry(task: Task) -> making.CheckpointTask:
    return making.CheckpointTask(task.task_id, task.agent, task.attempt)
