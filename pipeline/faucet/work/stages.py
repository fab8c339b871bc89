"""Tasks that the workspace does by itself: a stage of the DAG, a checkpoint with its archive."""

from pathlib import Path

from pipeline.faucet.checkpoints.archive import UncommittedError, write_archive
from pipeline.faucet.checkpoints.making import checkpoint, settle
from pipeline.faucet.checkpoints.settled import (
    foreign_changes,
    is_known_settled,
    remember_settled,
    torn,
)
from pipeline.faucet.runs.apart import last_words, repro_apart
from pipeline.faucet.runs.inbox import land_inbox
from pipeline.faucet.runs.supervise import Bounds
from pipeline.faucet.work.assignment import Assignment, Outcome
from pipeline.faucet.work.endings import FailedAttempt, TransientFailure
from pipeline.workspace.dag import Dag

_ROUNDS = 4


def run_stage(given: Assignment) -> Outcome:
    """Land what waits and run the DAG, so that the stage which a task names is current.

    A task whose outputs are current is done without a run. One run serves all tasks of a wave:
    those behind its reader wait for the deliveries that this one read, not for later ones.
    """
    stage = given.task.rest.get("stage", "")
    Dag(given.workspace).stage(stage)
    land_inbox(given.workspace, given.watch)
    is_behind_reader = bool(given.task.rest.get("wave")) and bool(given.task.dependencies)
    if not _is_current(given, but_for_new=is_behind_reader):
        bounds = Bounds(given.worker.timeout_s, given.worker.silence_s)
        ended = repro_apart(given.workspace, (), bounds, given.watch)
        if ended.why:
            raise FailedAttempt(f"stage {stage}: {ended.why}")
        if ended.exit_code:
            raise FailedAttempt(f"stage {stage} failed: {last_words(ended.tail)}")
        with given.workspace.run_lock(is_announced=False, watch=given.watch):
            if torn(given.workspace) is None:
                remember_settled(given.workspace)
    return Outcome(tuple(given.task.rest.get("outputs", ())), {"stage": stage})


def _is_current(given: Assignment, *, but_for_new: bool) -> bool:
    with given.workspace.run_lock(is_announced=False, watch=given.watch):
        is_known = is_known_settled(given.workspace, but_for_new=but_for_new)
    return is_known and not foreign_changes(given.workspace)


def make_checkpoint(given: Assignment) -> Outcome:
    """Settle the data set and commit it, and write the archive that a task asks for.

    Where clones share the board the commit is made when the task is completed. A run that somebody
    began between the commit and the archive asks for another commit; raises TransientFailure where
    one always did.
    """
    for _ in range(_ROUNDS):
        settle(given.workspace, given.watch)
        made = None if given.is_shared else checkpoint(given.workspace)
        if "archive" not in given.task.rest:
            return Outcome(result={"checkpoint": made.commit if made else "settled"})
        path = Path(given.task.rest["archive"])
        try:
            written = write_archive(given.workspace, given.workspace / path)
        except UncommittedError as fault:
            moved = fault
            continue
        result = {"commit": written.commit, "objects": written.objects}
        return Outcome((path.as_posix(),), result)
    raise TransientFailure(str(moved))
