"""What holds the flow up: tasks, agents and deliveries that others wait for."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from pipeline.core.text import counted
from pipeline.faucet.answers.books import accounting
from pipeline.faucet.monitor.agents import FLOOR, AgentReport
from pipeline.faucet.runs.inbox import unlanded
from pipeline.faucet.tasks.dependencies import dependents
from pipeline.faucet.tasks.state import State, lapsed, standing
from pipeline.workspace.layout import DELIVERIES
from pipeline.workspace.workspace import Workspace

_HOLDING_UP = 3
_LISTED = 5


class Bottleneck(NamedTuple):
    """What is in the way.

    kind is dead, lapsed, holding_up, below_floor, not_landed or not_integrated.

    what names it, detail says in a few words what follows.
    """

    kind: str
    what: str
    detail: str


def bottlenecks(
    workspace: Workspace, state: State, agents: Sequence[AgentReport], now: datetime
) -> list[Bottleneck]:
    """Return everything that holds the flow up, the most pressing kind first."""
    held_up = [*_dead(state), *_lapsed(state, now), *_holding_up(state)]
    return [*held_up, *_below_floor(agents), *_deliveries(workspace)]


def _dead(state: State) -> list[Bottleneck]:
    """Return the dead tasks, with those that wait for them."""
    tasks = list(state.tasks())
    return [
        Bottleneck("dead", task.task_id, _held_up(dependents(tasks, task.task_id)))
        for task in tasks
        if task.is_dead
    ]


def _lapsed(state: State, now: datetime) -> list[Bottleneck]:
    """Return the tasks in the hands of somebody who seems to be gone, by this clock."""
    return [
        Bottleneck("lapsed", task.task_id, f"claimed by {task.claim.owner}, its lease is over")
        for task in lapsed(state, now)
        if task.claim
    ]


def _held_up(names: list[str]) -> str:
    if not names:
        return "nothing waits for it"
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"holds up {', '.join(names[:_LISTED])}{more}"


def _holding_up(state: State) -> list[Bottleneck]:
    """Return the open tasks that most others wait for, and that wait for none themselves."""
    tasks = list(state.tasks())
    heads = [
        task for task in tasks if standing(state, task) not in ("waiting", "dead", "completed")
    ]
    held = {task.task_id: dependents(tasks, task.task_id) for task in heads}
    found = [task for task in heads if len(held[task.task_id]) >= _HOLDING_UP]
    found.sort(key=lambda task: (-len(held[task.task_id]), task.task_id))
    return [
        Bottleneck(
            "holding_up",
            task.task_id,
            f"{standing(state, task)} at {task.agent}, {_held_up(held[task.task_id])}",
        )
        for task in found[:_LISTED]
    ]


def _below_floor(agents: Sequence[AgentReport]) -> list[Bottleneck]:
    return [
        Bottleneck(
            "below_floor", one.agent, f"{counted(one.depth, 'task')} queued, >{FLOOR} wanted"
        )
        for one in agents
        if one.is_low
    ]


def _deliveries(workspace: Workspace) -> list[Bottleneck]:
    """Return what agents dropped and nobody has brought in yet."""
    waiting = len(unlanded(workspace))
    known = _integrated(workspace)
    landed = (
        path for path in (workspace / DELIVERIES).glob("*/*") if not path.name.startswith(".")
    )
    left = [path for path in landed if (path.parent.name, path.name) not in known]
    rows = [
        ("not_landed", waiting, "wait to land: `faucet land`"),
        ("not_integrated", len(left), "landed: `faucet repro`"),
    ]
    return [Bottleneck(kind, counted(count, "file"), where) for kind, count, where in rows if count]


def _integrated(workspace: Workspace) -> set[tuple[str, str]]:
    return {(row["agent"], row["delivery"]) for row in accounting(workspace)}
