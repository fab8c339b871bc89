"""Deliveries that a task waits for: by who delivered them, under which name, for which sessions.

A task that integrates what somebody promised cannot be done while nothing came: it stays queued,
and completes on the pairs of those deliveries alone.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.deliveries.stored import landed
from pipeline.faucet.answers.books import accounting
from pipeline.faucet.lookup import PAIRS, table
from pipeline.faucet.tasks.state import Task
from pipeline.workspace.layout import DELIVERIES
from pipeline.workspace.workspace import Workspace

_NUMBER = re.compile(r"\d{1,9}")


def arrived(workspace: Workspace, asked: Json) -> int:
    """Return how many accepted pairs came by the deliveries that a criterion asks for."""
    books = [
        row
        for row in accounting(workspace)
        if _fits(asked, row["agent"], row["name"]) and not row.get("removed")
    ]
    if "sessions" not in asked:
        return sum(int(row["accepted"]) for row in books)
    if not books or not workspace.has(PAIRS):
        return 0
    named = {(row["agent"], row["delivery"]) for row in books}
    return sum(
        any((one["agent"], one["delivery"]) in named for one in origins)
        for origins in _of_sessions(workspace, *asked["sessions"])
    )


def waits_for_deliveries(workspace: Workspace, task: Task) -> bool:
    """Return whether a task asks for deliveries of which none has come so far.

    One that landed and was not read yet is one of them where its agent and name say so; which
    sessions it holds is known once it was read. While a run makes the table that tells sessions
    anew, nothing is known of them.
    """
    asked = [one["arrived"] for one in task.rest.get("gates", ()) if "arrived" in one]
    if not asked:
        return False
    booked = {(row["agent"], row["delivery"]) for row in accounting(workspace)}
    new = [one for one in landed(workspace / DELIVERIES) if (one.agent, one.delivery) not in booked]
    return any(
        not _has_arrived(workspace, one)
        and ("sessions" in one or not any(_fits(one, file.agent, file.name) for file in new))
        for one in asked
    )


def _of_sessions(workspace: Workspace, first: int, last: int) -> list[list[Json]]:
    """Return the origins of every pair of some sessions; of no other pair they are read."""
    from daft import col  # noqa: PLC0415 - who asks for no sessions needs none of it

    pairs = table(workspace, PAIRS).select("session", "origins")
    known = pairs.select("session").distinct().to_pydict()["session"]
    meant = [one for one in known if _session(one) in range(first, last + 1)]
    found: list[list[Json]] = (
        pairs.where(col("session").is_in(meant)).to_pydict()["origins"] if meant else []
    )
    return found


def _has_arrived(workspace: Workspace, asked: Json) -> bool:
    try:
        return arrived(workspace, asked) > 0
    except (UserError, FileNotFoundError):  # it was there a moment ago
        return False


def _fits(asked: Json, agent: str, name: str) -> bool:
    return _is_any(asked.get("agent"), agent) and _is_any(asked.get("name"), name.lower())


def _is_any(pattern: str | None, text: str) -> bool:
    return pattern is None or fnmatchcase(text, pattern.lower())


def _session(text: str | None) -> int:
    """Return the number of a session as delivered, -1 where it has none."""
    found: Iterable[str] = _NUMBER.findall(text or "")
    return int(next(iter(found), "-1"))
