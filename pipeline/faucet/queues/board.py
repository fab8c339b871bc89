"""Where the tasks of a team stand: read whole, changed by the state machine, all or nothing.

One clone keeps its board in its own files (storage.py); several clones share one through a
remote (pipeline/faucet/clones). Whoever works with tasks sees a Board and need not know which.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, Protocol

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.tasks.operations import Operation, Rejected
from pipeline.faucet.tasks.state import State
from pipeline.workspace.workspace import Workspace

Step = Callable[[State], State | Rejected]
"""A change of the board that depends on what the state turns out to be."""


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
