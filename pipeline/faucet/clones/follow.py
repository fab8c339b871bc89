"""A clone's branch and files brought to what the remote has."""

from pipeline.core.errors import UserError
from pipeline.faucet.clones.books import set_aside
from pipeline.workspace.layout import DELIVERIES, DVC_LOCK, METRICS, QUEUES
from pipeline.workspace.workspace import Workspace

_MADE = (DVC_LOCK.as_posix(), METRICS.as_posix())
"""What runs write: made again from the inputs, so the remote's version wins."""


def follow(workspace: Workspace, commit: str, branch: str, remote: str) -> None:
    """Move this clone's branch and files forward to a commit of the remote.

    Waits for a run of the DAG that is going on. Deliveries that landed here and are not
    committed yet stay; a person's uncommitted changes stay, too, and lines of the books of
    reviews stand below those that the remote brings.
    Raises UserError where the branch has commits that the remote lacks, or where a person's
    changes are in the way.
    """
    if _head(workspace) == commit:
        return
    with workspace.run_lock(is_announced=False):
        head = _head(workspace)
        here = workspace.try_git("symbolic-ref", "--quiet", "--short", "HEAD").stdout.strip()
        if here != branch:
            message = f"this clone is on {here or 'no branch'}, its faucet shares {branch}"
            raise UserError(f"{message}: `git switch {branch}`")
        if workspace.try_git("merge-base", "--is-ancestor", head, commit).returncode:
            message = f"this clone's {branch} has commits that {remote} lacks"
            how = f"`git pull --rebase {remote} {branch}` and `git push {remote} {branch}`"
            raise UserError(f"{message}: {how}")
        _drop_made(workspace, commit)
        _drop_known_deliveries(workspace, commit)
        with set_aside(workspace, commit):
            moved = workspace.try_git("merge", "--ff-only", "--quiet", commit)
        if moved.returncode:
            message = " ".join(moved.stderr.split())[:200]
            raise UserError(f"this clone cannot follow {remote}/{branch}: {message}")


def _head(workspace: Workspace) -> str:
    return workspace.git("rev-parse", "HEAD").strip()


def _drop_made(workspace: Workspace, commit: str) -> None:
    """Take back what was made here on top of an older commit, new receipts included."""
    how = ("--name-only", "--diff-filter=MDT", "-z")
    changed = workspace.git("diff", *how, "HEAD", "--", *_MADE).split("\0")
    if any(changed):
        workspace.git("checkout", "--quiet", "HEAD", "--", *filter(None, changed))
    for path in _untracked(workspace, *_MADE, QUEUES.as_posix()):
        if _in_commit(workspace, commit, path):
            (workspace / path).unlink()


def _drop_known_deliveries(workspace: Workspace, commit: str) -> None:
    """Remove landed deliveries that the commit brings, byte for byte, itself."""
    for path in _untracked(workspace, DELIVERIES.as_posix()):
        blob = _in_commit(workspace, commit, path)
        if blob and blob == workspace.git("hash-object", "--no-filters", "--", path).strip():
            (workspace / path).unlink()


def _untracked(workspace: Workspace, *below: str) -> list[str]:
    listed = workspace.git("ls-files", "-z", "--others", "--", *below)
    return [path for path in listed.split("\0") if path]


def _in_commit(workspace: Workspace, commit: str, path: str) -> str:
    """Return the id of a path's content in a commit, empty where it has none."""
    return workspace.try_git("rev-parse", "--verify", "--quiet", f"{commit}:{path}").stdout.strip()
