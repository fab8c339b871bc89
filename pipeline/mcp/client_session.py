"""For whom a server works: one agent of one workspace, fixed when the server is started."""

from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.faucet.clones.boards import open_board
from pipeline.faucet.gates.facts import inside
from pipeline.faucet.queues.board import Board
from pipeline.workspace.layout import INBOX, WORK
from pipeline.workspace.workspace import Workspace

_DELIVERED_FROM = (INBOX, WORK)


class ClientSession(NamedTuple):
    """One agent of a workspace as its client speaks for it; owner is the name on its claims.

    may_review says whether it may write verdicts, which are people's to write.
    """

    workspace: Workspace
    agent: str
    owner: str
    may_review: bool = False

    @property
    def board(self) -> Board:
        """Return the board as the settings have it now."""
        return open_board(self.workspace)

    @property
    def nothing_to_do(self) -> str:
        """Return the sentence for a client whose agent has no task now."""
        return f"Nothing to do for {self.agent} now: ask again later."

    def file_to_deliver(self, path: str) -> Path:
        """Return a file that the client names, which lies in an inbox or a working folder.

        Other files of the workspace, settings with keys among them, are no deliveries. Raises
        UserError for those, and for a path that leads elsewhere by `..` or a link.
        """
        target = inside(self.workspace, path)
        real, root = target.resolve(), self.workspace.root.resolve()
        if not any(real.is_relative_to(root / folder) for folder in _DELIVERED_FROM):
            places = f"{INBOX.as_posix()}/{self.agent}/ or the task's working folder"
            raise UserError(f"{path} is not to be delivered: write the file to {places}")
        return target
