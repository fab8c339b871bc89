"""The board of several clones: queues and receipts on a branch of a remote, claims as its refs.

To claim, renew or give back moves one ref and no branch. Everything else is a commit on the
branch, pushed together with the claims that it ends, all or nothing; where somebody was first,
the operations are applied again to what is there now, and no queue file is ever merged as text.

A claim lives in its ref until the task is handed in; from then on its owner is needed no more,
and claim and submission stand in the queue file.
"""

import random
import time

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.clones import claims
from pipeline.faucet.clones.branch import Branch, read_branch, receipts_of
from pipeline.faucet.clones.follow import follow
from pipeline.faucet.clones.overlay import RemoteState, contents_of, found_at, moves_of
from pipeline.faucet.commits import Change, author_of, commit
from pipeline.faucet.queues.board import Along, MovedError, Step
from pipeline.faucet.queues.storage import stepped
from pipeline.faucet.tasks.operations import Operation, Rejected
from pipeline.faucet.tasks.state import State
from pipeline.workspace.layout import FETCH_LOCK
from pipeline.workspace.locks import file_lock
from pipeline.workspace.workspace import Workspace

_TRIES = 60
_PAUSE_S = 0.4
_FRESH_S = 1.0


class SharedBoard:
    """The board that all clones of a remote share; workspace is that of this clone."""

    is_shared = True

    def __init__(self, workspace: Workspace, remote: str, branch: str) -> None:
        self.workspace, self._remote, self._branch = workspace, remote, branch
        self._read: Branch | None = None
        self._last: tuple[float, RemoteState] | None = None

    def load(self) -> State:
        """Return the state at the remote, a second old at most.

        Raises UserError where it cannot be reached.
        """
        return self._recent().state

    def receipts(self) -> list[Json]:
        """Return all receipts at the remote, by task id."""
        return receipts_of(self.workspace, self._recent().branch)

    def change(self, *steps: Operation | Step, along: Along | None = None) -> State | Rejected:
        """Apply steps to the remote's state and publish what they change.

        Raises MovedError where something goes along and the workspace is not at the remote's
        commit then, and UserError where the remote cannot be reached or is too busy.
        """
        for _ in range(_TRIES):
            found = self._find()
            after = stepped(found.state, steps)
            if isinstance(after, Rejected):
                return after
            if (
                along
                and along.paths
                and self.workspace.git("rev-parse", "HEAD").strip() != found.branch.commit
            ):
                raise MovedError(f"{self._remote} has commits that this clone lacks")
            if self._publish(found, after, along):
                return after
            time.sleep(random.uniform(0, _PAUSE_S))  # noqa: S311 - so that clones do not step alike
        raise UserError(f"remote {self._remote} changed {_TRIES} times meanwhile: try again")

    def synchronize(self) -> None:
        """Bring this clone's branch and files to the remote's commit (follow)."""
        follow(self.workspace, self._find().branch.commit, self._branch, self._remote)

    def _recent(self) -> RemoteState:
        """Return what the remote held within the last second, for looks that decide nothing."""
        if self._last and time.monotonic() - self._last[0] < _FRESH_S:
            return self._last[1]
        return self._find()

    def _find(self) -> RemoteState:
        with file_lock(
            self.workspace, FETCH_LOCK
        ):  # two fetches of one clone would hold each other's refs
            seen = claims.fetch(self.workspace, self._remote, self._branch)
        if self._read is None or self._read.commit != seen.commit:
            self._read = read_branch(self.workspace, seen.commit)
        found = found_at(self._read, seen.claims)
        self._last = (time.monotonic(), found)
        return found

    def _publish(self, found: RemoteState, after: State, along: Along | None) -> bool:
        """Push what differs; False where somebody was first."""
        self._last = None
        moves = list(moves_of(self.workspace, found, after))
        change = Change(contents_of(self.workspace, found, after), along.paths if along else ())
        new = None
        if any(change):
            who = along.agent if along else "faucet"
            message = along.message if along else _message(change)
            new = commit(self.workspace, found.branch.commit, change, message, author_of(who))
        if new:
            advance = claims.Advance(self._branch, new)
            return claims.push(self.workspace, self._remote, moves, advance)
        return not moves or claims.push(self.workspace, self._remote, moves)


def _message(change: Change) -> str:
    names = sorted(path.stem for path in change.contents)
    return f"tasks: {', '.join(names)}\n"
