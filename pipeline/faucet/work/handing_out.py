"""What a completed task made, put where whoever asked for it looks: the outbox, under its name."""

import os
import shutil
from pathlib import Path

from pipeline.faucet.gates.delivered import is_delivery
from pipeline.faucet.gates.facts import digest_of
from pipeline.faucet.tasks.state import Task
from pipeline.workspace.layout import OUTBOX
from pipeline.workspace.workspace import Workspace

_COPIED_BYTES = 10_000_000


def hand_out(workspace: Workspace, task: Task) -> list[Path]:
    """Put the files of a task into data/outbox/<agent>/<task_id>/, and return where they are.

    Small ones are copied, large ones linked; a later run replaces the file and never writes into
    it, so a link keeps what was handed in. What is in an outbox already, and deliveries, stay
    where they are, and so does a file that is not any more as it was handed in.
    """
    handed = []
    for output in task.submission["outputs"] if task.submission else ():
        path = Path(output["path"])
        source = workspace / path
        if is_delivery(output) or path.is_relative_to(OUTBOX) or not source.is_file():
            continue
        if digest_of(workspace, output["path"])["sha256"] != output["sha256"]:
            continue
        place = OUTBOX / task.agent / task.task_id / path.name
        _put(source, workspace / place, output["bytes"])
        handed.append(place)
    return handed


def _put(source: Path, target: Path, size: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f".{target.name}.tmp")
    half.unlink(missing_ok=True)
    if size > _COPIED_BYTES:
        try:
            os.link(source, half)
        except OSError:
            shutil.copyfile(source, half)
    else:
        shutil.copyfile(source, half)
    half.replace(target)
