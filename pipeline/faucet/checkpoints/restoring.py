"""A checkpoint brought back: its inputs and results, as a new commit on top of what there is.

History goes forward only. What people and agents wrote and the params of the checkpoint come
back, and with them its data set; code, queues and receipts stay as they are, because work that
was done stays done.
"""

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints.making import (
    Made,
    checkpoint,
    settle,
)
from pipeline.faucet.runs.apart import dvc_apart, last_words
from pipeline.faucet.runs.inbox import unlanded
from pipeline.faucet.runs.mending import put_right
from pipeline.params.yaml_text import parse_yaml
from pipeline.store.kept import keep, write_kept
from pipeline.workspace.layout import PARAMS, RECORDED, stand_in
from pipeline.workspace.params import checked, params_schema
from pipeline.workspace.workspace import Workspace

_BESIDES = (PARAMS,)
_BOOK = ".jsonl"


def restore(workspace: Workspace, revision: str) -> Made | None:
    """Bring the data set of a checkpoint back and commit it; None where nothing differs.

    Outputs come from DVC's cache, or are made again from the inputs. Raises UserError while files
    wait in an inbox, or where what would be replaced has changes that no commit holds.
    """
    source = workspace.git("rev-parse", "--verify", f"{revision}^{{commit}}").strip()
    put_right(workspace)
    _refuse_losses(workspace)
    _refuse_unfit_params(workspace, source, revision)
    with workspace.run_lock():
        for path in (*workspace.data_set, *_BESIDES):
            if not (workspace / path).exists():
                continue
            if not workspace.git("ls-tree", "--name-only", source, "--", path.as_posix()):
                if path == RECORDED:
                    continue  # nobody asked a provider then: what is there now changes nothing
                if path.suffix != _BOOK:
                    known = f"{revision} has no {path.as_posix()}"
                    raise UserError(f"{known}: it is no checkpoint of this")
                write_kept(workspace, path, b"")  # a book that nobody kept then
                continue
            workspace.git("restore", f"--source={source}", "--worktree", "--", path.as_posix())
            if (workspace / path).is_file():
                keep(workspace, path, (workspace / path).read_bytes())
        _check_out(workspace)
    settle(workspace, besides=_BESIDES)
    return checkpoint(workspace, besides=_BESIDES, restores=source)


def _refuse_unfit_params(workspace: Workspace, source: str, revision: str) -> None:
    """Raise UserError where this code does not take the params of a commit."""
    held = workspace.file_at(source, PARAMS)
    if held is not None and workspace.dag.names:
        shown = f"{PARAMS} of {revision}"
        checked(parse_yaml(held, shown), params_schema(workspace), shown)


def _check_out(workspace: Workspace) -> None:
    """Bring inputs that DVC holds to what their stand-ins say."""
    for path in workspace.offloaded:
        ended = dvc_apart(workspace, ("checkout", "--force", stand_in(path).as_posix()))
        if ended.exit_code:
            message = last_words(ended.tail)
            raise UserError(f"{path.as_posix()} is in no cache, `dvc pull` brings it: {message}")


def _refuse_losses(workspace: Workspace) -> None:
    waiting = unlanded(workspace)
    if waiting:
        raise UserError(f"{waiting[0].relative_to(workspace)} has not landed: `faucet land` first")
    names = [path.as_posix() for path in (*workspace.data_set, *_BESIDES)]
    changed = workspace.git("status", "--porcelain", "-z", "--", *names).split("\0")[0]
    if changed:
        raise UserError(
            f"{changed[3:]} has changes that no commit holds: `faucet checkpoint` first"
        )
