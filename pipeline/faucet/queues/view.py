"""Queues, their graph and a task as text for people and agents, 80 columns wide."""

from collections.abc import Iterator
from datetime import datetime

from pipeline.core.json_values import Json
from pipeline.core.text import counted
from pipeline.faucet.gates.criteria import arrivals_in_words, criteria_of, failed, in_words
from pipeline.faucet.tasks.dependencies import dependents
from pipeline.faucet.tasks.documents import entry_of
from pipeline.faucet.tasks.owed import owed
from pipeline.faucet.tasks.state import Queue, State, Task, is_due, standing
from pipeline.faucet.terminal import one_line


def queue_lines(state: State, agents: list[str], now: datetime) -> Iterator[str]:
    """Yield the queues of agents: every task with its standing and what it waits for."""
    for agent in agents:
        yield agent_line(state, agent)
        for task in sorted(state.queues[agent].tasks, key=lambda task: task.priority):
            yield f"{task.priority:>4}  {standing(state, task):<9}  {task.task_id}"
            yield from (f"{'':17}{note}" for note in _notes(state, task, now))
        yield ""


def agent_line(state: State, agent: str) -> str:
    """Return an agent with how many of its tasks are where, on one line."""
    queue = state.queues[agent]
    return f"{agent} ({_agent_word(queue)}): {_counts(state, queue)}"


def task_line(state: State, task_id: str, now: datetime) -> str:
    """Return a task with its standing and what it waits for, on one line."""
    task = state.task(task_id)
    if task is None:
        return f"{task_id}: completed"
    return "; ".join([f"{task_id}: {standing(state, task)}", *_notes(state, task, now)])


def queues_as_json(state: State, agents: list[str]) -> Json:
    """Return the queues of agents with the standing of every task."""
    return {
        agent: {
            "agent": agent,
            "status": state.queues[agent].status,
            "breaker": state.queues[agent].breaker,
            "tasks": [
                {**entry_of(task), "standing": standing(state, task)}
                for task in state.queues[agent].tasks
            ],
        }
        for agent in agents
    }


def graph_lines(graph: Json) -> Iterator[str]:
    """Yield what waits for what as a tree: below each task those that wait for it.

    graph is what dependencies.graph returns. A task that waits for several stands below each of
    them, and is followed further below the first alone.
    """
    words = {node["task_id"]: _node(node) for node in graph["tasks"]}
    above: dict[str, list[str]] = {name: [] for name in words}
    below: dict[str, list[str]] = {name: [] for name in words}
    for edge in graph["waits"]:
        above[edge["task"]].append(edge["waits_for"])
        below[edge["waits_for"]].append(edge["task"])
    shown: set[str] = set()
    todo = [(name, 0) for name in sorted(words, reverse=True) if not above[name]]
    while todo:
        name, depth = todo.pop()
        again = " (see above)" if name in shown and below[name] else ""
        yield f"{'    ' * depth}{words[name]}{again}"
        if name not in shown:
            todo += [(task, depth + 1) for task in sorted(below[name], reverse=True)]
        shown.add(name)


def task_lines(task: Task) -> Iterator[str]:
    """Yield a claimed task as its agent reads it: what, for which gates, what failed before."""
    entry = task.rest
    yield f"{task.task_id} (attempt {task.attempt}, agent {task.agent})"
    if "description" in entry:
        yield one_line(entry["description"])
    for indicator in owed(task) if "indicators" in entry else ():
        yield f"  {one_line(indicator['name'])}: {indicator['target_pairs']:,} pairs"
    if "deliver_to" in entry:
        yield f"deliver to: {one_line(str(entry['deliver_to']))}"
    yield "it is completed when:"
    words = [in_words(criterion) for criterion in criteria_of(entry)]
    yield from (f"  {one_line(word)}" for word in words or ["there is a file or a --result"])
    for failure in task.failures:
        yield f"attempt {failure['attempt']} failed: {one_line(failure['reason'])}"
    if task.failures and task.failures[-1]["report"]:
        yield from (f"  {one_line(entry)}" for entry in failed(task.failures[-1]["report"]))
    yield f"hand in with: faucet queue submit {task.task_id} [FILES]"


def _agent_word(queue: Queue) -> str:
    if queue.is_paused and "paused_for" in queue.rest:
        return f"paused: {one_line(str(queue.rest['paused_for']))}"
    return f"out of quota until {queue.breaker['until']}" if queue.breaker else queue.status


def _counts(state: State, queue: Queue) -> str:
    found = [standing(state, task) for task in queue.tasks]
    words = [f"{found.count(word)} {word}" for word in dict.fromkeys(found)]
    return ", ".join(words) or counted(0, "task")


def _notes(state: State, task: Task, now: datetime) -> Iterator[str]:
    missing = sorted(set(task.dependencies) - state.done)
    if missing:
        yield f"waits for {', '.join(missing)}"
    asked = [one["arrived"] for one in task.rest.get("gates", ()) if "arrived" in one]
    yield from (f"asks for deliveries {one_line(arrivals_in_words(one))}" for one in asked)
    if task.claim:
        yield f"by {one_line(task.claim.owner)} since {task.claim.claimed}"
    if not is_due(task, now):
        yield f"not before {task.not_before}"
    if task.failures:
        yield f"attempt {task.failures[-1]['attempt']}: {one_line(task.failures[-1]['reason'])}"
    held_up = dependents(state.tasks(), task.task_id) if task.is_dead else []
    if held_up:
        yield f"holds up {', '.join(held_up)}"


def _node(node: Json) -> str:
    where = f"{node['agent']}, " if node["agent"] else ""
    return f"{node['task_id']} ({where}{node['standing']})"
