"""From a delivery to work for the team: whoever reads deliveries, scores, formats, splits, draws.

A queue's `flow` says which stages its agent runs whenever something was delivered, after which
others, and what must hold then. All flows together make one chain of tasks per wave of deliveries.
"""

from collections.abc import Iterable
from hashlib import sha256

from pipeline.core.json_values import Json
from pipeline.faucet.tasks.documents import task_of
from pipeline.faucet.tasks.state import State, Task, standing

_FIRST = "integrate"
_DIGEST_HEX = 8
_PRIORITY = 1


def wave(state: State, unread: Iterable[str]) -> list[Task]:
    """Return the tasks that bring unread deliveries (agent/name) through the team, in order.

    None where nothing is unread, nobody's flow reads deliveries, or a task that will read them
    waits already. The ids are made of the deliveries, so that everyone makes the same tasks.
    """
    names = sorted(unread)
    steps = [
        (queue.agent, step)
        for queue in state.queues.values()
        for step in queue.rest.get("flow", ())
    ]
    stages = {step["stage"] for _, step in steps}
    if not names or _FIRST not in stages or _is_awaited(state):
        return []
    digest = sha256("\n".join(names).encode()).hexdigest()[:_DIGEST_HEX]
    tasks = [_task(agent, step, stages, digest, len(names)) for agent, step in steps]
    known = state.done | {task.task_id for task in state.tasks()}
    return _in_order([task for task in tasks if task.task_id not in known], known)


def _is_awaited(state: State) -> bool:
    """Return whether a task of an earlier wave will still read what landed by then."""
    return any(
        task.rest.get("wave") and task.rest.get("stage") == _FIRST
        for task in state.tasks()
        if standing(state, task) in ("ready", "waiting")
    )


def _task(agent: str, step: Json, stages: set[str], digest: str, count: int) -> Task:
    entry = {
        "task_id": f"{step['stage']}_wave_{digest}",
        "priority": step.get("priority", _PRIORITY),
        "status": "waiting",
        "estimated_time": step.get("estimated_time", "5 minutes"),
        "dependencies": [f"{s}_wave_{digest}" for s in step.get("after", ()) if s in stages],
        "description": step.get("description", f"Run {step['stage']} on what was delivered"),
        "kind": "stage",
        "stage": step["stage"],
        "wave": {"digest": digest, "deliveries": count},
        "outputs": step.get("outputs", []),
        "gates": step.get("gates", []),
    }
    return task_of(entry, agent)


def _in_order(tasks: list[Task], known: Iterable[str]) -> list[Task]:
    """Return tasks so that each comes after those that it waits for."""
    placed, left, done = [], tasks, set(known)
    while left:
        ready = [task for task in left if done.issuperset(task.dependencies)]
        if not ready:
            return []
        placed += ready
        done |= {task.task_id for task in ready}
        left = [task for task in left if task.task_id not in done]
    return placed
