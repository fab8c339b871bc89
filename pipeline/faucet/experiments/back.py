"""The way back from an experiment: params and results as the last commit has them."""

from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.faucet.checkpoints.making import last_words
from pipeline.faucet.checkpoints.settled import unsettled
from pipeline.faucet.commits import run_git, try_git
from pipeline.faucet.run_lock import run_lock
from pipeline.faucet.runs.apart import dvc_apart
from pipeline.faucet.runs.repro import heal
from pipeline.faucet.workspace import LOCK
from pipeline.params.reading import PARAMS
from pipeline.store.atomic import write_bytes
from pipeline.store.dag import Dag

KEPT = Path(".cache/faucet/params.before.yaml")
"""Where params.yaml is kept as it was before the last way back."""


def go_back(root: Path) -> list[str]:
    """Return to the params and results of the last commit; return what was done, a line each.

    params.yaml, dvc.lock and metrics come from git, outputs from DVC's cache. Deliveries,
    verdicts, edits and queues are not touched: what came since is in the next run. params.yaml as
    it was stays at KEPT. Raises UserError where the last commit has no params.yaml.
    """
    with run_lock(root):
        done = heal(root)
        names = _held(root)
        if PARAMS.as_posix() not in names:
            raise UserError(f"no commit holds {PARAMS}: there is nothing to go back to")
        changed = _changed(root, names)
        if PARAMS.as_posix() in changed:
            write_bytes(root / KEPT, (root / PARAMS).read_bytes() if _is_there(root) else b"")
            done.append(f"{PARAMS}: as the last commit has it; as it was: {KEPT.as_posix()}")
        if changed:
            run_git(root, "restore", "--source=HEAD", "--staged", "--worktree", "--", *names)
        others = [name for name in changed if name != PARAMS.as_posix()]
        done += [f"{name}: as the last commit has it" for name in others]
        done.append(_outputs(root))
        reason = unsettled(root)
    if reason:
        done.append(f"{reason}: `faucet repro` brings the data set up to date")
    return done


def _is_there(root: Path) -> bool:
    return (root / PARAMS).is_file()


def _held(root: Path) -> list[str]:
    """Return which of params, dvc.lock and metrics the last commit has."""
    asked = (PARAMS.as_posix(), LOCK.as_posix(), "metrics")
    listed = try_git(root, "ls-tree", "--name-only", "-z", "HEAD", "--", *asked)
    return [name for name in listed.stdout.split("\0") if name]


def _changed(root: Path, names: list[str]) -> list[str]:
    told = run_git(root, "diff", "--name-only", "-z", "HEAD", "--", *names)
    return [name for name in told.split("\0") if name]


def _outputs(root: Path) -> str:
    """Bring the outputs of all stages to what dvc.lock says; nothing else that DVC holds."""
    stages = Dag(root).names
    if not stages or not (root / LOCK).is_file():
        return "outputs: no run is recorded; `faucet repro` makes them"
    ended = dvc_apart(root, ("checkout", "--force", *stages))
    if ended.exit_code:
        told = last_words(ended.tail)
        return f"outputs: not all are in DVC's cache, `faucet repro` makes them again ({told})"
    return f"outputs of {counted(len(stages), 'stage')}: as {LOCK} says"
