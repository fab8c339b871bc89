"""Which board a workspace has: its own, or the one that its clones share."""

from pathlib import Path

from pipeline.faucet.clones.shared_board import SharedBoard
from pipeline.faucet.queues.board import Board, LocalBoard
from pipeline.faucet.settings import Settings, read_settings


def open_board(root: Path, settings: Settings | None = None) -> Board:
    """Return the board of the workspace at root, as faucet.yaml says (`remote`)."""
    told = settings or read_settings(root)
    return SharedBoard(root, told.remote, told.branch) if told.remote else LocalBoard(root)
