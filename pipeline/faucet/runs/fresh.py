"""A workspace without its data: where a knowledge base of one's own starts."""

import shutil
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.workspace.layout import DELIVERIES, DVC_LOCK, WAITING_DELIVERIES
from pipeline.workspace.workspace import Workspace


def start_fresh(workspace: Workspace, *, force: bool) -> list[str]:
    """Remove all deliveries, outputs and metrics; return what was removed, one line each.

    Raises UserError where deliveries would be lost that git does not hold, unless force.
    """
    at_risk = workspace.git("status", "--porcelain", "--", str(DELIVERIES)).splitlines()
    if at_risk and not force:
        changes = counted(len(at_risk), "change")
        raise UserError(
            f"{DELIVERIES} has {changes} that git does not hold: commit, or use --force"
        )
    removed = []
    deliveries = [*(workspace / DELIVERIES).glob("*/"), workspace / WAITING_DELIVERIES]
    for path in [*sorted(deliveries), *_outputs(workspace)]:
        if not path.exists():
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        removed.append(path.relative_to(workspace).as_posix())
    return removed


def _outputs(workspace: Workspace) -> list[Path]:
    made = {path for one in workspace.dag.wirings for path in (*one.outs, one.metrics)}
    return [workspace / path for path in sorted({*made, DVC_LOCK})]
