"""Programs whose worker died: known by a note, ended before their task is given to another."""

from pathlib import Path

import orjson
import psutil

from pipeline.core.json_values import Json
from pipeline.faucet.queues.owners import is_alive, started, this_host
from pipeline.faucet.runs.supervise import end_group
from pipeline.faucet.tasks.state import Task
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import WORK_RUNNING
from pipeline.workspace.workspace import Workspace


def remember(workspace: Workspace, task: Task, group: int) -> None:
    """Note which process group works on a task."""
    running = {"host": this_host(), "group": group, "started": started(group), "turn": task.turn}
    write_bytes(_note(workspace, task.task_id), orjson.dumps(running))


def forget(workspace: Workspace, task: Task) -> None:
    """Take the note of a task away."""
    _note(workspace, task.task_id).unlink(missing_ok=True)


def end_orphans(workspace: Workspace, task_id: str) -> bool:
    """End what still works on a task whose owner is gone; return whether anything did.

    A process that has the same id by chance is left alone: it did not start when the noted one
    did, and neither is it older than the note's.
    """
    note = _note(workspace, task_id)
    try:
        running = orjson.loads(note.read_bytes())
        leader: Json = {
            "host": str(running["host"]),
            "pid": int(running["group"]),
            "started": float(running["started"] or 0.0),
        }
    except (OSError, ValueError, TypeError, LookupError):  # a note that is none names nobody
        return False
    note.unlink(missing_ok=True)
    if leader["host"] != this_host():
        return False
    if psutil.pid_exists(leader["pid"]) and not is_alive(leader):
        return False
    end_group(leader["pid"])
    return True


def _note(workspace: Workspace, task_id: str) -> Path:
    return workspace / WORK_RUNNING / f"{task_id}.json"
