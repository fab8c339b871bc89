"""Rounds of tasks that recur: each comes back once it is completed, behind all that is queued."""

from collections.abc import Iterable
from datetime import timedelta

from pipeline.core.json_values import Json
from pipeline.faucet.tasks.documents import task_of
from pipeline.faucet.tasks.state import State, Task, as_text, moment

LAST = 50
"""The priority of what the faucet adds by itself: behind whatever somebody queued."""


def next_rounds(state: State, receipts: Iterable[Json]) -> list[Task]:
    """Return the next round of each task that recurs, where its last one is completed."""
    return [task for receipt in receipts if (task := _next_round(state, receipt))]


def _next_round(state: State, receipt: Json) -> Task | None:
    """Return the next round of a completed task that recurs, None where it is there already.

    It comes behind all that is queued: with its old priority the first series of a queue would be
    the only one that is ever worked on.
    """
    entry: Json = receipt["task"]
    if not entry.get("recurs") or receipt["agent"] not in state.queues:
        return None
    series, number = entry.get("series", receipt["task_id"]), entry.get("round", 1) + 1
    task_id = f"{series}_{number}"
    if task_id in state.done or state.task(task_id):
        return None
    again = {"task_id": task_id, "series": series, "round": number, "dependencies": []}
    following = {**entry, **again, "priority": max(entry["priority"], LAST)}
    if "every_s" in entry and receipt["completed"]:
        due = moment(receipt["completed"]) + timedelta(seconds=entry["every_s"])
        following["not_before"] = as_text(due)
    return task_of({**following, "gates": _of_round(entry, task_id)}, receipt["agent"])


def _of_round(entry: Json, task_id: str) -> list[Json]:
    """Return the gates of the next round: a page that was written before proves nothing now."""
    old = entry["task_id"]
    gates: list[Json] = entry.get("gates", [])
    return [
        {**gate, "deliverable": gate["deliverable"].replace(f"/{old}.", f"/{task_id}.")}
        if "deliverable" in gate
        else gate
        for gate in gates
    ]
