"""One worker of one agent: tends to what is everybody's, takes the next task, does it, hands it in.

Killed at any moment it loses nothing: its claim is freed by whoever looks next, and what it had
finished is either wholly there or not at all.
"""

import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.faucet.answers.receipts import receipts
from pipeline.faucet.checkpoints.archive import write_archive
from pipeline.faucet.checkpoints.making import checkpoint, settle
from pipeline.faucet.gates.delivered import is_delivery
from pipeline.faucet.gates.facts import MissingFileError
from pipeline.faucet.queues.attempts import claim
from pipeline.faucet.queues.board import Board
from pipeline.faucet.queues.owners import this_process
from pipeline.faucet.queues.refilling import gaps
from pipeline.faucet.settings import Settings, Worker
from pipeline.faucet.tasks.operations import FailTask, ReleaseClaim
from pipeline.faucet.tasks.state import Task
from pipeline.faucet.work import droid
from pipeline.faucet.work.ability import ability, computable, read_plan
from pipeline.faucet.work.brief import brief
from pipeline.faucet.work.collecting import forget_taken
from pipeline.faucet.work.commands import call_agent, call_command, places_of
from pipeline.faucet.work.concluding import hand_over
from pipeline.faucet.work.outcome import Fault, Outcome, failed
from pipeline.faucet.work.renewal import LOST, STOPPED, Renewal
from pipeline.faucet.work.stages import run_stage
from pipeline.faucet.work.tending import tend, told
from pipeline.workspace.workspace import Workspace

Say = Callable[[str], None]

_TEND_EVERY_S = 2.0


class TeamWorker:
    """Works for one agent on a board; say is told each thing that happens, as a sentence."""

    def __init__(
        self, board: Board, settings: Settings, agent: str, say: Say, stopped: Callable[[], bool]
    ) -> None:
        self._board, self._settings, self._agent = board, settings, agent
        self._say, self._stopped = say, stopped
        self._tended = -_TEND_EVERY_S
        self._process = this_process()
        self._owner = f"{agent}@{platform.node()}-{self._process['pid']}"

    def once(self) -> str | None:
        """Do one task and return how it ended (Conclusion.ending, or the kind of a fault).

        None where there is nothing for this agent to do now. Raises UserError where the board
        cannot be read, or its remote cannot be reached.
        """
        if time.monotonic() - self._tended >= _TEND_EVERY_S:
            self._board.synchronize()
            for sentence in tend(self._board, self._settings, self._told_to_stop):
                self._say(sentence)
            self._tended = time.monotonic()
        task = self._take()
        if task is None or self._stopped():
            return None
        self._say(f"{task.task_id}: taken (attempt {task.attempt})")
        return self._work_on(task)

    def _told_to_stop(self) -> str | None:
        return STOPPED if self._stopped() else None

    def _take(self) -> Task | None:
        queue = self._board.load().queues.get(self._agent)
        worker = self._settings.worker(self._agent, queue.rest.get("worker") if queue else None)
        return claim(
            self._board,
            self._agent,
            self._owner,
            datetime.now(UTC),
            lease_s=self._settings.lease_s,
            process=self._process,
            can_do=ability(self._board.workspace, worker),
        )

    def _work_on(self, task: Task) -> str:
        watch = Renewal(self._board, task, self._stopped)
        queue = self._board.load().queues[task.agent]
        worker = self._settings.worker(task.agent, queue.rest.get("worker"))
        try:
            return self._done(task, worker, watch)
        except UserError:
            raise  # the board is away: the claim stays, and is found when it is back
        except Exception as bug:  # a task that meets a bug must not be tried for ever
            self._give_up(task, Fault("failed", f"{type(bug).__name__}: {bug}"))
            raise

    def _done(self, task: Task, worker: Worker, watch: Renewal) -> str:
        """Do a task, hand it over, and return how it ended."""
        outcome = self._do(task, worker, watch)
        if outcome.fault is None:
            try:
                conclusion = hand_over(self._board, self._settings, task, outcome, watch)
            except MissingFileError as missing:
                outcome = failed(f"an output that the task names is missing: {missing}")
            except UserError as fault:
                kind = "lost" if self._stopped() else "transient"
                outcome = Outcome(fault=Fault(kind, str(fault)))
            else:
                forget_taken(self._board.workspace, task.task_id)
                self._say(told(task.task_id, conclusion))
                return conclusion.ending
        assert outcome.fault, "what was not handed in has a fault"
        return self._give_up(task, outcome.fault)

    def _do(self, task: Task, worker: Worker, watch: Renewal) -> Outcome:
        """Return what came of a task, done in the way of its kind."""
        workspace = self._board.workspace
        try:
            match task.rest.get("kind"):
                case "stage":
                    return run_stage(workspace, task, worker, watch)
                case "command":
                    return call_command(task, worker, places_of(workspace, task), watch)
                case "checkpoint":
                    return self._checkpoint(workspace, task, watch)
            plan = read_plan(workspace)
            if worker.worked_examples and computable(task, plan):
                return droid.deliver(places_of(workspace, task), task, plan, datetime.now(UTC))
            places = places_of(workspace, task)
            coverage = {gap.indicator: gap for gap in gaps(workspace)}
            text = brief(task, places, coverage, _to_mend(workspace, task))
            return call_agent(task, worker, text, places, watch)
        except UserError as fault:
            is_ended = str(fault) in (LOST, STOPPED)
            return Outcome(fault=Fault("lost", str(fault))) if is_ended else failed(str(fault))

    def _checkpoint(self, workspace: Workspace, task: Task, watch: Renewal) -> Outcome:
        """Settle the data set and commit it, and write the archive that a task asks for."""
        settle(workspace, watch)
        made = None if self._board.is_shared else checkpoint(workspace)
        if "archive" not in task.rest:
            return Outcome(result={"checkpoint": made.commit if made else "settled"})
        path = Path(task.rest["archive"])
        written = write_archive(workspace, workspace / path)
        return Outcome((path.as_posix(),), {"commit": written.commit, "objects": written.objects})

    def _give_up(self, task: Task, fault: Fault) -> str:
        """Say on the board why an attempt is over; a lost claim is nobody's to speak of."""
        assert task.claim, "only a claimed task is given up"
        if fault.kind == "lost":
            if self._stopped():
                self._board.change(ReleaseClaim(task.task_id, task.turn))
            self._say(f"{task.task_id}: given back: {fault.reason}")
            return "lost"
        now = datetime.now(UTC)
        operation = FailTask(
            task.task_id,
            task.claim.owner,
            task.turn,
            now,
            fault.kind,
            fault.reason,
            fault.retry_after_s,
        )
        self._board.change(operation)
        self._say(f"{task.task_id}: {fault.kind}: {fault.reason}")
        return fault.kind


def _to_mend(workspace: Workspace, task: Task) -> tuple[str, ...]:
    """Return what the receipts of a task's deliveries ask its agent to mend."""
    starts = tuple(f"{out['sha256'][:12]}-" for out in task.handed_in if is_delivery(out))
    if not starts:
        return ()
    try:
        told_all = list(receipts(workspace))
    except UserError:
        return ()
    mine = [r for r in told_all if r["agent"] == task.agent and r["delivery"].startswith(starts)]
    return tuple(f"{receipt['name']}: {fault}" for receipt in mine for fault in receipt["to_mend"])
