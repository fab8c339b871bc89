"""The first queues: who is in the team and what everyone has to do, as data.

data/domain/queues/ holds one queue per agent, in the form in which queues are written. A domain
without them gets the queues of first/: one agent that reads, scores and exports what comes, and
one that is owed pairs for the plan. Nothing is told as done that was not done here: what a base
held before comes by `faucet import-base`.
"""

from importlib import resources
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.deliveries.landing import LEFT_REASONS
from pipeline.deliveries.stored import AGENT_NAME
from pipeline.faucet.queues import files as task_files
from pipeline.faucet.queues.storage import create
from pipeline.faucet.tasks.documents import document_of, queue_of
from pipeline.faucet.tasks.refill import Gap, refill
from pipeline.faucet.tasks.state import State
from pipeline.store.inputs import read_input
from pipeline.workspace.layout import FIRST_QUEUES, PLAN
from pipeline.workspace.workspace import Workspace

_QUEUE = "_queue.json"
_FIRST = ("keeper", "writer")
_FIRST_PAIRS = 20
"""Pairs of an entry that a plan without targets asks for first."""


def seed(workspace: Workspace) -> list[Path]:
    """Write the first queues of the domain below root; return their paths.

    Raises UserError where one of them exists already, or a file of the domain's is no queue.
    """
    return create(workspace, first_queues(workspace), [])


def first_queues(workspace: Workspace) -> list[Json]:
    """Return the first queues of a workspace: those of its domain, or those made of its plan."""
    own = [path for path in _files(workspace) if path.name.endswith(_QUEUE)]
    if own:
        return [task_files.read(workspace, path, "task_queue") for path in own]
    queues = {agent: queue_of(_general(workspace, agent)) for agent in _FIRST}
    state = State(queues)
    for task in refill(state, _wanted(workspace), ()):
        state = state.with_task(task)
    return [document_of(queue) for queue in state.queues.values()]


def new_agent(workspace: Workspace, agent: str) -> list[Path]:
    """Write an empty queue for one more agent; return its path in a list.

    Raises UserError where agent is no name of an agent, or has a queue.
    """
    if not AGENT_NAME.fullmatch(agent):
        raise UserError(f"{agent!r} is no agent name: {LEFT_REASONS['bad_agent']}")
    empty: Json = {"agent": agent, "status": "active", "current_task": None, "queued_tasks": []}
    return create(workspace, [empty], [])


def _files(workspace: Workspace) -> list[Path]:
    return [FIRST_QUEUES / path.name for path in sorted((workspace / FIRST_QUEUES).glob("*.json"))]


def _general(workspace: Workspace, agent: str) -> Json:
    name = f"{agent}{_QUEUE}"
    content = (resources.files(__package__) / f"first/{name}").read_bytes()
    return task_files.parsed(workspace, Path(name), content, "task_queue")


def _wanted(workspace: Workspace) -> list[Gap]:
    """Return the pairs that the plan asks for, entry by entry; a few of each where it sets none."""
    plan = read_input(workspace, PLAN)
    rows = list(zip(plan["name"], plan["target"].tolist(), strict=True))
    least = 0 if any(target for _, target in rows) else _FIRST_PAIRS
    return [Gap(name, 0, max(target, least)) for name, target in rows]
