"""One attempt at a task, as a worker makes it: taken, done, handed in, ended.

Killed between any two of these it loses nothing: the claim is freed by whoever looks next, and
what was finished is either wholly there or not at all.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.abilities.ability import ability, worker_of
from pipeline.faucet.gates.facts import MissingFileError
from pipeline.faucet.queues.attempts import claimed_in, done
from pipeline.faucet.queues.board import Board, Step
from pipeline.faucet.settings import Settings, Worker
from pipeline.faucet.tasks.operations import FailTask, Rejected, ReleaseClaim, RestAgent
from pipeline.faucet.tasks.state import State, Task, held_by
from pipeline.faucet.work.assignment import Assignment, Outcome
from pipeline.faucet.work.collecting import forget_taken
from pipeline.faucet.work.concluding import Conclusion, hand_over
from pipeline.faucet.work.endings import (
    FailedAttempt,
    InterruptedWork,
    StoppedWorker,
    TransientFailure,
)
from pipeline.faucet.work.renewal import Renewal
from pipeline.faucet.work.ways import do


class Attempt:
    """A claimed task in the hands of its worker; raises UserError where the board is away."""

    def __init__(
        self,
        board: Board,
        settings: Settings,
        worker: Worker,
        task: Task,
        stopped: Callable[[], bool],
    ) -> None:
        self._board, self._settings, self._worker, self._stopped = board, settings, worker, stopped
        self.task = task
        self._watch = Renewal(board, task, stopped)

    @classmethod
    def take(
        cls,
        board: Board,
        settings: Settings,
        agent: str,
        owner: str,
        process: Json,
        stopped: Callable[[], bool],
    ) -> "Attempt | None":
        """Claim the next task that agent can do here; None where there is none now."""
        state = done(board.change(_next_claim(board, settings, agent, owner, process)))
        task = held_by(state, owner)
        if task is None:
            return None
        return cls(board, settings, worker_of(state, settings, agent), task, stopped)

    def do(self) -> Outcome:
        """Return what came of the task, done in the way of its kind.

        Raises FailedAttempt where nothing came of it, InterruptedWork where it had to end.
        """
        board, task = self._board, self.task
        try:
            return do(Assignment(board.workspace, task, self._worker, self._watch, board.is_shared))
        except (FailedAttempt, InterruptedWork):
            raise
        except UserError as fault:
            raise FailedAttempt(str(fault)) from fault

    def hand_in(self, outcome: Outcome, *, goes_on: bool = False) -> Conclusion:
        """Hand in what came of the task, and return what its gates made of that.

        Who goes on has its next task by the same change, where it is only handed in: an agent of
        short tasks does not stand between two of them. Raises FailedAttempt or InterruptedWork
        where it could not be judged.
        """
        then = self._further() if goes_on and outcome.ending is None else []
        try:
            concluded = hand_over(
                self._board, self._settings, self.task, outcome, self._watch, then
            )
        except MissingFileError as missing:
            text = f"an output that the task names is missing: {missing}"
            raise FailedAttempt(text) from missing
        except InterruptedWork:
            raise
        except UserError as fault:
            if self._stopped():
                raise StoppedWorker from fault
            raise TransientFailure(str(fault)) from fault
        forget_taken(self._board.workspace, self.task.task_id)
        ending = outcome.ending
        if ending is not None and ending.kind in ("quota", "setup"):
            now, agent = datetime.now(UTC), self.task.agent
            rested = RestAgent(agent, now, ending.kind, str(ending), ending.retry_after_s)
            self._board.change(rested)
        return concluded

    def _further(self) -> list[Step]:
        """Return the step that claims the next task for who has this one."""
        agent, claim = self.task.agent, self.task.claim
        assert claim, "only a claimed task is handed in"
        return [_next_claim(self._board, self._settings, agent, claim.owner, claim.process)]

    def end(self, ending: FailedAttempt | InterruptedWork) -> str:
        """Put on the board why the attempt is over, and return its kind; lost where it is not ours.

        A worker that was asked to end gives the task back; a lost claim is nobody's to speak of.
        """
        task = self.task
        assert task.claim, "only a claimed task is ended"
        if isinstance(ending, InterruptedWork):
            if self._stopped():
                self._board.change(ReleaseClaim(task.task_id, task.turn))
            return "lost"
        now = datetime.now(UTC)
        failure = (ending.kind, str(ending), ending.retry_after_s)
        self._board.change(FailTask(task.task_id, task.claim.owner, task.turn, now, *failure))
        return ending.kind


def _next_claim(
    board: Board, settings: Settings, agent: str, owner: str, process: Json | None
) -> Step:
    """Return the step that gives owner the next task that agent can do, as its queue says then."""

    def step(state: State) -> State | Rejected:
        worker = worker_of(state, settings, agent)
        return claimed_in(
            *(state, board.workspace, agent, owner, datetime.now(UTC)),
            lease_s=settings.lease_s,
            process=process,
            can_do=ability(board.workspace, worker),
        )

    return step
