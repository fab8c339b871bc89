"""The sign of life of a worker: its claim renewed while it works, and noticed when it is lost."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from pipeline.core.errors import UserError
from pipeline.faucet.queues.board import Board
from pipeline.faucet.tasks.operations import Rejected, RenewClaim
from pipeline.faucet.tasks.state import Task
from pipeline.faucet.work.endings import LostClaim, StoppedWorker

_BEATS_PER_LEASE = 3


class Renewal:
    """Renews one claim; called many times a second, it looks at the board three times a lease.

    A board that cannot be reached is borne until the lease is over by this clock: from then on
    others may take the task, so the work must end.
    """

    def __init__(
        self,
        board: Board,
        task: Task,
        stopped: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        assert task.claim, "only a claimed task is renewed"
        self._board, self._task, self._stopped, self._clock = board, task, stopped, clock
        self._owner, self._lease_s = task.claim.owner, task.claim.lease_s
        self._asked = self._held = clock()

    def __call__(self) -> None:
        """Raise LostClaim or StoppedWorker where the work must end."""
        if self._stopped():
            raise StoppedWorker
        now = self._clock()
        if now - self._asked < self._lease_s / _BEATS_PER_LEASE:
            return
        self._asked = now
        operation = RenewClaim(self._task.task_id, self._owner, self._task.turn, datetime.now(UTC))
        try:
            is_lost = isinstance(self._board.change(operation), Rejected)
        except UserError:
            is_lost = now - self._held >= self._lease_s
        else:
            self._held = now
        if is_lost:
            raise LostClaim
