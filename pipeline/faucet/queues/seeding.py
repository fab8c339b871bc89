"""The first queues: who is in the team and what everyone has to do, as data.

seed/ holds one queue per agent, in the form in which queues are written. Nothing is told as done
that was not done here: what a base held before comes by `faucet import-base`.
"""

from importlib import resources
from pathlib import Path

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.deliveries.landing import LEFT_REASONS
from pipeline.deliveries.stored import AGENT_NAME
from pipeline.faucet.queues.storage import create
from pipeline.workspace.workspace import Workspace

AGENTS = ("claude_code", "droid", "zai", "claude")


def seed(workspace: Workspace) -> list[Path]:
    """Write the queues of the seed's four agents below root; return their paths.

    Raises UserError where one of them exists already.
    """
    return create(workspace, [_read(f"{agent}_queue") for agent in AGENTS], [])


def new_agent(workspace: Workspace, agent: str) -> list[Path]:
    """Write an empty queue for one more agent; return its path in a list.

    Raises UserError where agent is no name of an agent, or has a queue.
    """
    if not AGENT_NAME.fullmatch(agent):
        raise UserError(f"{agent!r} is no agent name: {LEFT_REASONS['bad_agent']}")
    empty: Json = {"agent": agent, "status": "active", "current_task": None, "queued_tasks": []}
    return create(workspace, [empty], [])


def _read(name: str) -> Json:
    found: Json = orjson.loads((resources.files(__package__) / f"seed/{name}.json").read_bytes())
    return found
