"""Judging for a whole team, beside its work: whoever deals tasks out never waits for the gates."""

import threading
from collections.abc import Callable

from pipeline.core.errors import UserError
from pipeline.faucet.clones.boards import open_board
from pipeline.faucet.queues.board import Board
from pipeline.faucet.settings import Settings
from pipeline.faucet.work.endings import InterruptedWork, StoppedWorker
from pipeline.faucet.work.keeping import keep_completed
from pipeline.faucet.work.looping import StopSignal, rest
from pipeline.faucet.work.tending import judge_waiting
from pipeline.workspace.layout import JUDGING_LOCK
from pipeline.workspace.locks import try_lock
from pipeline.workspace.workspace import Workspace

NAME = "gates"


class Gatekeeper:
    """A thread that judges what was handed in until it is told to stop.

    While it lives, workers hand in and go on with their next task. It holds a lock by which they
    know, so that they judge by themselves where nobody else does; it makes their checkpoints, too.
    rounds counts its looks, judged what it judged or kept.
    """

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        say: Callable[[str, str], None],
        stop: StopSignal,
    ) -> None:
        self._workspace, self._settings, self._say, self._stop = workspace, settings, say, stop
        self._trouble = ""
        self.rounds = 0
        self.judged = 0
        self._thread = threading.Thread(target=self._work, name=NAME)
        self._thread.start()

    def is_alive(self) -> bool:
        """Return whether it still judges; a bug may have ended it."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait for its end; the stop signal ends it."""
        self._thread.join()

    def _work(self) -> None:
        board = open_board(self._workspace, self._settings)
        while not self._stop():
            with try_lock(self._workspace, JUDGING_LOCK) as is_ours:
                while is_ours and not self._stop():
                    self._round(board)
                    rest(self._workspace, self._settings.rescan_s, self._stop)
            self.rounds += 1  # another team judges here
            rest(self._workspace, self._settings.rescan_s, self._stop)

    def _round(self, board: Board) -> None:
        try:
            board.synchronize()
            for task_id, conclusion in judge_waiting(board, self._settings, self._raise_if_stopped):
                self._say(NAME, conclusion.sentence(task_id))
                self.judged += 1
            checkpoint = keep_completed(board, self._raise_if_stopped)
            if checkpoint:
                self._say(NAME, f"checkpoint {checkpoint[:10]}")
                self.judged += 1
            self._trouble = ""
        except InterruptedWork:
            return
        except UserError as fault:
            if str(fault) != self._trouble:
                self._say(NAME, f"what was handed in or completed waits: {fault}")
            self._trouble = str(fault)
        self.rounds += 1

    def _raise_if_stopped(self) -> None:
        if self._stop():
            raise StoppedWorker
