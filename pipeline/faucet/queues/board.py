"""Where the tasks of a team stand: read whole, changed by the state machine, all or nothing.

One clone keeps its board in its own files (this module); several clones share one through a
remote (pipeline/faucet/clones). Whoever works with tasks sees a Board and need not know which.
"""

from pathlib import Path
from typing import NamedTuple, Protocol

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.queues import storage
from pipeline.faucet.queues.storage import Step
from pipeline.faucet.queues.task_receipts import read_receipts
from pipeline.faucet.tasks.operations import Operation, Rejected
from pipeline.faucet.tasks.state import State
from pipeline.workspace.workspace import Workspace


class MovedError(UserError):
    """Others changed the board meanwhile: what goes along was made on top of an older state."""


class Along(NamedTuple):
    """Files that belong to a change of the board, with what is said of them and by which agent.

    paths are relative to the root, folders stand for all that is in them. message is that of the
    commit which publishes them, where the board is shared.
    """

    paths: tuple[Path, ...]
    message: str
    agent: str


class Board(Protocol):
    """The queues and receipts of a workspace, wherever they are kept."""

    @property
    def workspace(self) -> Workspace:
        """Return the workspace in which tasks are done."""

    @property
    def is_shared(self) -> bool:
        """Return whether other clones work from the same board."""

    def synchronize(self) -> None:
        """Bring the workspace to what the board has; raises UserError where that cannot be."""

    def load(self) -> State:
        """Return the state as it is now; raises UserError where it cannot be read."""

    def change(self, *steps: Operation | Step, along: Along | None = None) -> State | Rejected:
        """Apply steps as one: all of them, or none and the rejection.

        What goes along is published in the same step where the board is shared. Raises UserError
        as load does.
        """

    def receipts(self) -> list[Json]:
        """Return all receipts, by task id; raises UserError for one that is malformed."""


class LocalBoard:
    """The board of one clone: its queue files, behind a lock that dies with its process."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @property
    def workspace(self) -> Workspace:
        """Return the workspace, which holds the board too."""
        return self._workspace

    @property
    def is_shared(self) -> bool:
        """Return False: the board is this clone's own."""
        return False

    def synchronize(self) -> None:
        """Finish what a killed command left: the workspace is the board."""
        storage.settle(self._workspace)

    def load(self) -> State:
        """Return the state of the queue files."""
        return storage.load(self._workspace)

    def change(self, *steps: Operation | Step, along: Along | None = None) -> State | Rejected:
        """Apply steps to the queue files; what goes along lies in the workspace already."""
        del along
        return storage.change(self._workspace, *steps)

    def receipts(self) -> list[Json]:
        """Return the receipts below data/task_queues/completed."""
        return read_receipts(self._workspace)
