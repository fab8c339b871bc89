"""What an experiment in a copy of the workspace would not see: files that git does not hold."""

from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.faucet.checkpoints.making import OFFLOADED
from pipeline.faucet.workspace import DELIVERIES, git, unlanded
from pipeline.store.dag import Dag

_MOST_NAMED = 5


def refuse_losses(root: Path, option: str) -> None:
    """Raise UserError where a copy that DVC makes for option would lack inputs of the DAG.

    DVC copies what git holds: files in an inbox, and deliveries, verdicts or edits that were
    never added to git, would silently be missing, and the experiment would be one on other data.
    """
    waiting = [path.relative_to(root).as_posix() for path in unlanded(root)]
    if waiting:
        told = _named(waiting, "has not landed", "have not landed")
        raise UserError(f"{option} would leave deliveries out: {told}; run `faucet land` first")
    unknown = _not_in_git(root)
    if unknown:
        told = _named(unknown, "is not in git", "are not in git")
        raise UserError(
            f"{option} would leave inputs out: {told}; `faucet checkpoint` or `git add` takes"
            " them in"
        )
    if (root / OFFLOADED).exists() and _is_changed(root):
        told = f"{DELIVERIES} is not as {OFFLOADED} says"
        raise UserError(f"{option} would leave deliveries out: {told}; run `dvc add` first")


def _not_in_git(root: Path) -> list[str]:
    dag = Dag(root)
    wirings = [dag.stage(name) for name in dag.names]
    made = {out for wiring in wirings for out in wiring.outs}
    inputs = {dep for wiring in wirings for dep in wiring.deps if dep.parts[0] == "data"} - made
    if (root / OFFLOADED).exists():
        inputs.discard(DELIVERIES)
    if not inputs:
        return []
    names = sorted(path.as_posix() for path in inputs)
    listed = git(root, "ls-files", "-z", "--others", "--", *names).split("\0")
    return sorted(path for path in listed if path and not Path(path).name.startswith("."))


def _is_changed(root: Path) -> bool:
    from dvc.repo import Repo  # noqa: PLC0415 - half a second, where deliveries are offloaded

    with Repo(str(root)) as repo:
        return bool(repo.status(targets=[OFFLOADED.as_posix()]))


def _named(paths: list[str], one: str, several: str) -> str:
    """Return paths with what is said of them, all where they are few."""
    if len(paths) == 1:
        return f"{paths[0]} {one}"
    shown, more = paths[:_MOST_NAMED], len(paths) - _MOST_NAMED
    listed = f"{', '.join(shown)} and {counted(more, 'other')}" if more > 0 else ", ".join(shown)
    return f"{listed} {several}"
