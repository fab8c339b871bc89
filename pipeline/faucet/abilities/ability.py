"""Which tasks a worker can do: the rest waits for an agent, a program or a person that can."""

from collections.abc import Callable
from functools import cache, partial

from pipeline.faucet.abilities.generators import installed
from pipeline.faucet.gates.arrivals import waits_for_deliveries
from pipeline.faucet.queues.board import Board
from pipeline.faucet.queues.storage import LocalBoard
from pipeline.faucet.settings import Settings, Worker, read_settings
from pipeline.faucet.tasks.state import State, Task
from pipeline.plan.indicators import Plan
from pipeline.store.plan import read_plan
from pipeline.workspace.workspace import Workspace

BUILT_IN = ("stage", "command", "checkpoint")
"""Kinds of task that need nobody."""

ASKED = ("judge", "repair")
"""Kinds of task that need a model."""


def ability(workspace: Workspace, worker: Worker) -> Callable[[Task], bool]:
    """Return whether a worker can do a task, as a function of the task."""
    plan = cache(partial(read_plan, workspace))

    def can_do(task: Task) -> bool:
        kind = task.rest.get("kind")
        if waits_for_deliveries(workspace, task):
            return False
        if kind == "review" and not worker.reviews:
            return False
        if kind in ASKED:
            return worker.model is not None
        if kind in BUILT_IN or worker.command:
            return True
        if worker.model is not None and task.rest.get("indicators"):
            return True
        return worker.worked_examples and computable(task, plan())

    return can_do


def worker_of(state: State, settings: Settings, agent: str) -> Worker:
    """Return how an agent's tasks are done: by the settings, and by what its queue file says."""
    queue = state.queues.get(agent)
    return settings.worker(agent, queue.rest.get("worker") if queue else None)


def abilities(board: Board, settings: Settings) -> Callable[[Task], bool]:
    """Return whether the agent of a task can do it here, as a function of the task.

    Of an agent without a way of its own people do the work: they can, once it can be done at all.
    """
    state = board.load()
    workers = {agent: worker_of(state, settings, agent) for agent in state.queues}
    ways = {agent: ability(board.workspace, worker) for agent, worker in workers.items()}

    def can_do(task: Task) -> bool:
        worker = workers[task.agent]
        if worker.writes or worker.worked_examples:
            return ways[task.agent](task)
        return not waits_for_deliveries(board.workspace, task)

    return can_do


def undoable_here(workspace: Workspace) -> frozenset[str]:
    """Return the queued tasks that their agents cannot do here: they wait for somebody who can.

    Raises UserError where settings or queues cannot be read.
    """
    board = LocalBoard(workspace)
    can_do = abilities(board, read_settings(workspace))
    return frozenset(task.task_id for task in board.load().tasks() if not can_do(task))


def deliverers(board: Board, settings: Settings) -> frozenset[str]:
    """Return the agents that have a way to deliver here: a command, a model, or worked examples."""
    state = board.load()
    workers = {agent: worker_of(state, settings, agent) for agent in state.queues}
    return frozenset(
        agent for agent, worker in workers.items() if worker.writes or worker.worked_examples
    )


def useless_generators(board: Board, settings: Settings, agent: str) -> tuple[str, ...]:
    """Return why generators cannot be used, where an agent's tasks are computed by them."""
    worker = worker_of(board.load(), settings, agent)
    return installed().faults if worker.worked_examples and not worker.writes else ()


def computable(task: Task, plan: Plan) -> bool:
    """Return whether every indicator that a task owes pairs for can be computed."""
    names = [computed_as(one["name"], plan) for one in task.rest.get("indicators", ())]
    return task.rest.get("kind", "deliver") == "deliver" and bool(names) and None not in names


def computed_as(name: str, plan: Plan) -> str | None:
    """Return the name under which a generator can compute an entry, None where none can."""
    found = plan.named(name)
    known = found.indicator if found else name
    return known if installed().able(known) else None
