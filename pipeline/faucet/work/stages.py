"""Tasks that the workspace does by itself: a stage of the DAG, a checkpoint with its archive."""

from pathlib import Path

from pipeline.faucet.checkpoints.archive import write_archive
from pipeline.faucet.checkpoints.making import checkpoint, last_words, settle
from pipeline.faucet.runs.apart import repro_apart
from pipeline.faucet.runs.inbox import land_inbox
from pipeline.faucet.runs.supervise import Bounds
from pipeline.faucet.work.assignment import Assignment, Outcome
from pipeline.faucet.work.endings import FailedAttempt
from pipeline.workspace.dag import Dag


def run_stage(given: Assignment) -> Outcome:
    """Land what waits and run the stage that a task names, with those before it."""
    stage = given.task.rest.get("stage", "")
    Dag(given.workspace).stage(stage)
    land_inbox(given.workspace, given.watch)
    bounds = Bounds(given.worker.timeout_s, given.worker.silence_s)
    ended = repro_apart(given.workspace, (stage,), bounds, given.watch)
    if ended.why:
        raise FailedAttempt(f"stage {stage}: {ended.why}")
    if ended.exit_code:
        raise FailedAttempt(f"stage {stage} failed: {last_words(ended.tail)}")
    return Outcome(tuple(given.task.rest.get("outputs", ())), {"stage": stage})


def make_checkpoint(given: Assignment) -> Outcome:
    """Settle the data set and commit it, and write the archive that a task asks for.

    Where clones share the board the commit is made when the task is completed.
    """
    settle(given.workspace, given.watch)
    made = None if given.is_shared else checkpoint(given.workspace)
    if "archive" not in given.task.rest:
        return Outcome(result={"checkpoint": made.commit if made else "settled"})
    path = Path(given.task.rest["archive"])
    written = write_archive(given.workspace, given.workspace / path)
    return Outcome((path.as_posix(),), {"commit": written.commit, "objects": written.objects})
