"""A checkpoint brought back: its inputs and results, as a new commit on top of what there is.

History goes forward only. The deliveries, verdicts and params of the checkpoint come back, and
with them its data set; code, queues and receipts stay as they are, because work that was done
stays done.
"""

from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints.making import (
    OFFLOADED,
    Made,
    checkpoint,
    data_paths,
    last_words,
    settle,
)
from pipeline.faucet.commits import blobs, run_git
from pipeline.faucet.run_lock import run_lock
from pipeline.faucet.runs.apart import dvc_apart
from pipeline.faucet.workspace import git, unlanded
from pipeline.params.reading import PARAMS, checked, params_schema
from pipeline.params.yaml_text import parse_yaml
from pipeline.store.dag import Dag

_BESIDES = (PARAMS, Path("data/master_plan.csv"))


def restore(root: Path, revision: str) -> Made | None:
    """Bring the data set of a checkpoint back and commit it; None where nothing differs.

    Outputs come from DVC's cache, or are made again from the inputs. Raises UserError while files
    wait in an inbox, or where what would be replaced has changes that no commit holds.
    """
    source = git(root, "rev-parse", "--verify", f"{revision}^{{commit}}").strip()
    _refuse_losses(root)
    _refuse_unfit_params(root, source, revision)
    with run_lock(root):
        for path in (*data_paths(root), *_BESIDES):
            if not (root / path).exists():
                continue
            if not run_git(root, "ls-tree", "--name-only", source, "--", path.as_posix()):
                raise UserError(f"{revision} has no {path.as_posix()}: it is no checkpoint of this")
            git(root, "restore", f"--source={source}", "--worktree", "--", path.as_posix())
        _check_out(root)
    settle(root, besides=_BESIDES)
    return checkpoint(root, besides=_BESIDES, restores=source)


def _refuse_unfit_params(root: Path, source: str, revision: str) -> None:
    """Raise UserError where this code does not take the params of a commit."""
    held = blobs(root, [f"{source}:{PARAMS}"]).get(f"{source}:{PARAMS}")
    if held is not None and Dag(root).names:
        name = f"{PARAMS} of {revision}"
        checked(parse_yaml(held, name), params_schema(root), name)


def _check_out(root: Path) -> None:
    """Bring deliveries that DVC holds to what their file says."""
    if not (root / OFFLOADED).exists():
        return
    ended = dvc_apart(root, ("checkout", "--force", OFFLOADED.as_posix()))
    if ended.exit_code:
        told = last_words(ended.tail)
        raise UserError(f"the deliveries are in no cache, `dvc pull` brings them: {told}")


def _refuse_losses(root: Path) -> None:
    waiting = unlanded(root)
    if waiting:
        raise UserError(f"{waiting[0].relative_to(root)} has not landed: `faucet land` first")
    names = [path.as_posix() for path in (*data_paths(root), *_BESIDES)]
    changed = run_git(root, "status", "--porcelain", "-z", "--", *names).split("\0")[0]
    if changed:
        raise UserError(
            f"{changed[3:]} has changes that no commit holds: `faucet checkpoint` first"
        )
