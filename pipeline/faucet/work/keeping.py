"""Checkpoints of completed tasks: made by who completed one, or by who judges for all."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints import making
from pipeline.faucet.queues.board import Board
from pipeline.faucet.work.assignment import Watch
from pipeline.workspace.layout import JUDGING_LOCK
from pipeline.workspace.locks import is_held

_ROUNDS = 6


class Kept(NamedTuple):
    """The checkpoint that holds completed tasks; None with a note on why there is none."""

    checkpoint: str | None
    note: str | None = None


def checkpoint_of(board: Board, tasks: Sequence[making.CheckpointTask], watch: Watch) -> Kept:
    """Return the checkpoint that holds completed tasks, or what kept it from being made.

    The receipts stand even where the commit cannot be made: the next checkpoint takes them.
    """
    if board.is_shared:
        board.synchronize()
        return Kept("published")
    note = None
    for _ in range(_ROUNDS):
        try:
            made = making.checkpoint(board.workspace, tasks)
            return Kept(made.commit if made else None)
        except UserError as fault:
            note = str(fault)
        try:
            making.settle(board.workspace, watch)
        except UserError as fault:
            note = str(fault)
            break
    return Kept(None, note)


def keep_completed(board: Board, watch: Watch) -> str | None:
    """Keep completed tasks that no commit holds in a checkpoint; return it, None without any.

    Raises UserError where it cannot be made.
    """
    if board.is_shared or not making.receipts_without_commit(board.workspace):
        return None
    kept = checkpoint_of(board, [], watch)
    if kept.note:
        raise UserError(f"no checkpoint yet: {kept.note}")
    return kept.checkpoint


def has_gatekeeper(board: Board) -> bool:
    """Return whether somebody judges here for all, so that a worker can go on with its work."""
    return not board.is_shared and is_held(board.workspace, JUDGING_LOCK)
