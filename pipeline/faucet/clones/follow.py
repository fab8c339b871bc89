"""A clone's branch and files brought to what the remote has."""

from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.faucet.commits import try_git
from pipeline.faucet.run_lock import run_lock
from pipeline.faucet.workspace import DELIVERIES, git

_MADE = ("dvc.lock", "metrics")
"""What runs write: made again from the inputs, so the remote's version wins."""

_QUEUES = "data/task_queues"


def follow(root: Path, commit: str, branch: str, remote: str) -> None:
    """Move this clone's branch and files forward to a commit of the remote.

    Waits for a run of the DAG that is going on. Deliveries that landed here and are not
    committed yet stay; a person's uncommitted changes stay, too.
    Raises UserError where the branch has commits that the remote lacks, or where a person's
    changes are in the way.
    """
    if _head(root) == commit:
        return
    with run_lock(root, is_told=False):
        head = _head(root)
        here = try_git(root, "symbolic-ref", "--quiet", "--short", "HEAD").stdout.strip()
        if here != branch:
            told = f"this clone is on {here or 'no branch'}, its faucet shares {branch}"
            raise UserError(f"{told}: `git switch {branch}`")
        if try_git(root, "merge-base", "--is-ancestor", head, commit).returncode:
            told = f"this clone's {branch} has commits that {remote} lacks"
            how = f"`git pull --rebase {remote} {branch}` and `git push {remote} {branch}`"
            raise UserError(f"{told}: {how}")
        _drop_made(root, commit)
        _drop_known_deliveries(root, commit)
        moved = try_git(root, "merge", "--ff-only", "--quiet", commit)
        if moved.returncode:
            told = " ".join(moved.stderr.split())[:200]
            raise UserError(f"this clone cannot follow {remote}/{branch}: {told}")


def _head(root: Path) -> str:
    return git(root, "rev-parse", "HEAD").strip()


def _drop_made(root: Path, commit: str) -> None:
    """Take back what was made here on top of an older commit, new receipts included."""
    how = ("--name-only", "--diff-filter=MDT", "-z")
    changed = git(root, "diff", *how, "HEAD", "--", *_MADE).split("\0")
    if any(changed):
        git(root, "checkout", "--quiet", "HEAD", "--", *filter(None, changed))
    for path in _untracked(root, *_MADE, _QUEUES):
        if _in_commit(root, commit, path):
            (root / path).unlink()


def _drop_known_deliveries(root: Path, commit: str) -> None:
    """Remove landed deliveries that the commit brings, byte for byte, itself."""
    for path in _untracked(root, DELIVERIES.as_posix()):
        blob = _in_commit(root, commit, path)
        if blob and blob == git(root, "hash-object", "--no-filters", "--", path).strip():
            (root / path).unlink()


def _untracked(root: Path, *below: str) -> list[str]:
    listed = git(root, "ls-files", "-z", "--others", "--", *below)
    return [path for path in listed.split("\0") if path]


def _in_commit(root: Path, commit: str, path: str) -> str:
    """Return the id of a path's content in a commit, empty where it has none."""
    return try_git(root, "rev-parse", "--verify", "--quiet", f"{commit}:{path}").stdout.strip()
