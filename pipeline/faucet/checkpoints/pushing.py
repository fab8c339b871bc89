"""Checkpoints handed to remotes: the data first, then the commit that speaks of it."""

from collections.abc import Iterator

from pipeline.core.errors import UserError
from pipeline.faucet.runs.apart import dvc_apart, last_words
from pipeline.workspace.layout import DVC
from pipeline.workspace.workspace import Workspace

_REMOTE = "['remote "
"""How a section of DVC's configuration begins that sets a remote."""


def push(workspace: Workspace, tag: str | None) -> Iterator[str]:
    """Push to the remotes that are set, DVC's first, and yield one sentence for each.

    Raises UserError where one cannot be reached: a commit whose data is nowhere is not pushed.
    """
    if push_data(workspace):
        yield "data pushed to the DVC remote"
    branch = workspace.git("rev-parse", "--abbrev-ref", "HEAD").strip()
    remote = workspace.try_git("config", f"branch.{branch}.remote").stdout.strip()
    listed = workspace.git("remote").split()
    remote = remote or next(iter(listed), "")
    if not remote:
        yield "no git remote is set: nothing pushed there"
        return
    refs = [branch, *([f"refs/tags/{tag}"] if tag else [])]
    done = workspace.try_git("push", "--quiet", remote, *refs)
    if done.returncode:
        raise UserError(f"git push to {remote}: {' '.join(done.stderr.split())[:200]}")
    yield f"{branch} pushed to {remote}"


def push_data(workspace: Workspace) -> bool:
    """Push the outputs to DVC's remote; return whether one is set.

    Raises UserError where it cannot be reached: a commit must not speak of data that is nowhere.
    """
    configs = (workspace / DVC / name for name in ("config", "config.local"))
    if not any(_REMOTE in path.read_text(encoding="utf-8") for path in configs if path.is_file()):
        return False
    with workspace.run_lock(is_announced=False):
        ended = dvc_apart(workspace, ("push", "--quiet"))
    if ended.exit_code:
        raise UserError(f"dvc push failed, git push was not tried: {last_words(ended.tail)}")
    return True
