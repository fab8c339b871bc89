"""Queue files as values: from a document to a queue and back, with every unknown key kept.

What a task is stands in its entry, in the order in which somebody wrote it. What became of it
so far follows, and only where there is something to tell: an untouched entry stays as it is.
"""

from typing import Any

from pipeline.core.json_values import Json
from pipeline.faucet.tasks.state import Claim, Queue, Task

RUNNING = frozenset(
    {"attempt", "turn", "setbacks", "not_before", "claim", "submission"}
    | {"handed_in", "failures", "credit", "paused", "dead"}
)
"""Keys of an entry that the faucet writes; the others are the task's definition."""

_CLAIM = ("owner", "claimed", "renewed", "lease_s", "process")


def queue_of(document: Json) -> Queue:
    """Return the queue of a document that fits schemas/task_queue.schema.json."""
    return Queue(
        agent=document["agent"],
        tasks=tuple(task_of(entry, document["agent"]) for entry in document["queued_tasks"]),
        status=document["status"],
        current=document["current_task"],
        breaker=document.get("breaker"),
        past=_history(document),
        rest=document,
    )


def document_of(queue: Queue) -> Json:
    """Return the document of a queue; for one that was only read, the document it was read from."""
    known = {
        "agent": queue.agent,
        "status": queue.status,
        "current_task": _current(queue),
        "queued_tasks": [entry_of(task) for task in queue.tasks],
    }
    breaker = {} if queue.breaker is None else {"breaker": queue.breaker}
    past = _replaced(queue)
    history = {"completed_tasks": [*queue.rest.get("completed_tasks", []), past]} if past else {}
    unknown = {name: value for name, value in queue.rest.items() if name != "breaker"}
    return {**unknown, **known, **history, **breaker}


def task_of(entry: Json, agent: str) -> Task:
    """Return the task of an entry of an agent's queued_tasks."""
    claim = entry.get("claim")
    return Task(
        task_id=entry["task_id"],
        agent=agent,
        priority=entry["priority"],
        dependencies=tuple(entry.get("dependencies", ())),
        status=entry["status"],
        attempt=entry.get("attempt", 1),
        turn=entry.get("turn", 0),
        setbacks=entry.get("setbacks", 0),
        not_before=entry.get("not_before"),
        claim=Claim(**{name: claim.get(name) for name in _CLAIM}) if claim else None,
        submission=entry.get("submission"),
        handed_in=tuple(entry.get("handed_in", ())),
        failures=tuple(entry.get("failures", ())),
        credit=dict(entry.get("credit", {})),
        is_paused=entry.get("paused", False),
        is_dead=entry.get("dead", False),
        rest={name: value for name, value in entry.items() if name not in RUNNING},
    )


def entry_of(task: Task) -> Json:
    """Return a task's entry in queued_tasks: its definition, then what became of it so far."""
    running: dict[str, Any] = {
        "attempt": task.attempt if task.attempt > 1 else None,
        "turn": task.turn,
        "setbacks": task.setbacks,
        "not_before": task.not_before,
        "claim": {name: getattr(task.claim, name) for name in _CLAIM} if task.claim else None,
        "submission": task.submission,
        "handed_in": list(task.handed_in),
        "failures": list(task.failures),
        "credit": dict(task.credit),
        "paused": task.is_paused,
        "dead": task.is_dead,
    }
    written = {name: value for name, value in running.items() if value}
    return {**task.rest, "priority": task.priority, "status": task.status, **written}


def _history(document: Json) -> frozenset[str]:
    """Return the ids of tasks that a document tells as completed before they had receipts."""
    past = {task["task_id"] for task in document.get("completed_tasks", [])}
    current = document["current_task"]
    if current and current.get("status") == "completed":
        past.add(current["task_id"])
    return frozenset(past)


def _current(queue: Queue) -> Json | None:
    """Return current_task, its unknown keys kept as long as it is about the same task."""
    before, now = queue.rest.get("current_task"), queue.current
    if not now or not before or before is now or before["task_id"] != now["task_id"]:
        return now
    known = {"status", "started", "submitted", "completed", "result", "receipt", "reason", "owner"}
    return {**{k: v for k, v in before.items() if k not in known}, **now}


def _replaced(queue: Queue) -> Json | None:
    """Return a completed current_task that makes room for another and is told nowhere else."""
    before, now = queue.rest.get("current_task"), queue.current
    if not before or before.get("status") != "completed" or before is now:
        return None
    listed = {task["task_id"] for task in queue.rest.get("completed_tasks", [])}
    is_kept = now is not None and now["task_id"] == before["task_id"]
    return None if is_kept or before["task_id"] in listed or "receipt" in before else before
