"""Which claims are over: of dead owners at once, of silent ones after their lease.

Three kinds of owner are judged in three ways. A process of this host is looked for. A process of
another host is watched: only when its claim stayed as it is for the whole lease, by this host's
own clock, is it taken to be gone, because the clocks of two hosts need not agree. A person or an
agent that is called by hand has no process, and the lease counts from when the claim was renewed.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime

import orjson

from pipeline.core.json_values import Json, compact
from pipeline.faucet.queues.owners import is_alive, this_host
from pipeline.faucet.tasks.state import Claim, State, Task, is_lapsed, standing
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import CLAIMS_SEEN
from pipeline.workspace.workspace import Workspace


def over(
    workspace: Workspace, state: State, now: datetime, clock: Callable[[], float] = time.monotonic
) -> list[Task]:
    """Return the claimed tasks whose owner is gone, as far as this host can tell.

    What it saw of other hosts' claims is kept below root. clock tells seconds that never jump.
    """
    gone, foreign = [], []
    for task in state.tasks():
        if task.claim is None or standing(state, task) != "claimed":
            continue
        process = task.claim.process
        alive = is_alive(process) if process else not is_lapsed(task.claim, now)
        if alive is None:
            foreign.append(task)
        elif not alive:
            gone.append(task)
    return [*gone, *_silent(workspace, foreign, clock())] if foreign else gone


def _silent(workspace: Workspace, foreign: Iterable[Task], at: float) -> list[Task]:
    """Return the tasks whose claims did not change for their lease, and remember the others."""
    before = _remembered(workspace)
    seen: dict[str, Json] = {}
    silent = []
    for task in foreign:
        assert task.claim, "a foreign task is a claimed one"
        sign = _sign(task, task.claim)
        first = before.get(task.task_id, {})
        since = first["since"] if first.get("sign") == sign else at
        seen[task.task_id] = {"sign": sign, "since": since}
        if at - since >= task.claim.lease_s:
            silent.append(task)
    write_bytes(workspace / CLAIMS_SEEN, orjson.dumps({"host": this_host(), "claims": seen}))
    return silent


def _remembered(workspace: Workspace) -> dict[str, Json]:
    """Return what this host saw of claims since it was started; nothing if it is unreadable."""
    try:
        seen = orjson.loads((workspace / CLAIMS_SEEN).read_bytes())
        claims: dict[str, Json] = seen["claims"] if seen["host"] == this_host() else {}
    except (OSError, ValueError, LookupError, TypeError):
        return {}
    return claims


def _sign(task: Task, claim: Claim) -> str:
    return compact({"turn": task.turn, "owner": claim.owner, "renewed": claim.renewed})
