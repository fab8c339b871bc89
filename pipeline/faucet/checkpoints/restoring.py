"""A checkpoint brought back: its inputs and results, as a new commit on top of what there is.

History goes forward only. The deliveries, verdicts and params of the checkpoint come back, and
with them its data set; code, queues and receipts stay as they are, because work that was done
stays done.
"""

from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints.making import DATA, Made, checkpoint, settle
from pipeline.faucet.commits import run_git
from pipeline.faucet.run_lock import run_lock
from pipeline.faucet.workspace import git, unlanded

_BESIDES = (Path("params.yaml"), Path("data/master_plan.csv"))


def restore(root: Path, revision: str) -> Made | None:
    """Bring the data set of a checkpoint back and commit it; None where nothing differs.

    Outputs come from DVC's cache, or are made again from the inputs. Raises UserError while files
    wait in an inbox, or where what would be replaced has changes that no commit holds.
    """
    source = git(root, "rev-parse", "--verify", f"{revision}^{{commit}}").strip()
    _refuse_losses(root)
    with run_lock(root):
        for path in (*DATA, *_BESIDES):
            if run_git(root, "ls-tree", "--name-only", source, "--", path.as_posix()):
                how = (f"--source={source}", "--worktree")
                git(root, "restore", *how, "--", path.as_posix())
    settle(root, besides=_BESIDES)
    return checkpoint(root, besides=_BESIDES, restores=source)


def _refuse_losses(root: Path) -> None:
    waiting = unlanded(root)
    if waiting:
        raise UserError(f"{waiting[0].relative_to(root)} has not landed: `faucet land` first")
    names = [path.as_posix() for path in (*DATA, *_BESIDES)]
    changed = run_git(root, "status", "--porcelain", "-z", "--", *names).split("\0")[0]
    if changed:
        raise UserError(
            f"{changed[3:]} has changes that no commit holds: `faucet checkpoint` first"
        )
