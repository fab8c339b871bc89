"""The way back from an experiment: params and results as the last commit has them."""

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.faucet.checkpoints.settled import unsettled
from pipeline.faucet.runs.apart import dvc_apart, last_words
from pipeline.faucet.runs.mending import heal
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import DVC_LOCK, METRICS, PARAMS, PARAMS_BEFORE
from pipeline.workspace.lock_file import is_as_recorded, read_lock
from pipeline.workspace.workspace import Workspace


def go_back(workspace: Workspace) -> list[str]:
    """Return to the params and results of the last commit; return what was done, a line each.

    params.yaml, dvc.lock and metrics come from git, outputs from DVC's cache. Deliveries,
    verdicts, edits and queues are not touched: what came since is in the next run. params.yaml as
    it was stays at PARAMS_BEFORE. Raises UserError where the last commit has no params.yaml.
    """
    with workspace.run_lock():
        done = heal(workspace)
        names = _held(workspace)
        if PARAMS.as_posix() not in names:
            raise UserError(f"no commit holds {PARAMS}: there is nothing to go back to")
        changed = _changed(workspace, names)
        if PARAMS.as_posix() in changed and (workspace / PARAMS).is_file():
            write_bytes(workspace / PARAMS_BEFORE, (workspace / PARAMS).read_bytes())
            done.append(f"{PARAMS} as it was: {PARAMS_BEFORE.as_posix()}")
        if changed:
            workspace.git("restore", "--source=HEAD", "--staged", "--worktree", "--", *names)
        done += [f"{name}: as the last commit has it" for name in changed]
        done.append(_outputs(workspace))
        reason = unsettled(workspace)
    if reason:
        done.append(f"{reason}: `faucet repro` brings the data set up to date")
    return done


def _held(workspace: Workspace) -> list[str]:
    """Return which of params, dvc.lock and metrics the last commit has."""
    asked = [path.as_posix() for path in (PARAMS, DVC_LOCK, METRICS)]
    listed = workspace.try_git("ls-tree", "--name-only", "-z", "HEAD", "--", *asked)
    return [name for name in listed.stdout.split("\0") if name]


def _changed(workspace: Workspace, names: list[str]) -> list[str]:
    listing = workspace.git("diff", "--name-only", "-z", "HEAD", "--", *names)
    return [name for name in listing.split("\0") if name]


def _outputs(workspace: Workspace) -> str:
    """Bring the outputs of all stages to what dvc.lock says; nothing else that DVC holds."""
    stages = workspace.dag.names
    if not stages or not (workspace / DVC_LOCK).is_file():
        return "outputs: no run is recorded; `faucet repro` makes them"
    ended = dvc_apart(workspace, ("checkout", "--force", *stages))
    if ended.exit_code:
        message = last_words(ended.tail)
        return f"outputs: not all are in DVC's cache, `faucet repro` makes them again ({message})"
    outs = [out for stage in read_lock(workspace).values() for out in stage["outs"]]
    stale = [out["path"] for out in outs if not is_as_recorded(workspace, out)]
    if stale:
        return f"outputs: {stale[0]} is stored nowhere, `faucet repro` makes it again"
    return f"outputs of {counted(len(stages), 'stage')}: as {DVC_LOCK} says"
