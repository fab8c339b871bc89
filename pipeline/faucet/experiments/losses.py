"""What an experiment in a copy of the workspace would not see: files that git does not hold."""

from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.faucet.runs.inbox import unlanded
from pipeline.workspace.layout import stand_in
from pipeline.workspace.workspace import Workspace

_MOST_NAMED = 5


def refuse_losses(workspace: Workspace, option: str) -> None:
    """Raise UserError where a copy that DVC makes for option would lack inputs of the DAG.

    DVC copies what git holds: files in an inbox, and deliveries, verdicts or edits that were
    never added to git, would silently be missing, and the experiment would be one on other data.
    """
    waiting = [path.relative_to(workspace).as_posix() for path in unlanded(workspace)]
    if waiting:
        message = _named(waiting, "has not landed", "have not landed")
        raise UserError(f"{option} would leave deliveries out: {message}; run `faucet land` first")
    unknown = _not_in_git(workspace)
    if unknown:
        message = _named(unknown, "is not in git", "are not in git")
        raise UserError(
            f"{option} would leave inputs out: {message}; `faucet checkpoint` or `git add` takes"
            " them in"
        )
    for path in workspace.offloaded:
        if _is_changed(workspace, stand_in(path)):
            message = f"{path} is not as {stand_in(path)} says"
            raise UserError(f"{option} would leave inputs out: {message}; run `dvc add` first")


def _not_in_git(workspace: Workspace) -> list[str]:
    names = [path.as_posix() for path in workspace.held_inputs]
    listed = workspace.git("ls-files", "-z", "--others", "--", *names).split("\0")
    return sorted(path for path in listed if path and not Path(path).name.startswith("."))


def _is_changed(workspace: Workspace, held: Path) -> bool:
    from dvc.repo import Repo  # noqa: PLC0415 - half a second, where inputs are offloaded

    with Repo(str(workspace)) as repo:
        return bool(repo.status(targets=[held.as_posix()]))


def _named(paths: list[str], one: str, several: str) -> str:
    """Return paths with what is said of them, all where they are few."""
    if len(paths) == 1:
        return f"{paths[0]} {one}"
    shown, more = paths[:_MOST_NAMED], len(paths) - _MOST_NAMED
    listed = f"{', '.join(shown)} and {counted(more, 'other')}" if more > 0 else ", ".join(shown)
    return f"{listed} {several}"
