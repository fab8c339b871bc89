"""One worker of one agent: tends to what is everybody's, and makes one attempt after the other."""

import platform
import time
from collections.abc import Callable

from pipeline.core.errors import UserError
from pipeline.faucet.queues.board import Board
from pipeline.faucet.queues.owners import this_process
from pipeline.faucet.settings import Settings
from pipeline.faucet.tasks.operations import ReleaseClaim
from pipeline.faucet.tasks.state import held_by
from pipeline.faucet.work.attempt import Attempt
from pipeline.faucet.work.endings import FailedAttempt, InterruptedWork, StoppedWorker
from pipeline.faucet.work.tending import tend

Say = Callable[[str], None]

_TEND_EVERY_S = 2.0


class TeamWorker:
    """Works for one agent on a board; say gets each thing that happens, as a sentence.

    One that goes on may have its next task in hand when it has done one.
    """

    def __init__(
        self,
        board: Board,
        settings: Settings,
        agent: str,
        say: Say,
        stopped: Callable[[], bool],
        *,
        goes_on: bool = False,
    ) -> None:
        self._board, self._settings, self._agent = board, settings, agent
        self._say, self._stopped, self._goes_on = say, stopped, goes_on
        self._tended = -_TEND_EVERY_S
        self._process = this_process()
        self._owner = f"{agent}@{platform.node()}-{self._process['pid']}"

    def once(self) -> str | None:
        """Do one task and return how it ended (Conclusion.ending, or the kind of a failure).

        None where there is nothing for this agent to do now. Raises UserError where the board
        cannot be read, or its remote cannot be reached.
        """
        self._tend()
        attempt = Attempt.take(
            self._board, self._settings, self._agent, self._owner, self._process, self._stopped
        )
        if attempt is None or self._stopped():
            return None
        self._say(f"{attempt.task.task_id}: taken (attempt {attempt.task.attempt})")
        try:
            return self._made(attempt)
        except UserError:
            raise  # the board is away: the claim stays, and is found when it is back
        except Exception as bug:  # a task that meets a bug must not be tried for ever
            self._ended(attempt, FailedAttempt(f"{type(bug).__name__}: {bug}"))
            raise

    def give_back(self) -> None:
        """Free the task that was taken and not begun, before the worker ends."""
        held = held_by(self._board.load(), self._owner)
        if held is not None:
            self._board.change(ReleaseClaim(held.task_id, held.turn))

    def _tend(self) -> None:
        if time.monotonic() - self._tended < _TEND_EVERY_S:
            return
        self._board.synchronize()
        try:
            for sentence in tend(self._board, self._settings, self._raise_if_stopped):
                self._say(sentence)
        except StoppedWorker:
            return
        self._tended = time.monotonic()

    def _raise_if_stopped(self) -> None:
        if self._stopped():
            raise StoppedWorker

    def _made(self, attempt: Attempt) -> str:
        """Make an attempt and return how it ended."""
        try:
            goes_on = self._goes_on and not self._stopped()
            conclusion = attempt.hand_in(attempt.do(), goes_on=goes_on)
        except (FailedAttempt, InterruptedWork) as ending:
            return self._ended(attempt, ending)
        self._say(conclusion.sentence(attempt.task.task_id))
        return conclusion.ending

    def _ended(self, attempt: Attempt, ending: FailedAttempt | InterruptedWork) -> str:
        kind = attempt.end(ending)
        word = "given back" if kind == "lost" else kind
        self._say(f"{attempt.task.task_id}: {word}: {ending}")
        return kind
