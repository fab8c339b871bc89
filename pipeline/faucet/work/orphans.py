"""Programs whose worker died: known by a note, ended before their task is given to another."""

from contextlib import suppress
from pathlib import Path

import orjson
import psutil

from pipeline.faucet.queues.owners import this_host
from pipeline.faucet.runs.supervise import end_group
from pipeline.faucet.tasks.state import Task
from pipeline.store.atomic import write_bytes

_NOTES = Path(".cache/work/running")
_SAME_START_S = 0.5


def remember(root: Path, task: Task, group: int) -> None:
    """Note which process group works on a task."""
    with suppress(psutil.NoSuchProcess):
        started = psutil.Process(group).create_time()
        told = {"host": this_host(), "group": group, "started": started, "turn": task.turn}
        write_bytes(_note(root, task.task_id), orjson.dumps(told))


def forget(root: Path, task: Task) -> None:
    """Take the note of a task away."""
    _note(root, task.task_id).unlink(missing_ok=True)


def end_orphans(root: Path, task_id: str) -> bool:
    """End what still works on a task whose owner is gone; return whether anything did.

    A process that has the same id by chance is left alone: it did not start when the noted one
    did, and neither is it older than the note's.
    """
    note = _note(root, task_id)
    try:
        told = orjson.loads(note.read_bytes())
    except (OSError, ValueError):
        return False
    note.unlink(missing_ok=True)
    if told["host"] != this_host():
        return False
    try:
        leader = psutil.Process(told["group"])
    except psutil.NoSuchProcess:
        leader = None
    if leader and abs(leader.create_time() - told["started"]) > _SAME_START_S:
        return False
    end_group(told["group"])
    return leader is not None


def _note(root: Path, task_id: str) -> Path:
    return root / _NOTES / f"{task_id}.json"
