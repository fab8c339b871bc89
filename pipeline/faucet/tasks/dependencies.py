"""Which task waits for which."""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from pipeline.core.json_values import Json
from pipeline.faucet.tasks.state import State, Task, standing


def dependents(tasks: Iterable[Task], task_id: str) -> list[str]:
    """Return the ids of the tasks that wait for a task, directly or through others, sorted."""
    listed = list(tasks)
    found: set[str] = set()
    reached = {task_id}
    while reached:
        above = {task.task_id for task in listed if reached.intersection(task.dependencies)}
        reached = above - found
        found |= above
    return sorted(found - {task_id})


def cycle(tasks: Iterable[Task]) -> list[str]:
    """Return the ids of tasks that wait for each other in a ring; empty where none do."""
    try:
        TopologicalSorter({task.task_id: task.dependencies for task in tasks}).prepare()
    except CycleError as fault:
        ring: list[str] = fault.args[1]
        return ring
    return []


def graph(state: State) -> Json:
    """Return what waits for what: every queued task, every task it names, and the edges.

    tasks are {task_id, agent, standing}; agent is null and standing `completed` or `unknown`
    for a task that is in no queue. waits are {task, waits_for, is_met}. Both are sorted.
    """
    queued = list(state.tasks())
    known = {task.task_id: (task.agent, standing(state, task)) for task in queued}
    named = {name for task in queued for name in task.dependencies} - set(known)
    outside = {name: "completed" if name in state.done else "unknown" for name in named}
    nodes: list[Json] = [{"task_id": i, "agent": a, "standing": s} for i, (a, s) in known.items()]
    nodes += [{"task_id": i, "agent": None, "standing": s} for i, s in outside.items()]
    edges = [
        {"task": task.task_id, "waits_for": name, "is_met": name in state.done}
        for task in queued
        for name in task.dependencies
    ]
    return {
        "tasks": sorted(nodes, key=lambda node: str(node["task_id"])),
        "waits": sorted(edges, key=lambda edge: (str(edge["task"]), str(edge["waits_for"]))),
    }
