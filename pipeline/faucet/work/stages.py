"""Tasks of kind stage: `faucet repro STAGE`."""

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints.making import last_words
from pipeline.faucet.runs.apart import repro_apart
from pipeline.faucet.runs.inbox import land_inbox
from pipeline.faucet.runs.supervise import Bounds
from pipeline.faucet.settings import Worker
from pipeline.faucet.tasks.state import Task
from pipeline.faucet.work.commands import Watch
from pipeline.faucet.work.outcome import Fault, Outcome, failed
from pipeline.faucet.work.renewal import LOST, STOPPED
from pipeline.workspace.workspace import Workspace


def run_stage(workspace: Workspace, task: Task, worker: Worker, watch: Watch) -> Outcome:
    """Land what waits and run the stage that a task names, with those before it."""
    stage = task.rest.get("stage", "")
    try:
        workspace.dag.stage(stage)
    except UserError as fault:
        return failed(str(fault))
    land_inbox(workspace, watch)
    ended = repro_apart(workspace, (stage,), Bounds(worker.timeout_s, worker.silence_s), watch)
    if ended.why in (LOST, STOPPED):
        return Outcome(fault=Fault("lost", ended.why))
    if ended.why:
        return failed(f"stage {stage}: {ended.why}")
    if ended.exit_code:
        return failed(f"stage {stage} failed: {last_words(ended.tail)}")
    return Outcome(tuple(task.rest.get("outputs", ())), {"stage": stage})
