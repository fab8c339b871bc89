"""Which board a workspace has: its own, or the one that its clones share."""

from pipeline.faucet.clones.shared_board import SharedBoard
from pipeline.faucet.queues.board import Board
from pipeline.faucet.queues.storage import LocalBoard
from pipeline.faucet.settings import Settings, read_settings
from pipeline.workspace.workspace import Workspace


def open_board(workspace: Workspace, settings: Settings | None = None) -> Board:
    """Return the board of the workspace at root, as faucet.yaml says (`remote`)."""
    chosen = settings or read_settings(workspace)
    return (
        SharedBoard(workspace, chosen.remote, chosen.branch)
        if chosen.remote
        else LocalBoard(workspace)
    )
