"""Queues, live: what every agent does, why it idles, and what its tasks wait for."""

from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pipeline.core.errors import UserError
from pipeline.desk.site import Site
from pipeline.faucet.gates.criteria import criteria_of, in_words
from pipeline.faucet.monitor import tables, words
from pipeline.faucet.monitor.report import report, since_of
from pipeline.faucet.queues.storage import load
from pipeline.faucet.queues.view import task_line
from pipeline.faucet.tasks.state import State, standing

_LISTED_TASKS = 12


def show(site: Site, request: Request) -> Response:
    """Return the queues as they are now; the page asks for itself again every few seconds."""
    now = datetime.now(UTC)
    since = request.query_params.get("since", "")
    try:
        current = report(site.workspace, now, since_of(since, now) if since else None)
        state = load(site.workspace)
    except UserError as fault:
        return site.page(request, "queues.html", report=None, fault=str(fault), since=since)
    return site.page(
        request,
        "queues.html",
        report=current,
        fault="",
        since=since,
        listings=[
            tables.agents(current),
            tables.idle(current),
            tables.bottlenecks(current),
            tables.gates(current),
            tables.times(current),
            tables.pairs(current),
        ],
        queues=[_queue(state, agent, now) for agent in sorted(state.queues)],
        notes=[*words.unknowns(current), *current.notes],
    )


def _queue(state: State, agent: str, now: datetime) -> dict[str, Any]:
    tasks = sorted(state.queues[agent].tasks, key=lambda task: task.priority)
    return {
        "agent": agent,
        "total": len(tasks),
        "tasks": [
            {
                "task_id": task.task_id,
                "standing": standing(state, task),
                "line": task_line(state, task.task_id, now).partition("; ")[2],
                "criteria": [in_words(one) for one in criteria_of(task.rest)],
            }
            for task in tasks[:_LISTED_TASKS]
        ],
    }
