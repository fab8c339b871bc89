"""What is done for a whole team beside its work: whoever deals tasks out waits for nothing else."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.faucet.clones.boards import open_board
from pipeline.faucet.queues.board import Board
from pipeline.faucet.settings import Settings
from pipeline.faucet.work.assignment import Watch
from pipeline.faucet.work.endings import InterruptedWork, StoppedWorker
from pipeline.faucet.work.keeping import keep_completed
from pipeline.faucet.work.looping import StopSignal, rest
from pipeline.faucet.work.tending import judge_waiting, keep_flowing
from pipeline.workspace.layout import JUDGING_LOCK, TEND_LOCK
from pipeline.workspace.locks import try_lock
from pipeline.workspace.workspace import Workspace

Round = Callable[[Board, Settings, Watch], Iterator[str]]
Say = Callable[[str, str], None]


class TeamDuty:
    """A thread that goes through the rounds of a duty until it is told to stop.

    While it lives it holds the lock of its duty, by which workers know that they need not see to
    it: they do where nobody else does. rounds counts its looks, events what it did.
    """

    def __init__(
        self,
        workspace: Workspace,
        settings: Settings,
        say: Say,
        stop: StopSignal,
        *,
        name: str,
        lock: Path,
        go_round: Round,
    ) -> None:
        self._workspace, self._settings, self._say, self._stop = workspace, settings, say, stop
        self._lock, self._go_round = lock, go_round
        self._trouble = ""
        self.name = name
        self.rounds = 0
        self.events = 0
        self._thread = threading.Thread(target=self._work, name=name)
        self._thread.start()

    def is_alive(self) -> bool:
        """Return whether it still goes round; a bug may have ended it."""
        return self._thread.is_alive()

    def join(self) -> None:
        """Wait for its end; the stop signal ends it."""
        self._thread.join()

    def _work(self) -> None:
        board = open_board(self._workspace, self._settings)
        while not self._stop():
            with try_lock(self._workspace, self._lock) as is_ours:
                while is_ours and not self._stop():
                    self._round(board)
                    rest(self._workspace, self._settings.rescan_s, self._stop)
            self.rounds += 1  # another team sees to it
            rest(self._workspace, self._settings.rescan_s, self._stop)

    def _round(self, board: Board) -> None:
        try:
            board.synchronize()
            for sentence in self._go_round(board, self._settings, self._raise_if_stopped):
                self._say(self.name, sentence)
                self.events += 1
            self._trouble = ""
        except InterruptedWork:
            return
        except UserError as fault:
            if str(fault) != self._trouble:
                self._say(self.name, f"what was handed in or completed waits: {fault}")
            self._trouble = str(fault)
        self.rounds += 1

    def _raise_if_stopped(self) -> None:
        if self._stop():
            raise StoppedWorker


def gatekeeper(workspace: Workspace, settings: Settings, say: Say, stop: StopSignal) -> TeamDuty:
    """Return who judges what was handed in and makes the checkpoints of what was completed."""
    return TeamDuty(
        workspace, settings, say, stop, name="gates", lock=JUDGING_LOCK, go_round=_judge_and_keep
    )


def housekeeper(workspace: Workspace, settings: Settings, say: Say, stop: StopSignal) -> TeamDuty:
    """Return who frees, lands and refills, so that no worker does between two of its tasks."""
    return TeamDuty(
        workspace, settings, say, stop, name="flow", lock=TEND_LOCK, go_round=keep_flowing
    )


def _judge_and_keep(board: Board, settings: Settings, watch: Watch) -> Iterator[str]:
    for task_id, conclusion in judge_waiting(board, settings, watch):
        yield conclusion.sentence(task_id)
    checkpoint = keep_completed(board, watch)
    if checkpoint:
        yield f"checkpoint {checkpoint[:10]}"
