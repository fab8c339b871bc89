"""Checkpoints handed to remotes: the data first, then the commit that speaks of it."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints.making import last_words
from pipeline.faucet.commits import run_git, try_git
from pipeline.faucet.run_lock import run_lock
from pipeline.faucet.runs.apart import dvc_apart


def push(root: Path, tag: str | None) -> Iterator[str]:
    """Push to the remotes that are set, DVC's first, and yield one sentence for each.

    Raises UserError where one cannot be reached: a commit whose data is nowhere is not pushed.
    """
    if _has_dvc_remote(root):
        with run_lock(root):
            ended = dvc_apart(root, ("push", "--quiet"))
        if ended.exit_code:
            raise UserError(f"dvc push failed, git push was not tried: {last_words(ended.tail)}")
        yield "data pushed to the DVC remote"
    branch = run_git(root, "rev-parse", "--abbrev-ref", "HEAD").strip()
    remote = try_git(root, "config", f"branch.{branch}.remote").stdout.strip()
    listed = run_git(root, "remote").split()
    remote = remote or next(iter(listed), "")
    if not remote:
        yield "no git remote is set: nothing pushed there"
        return
    refs = [branch, *([f"refs/tags/{tag}"] if tag else [])]
    done = try_git(root, "push", "--quiet", remote, *refs)
    if done.returncode:
        raise UserError(f"git push to {remote}: {' '.join(done.stderr.split())[:200]}")
    yield f"{branch} pushed to {remote}"


def _has_dvc_remote(root: Path) -> bool:
    listed = dvc_apart(root, ("config", "--list"))
    return any(line.startswith("remote.") for line in listed.tail.splitlines())
