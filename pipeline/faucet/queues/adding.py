"""New tasks, from the words of a person or the file of an agent."""

from collections.abc import Iterable
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.deliveries.json_text import parse_value
from pipeline.deliveries.records import Refusal
from pipeline.faucet.queues import files as task_files
from pipeline.faucet.queues.attempts import done
from pipeline.faucet.queues.board import Board
from pipeline.faucet.tasks.documents import RUNNING, task_of
from pipeline.faucet.tasks.operations import AddTask
from pipeline.faucet.tasks.state import State, Task
from pipeline.workspace.layout import queue_path


def entries_of(path: Path) -> list[Json]:
    """Return the tasks of a JSON file that holds one or an array of them.

    Raises UserError where it cannot be read.
    """
    try:
        value = parse_value(path.read_bytes(), "")
    except OSError as fault:
        raise UserError(f"{path}: {fault.strerror}") from None
    if isinstance(value, Refusal):
        raise UserError(f"{path}: {value.message}")
    twice = task_files.named_twice(value)
    if twice is not None:
        raise UserError(f"{path}: key {twice!r} is named twice in one object")
    return list(value) if isinstance(value, list) else [value]


def add_entries(board: Board, agent: str, entries: Iterable[Json]) -> list[Task]:
    """Queue tasks at an agent, all or none, and return them; one may wait for an earlier one.

    Priority and status may be left out: 5, and derived. Raises UserError where a task breaks
    the schema, is there already with another meaning, waits for no known task or in a ring.
    """
    filled = [_filled(entry) for entry in entries]
    document = {"agent": agent, "status": "active", "current_task": None, "queued_tasks": filled}
    task_files.check(board.workspace, queue_path(agent), document, "task_queue")
    tasks = [task_of(entry, agent) for entry in filled]
    after = done(board.change(*(AddTask(task) for task in tasks)))
    return [_found(after, task) for task in tasks]


def _filled(entry: Json) -> Json:
    """Return an entry with its defaults; what only the faucet writes is not taken from others."""
    if not isinstance(entry, dict):
        raise UserError("a task is a JSON object with task_id, priority and dependencies")
    definition = {name: value for name, value in entry.items() if name not in RUNNING}
    return {"priority": 5, "dependencies": [], **definition, "status": "waiting"}


def _found(state: State, task: Task) -> Task:
    found = state.task(task.task_id)
    assert found, "what was added is queued"
    return found
