"""What git remembers of the queues: since when tasks are queued, and who was kept from working.

A commit shows the queues at one moment, so that times are known to the next commit alone. Where
every completed task is a checkpoint, that is the time of one task.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.checkpoints.history import head
from pipeline.faucet.monitor.lives import NEVER
from pipeline.faucet.monitor.spans import Span, joined
from pipeline.faucet.tasks.documents import document_of
from pipeline.faucet.tasks.state import State, moment
from pipeline.workspace.layout import QUEUES
from pipeline.workspace.workspace import Workspace

_CHANGE = re.compile(r":\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*\t.*_queue\.json")


class Sight(NamedTuple):
    """One agent's queue as it was at a moment."""

    when: datetime
    agent: str
    queue: Json


class Past(NamedTuple):
    """seen: since when a task is known to be queued; spans of pauses and quota waits by agent.

    dry are spans in which the plan held nothing more for an agent. sighted says when the queue of
    an agent is first and last shown. commits counts those that show a queue; why says what keeps
    git from telling more.
    """

    seen: Mapping[str, datetime]
    paused: Mapping[str, list[Span]]
    quota: Mapping[str, list[Span]]
    dry: Mapping[str, list[Span]] = {}
    sighted: Mapping[str, Span] = {}
    commits: int = 0
    why: str = ""


def past(workspace: Workspace, state: State, now: datetime) -> Past:
    """Return what the commits of the branch at root, and the queues as they are, tell."""
    try:
        last = head(workspace)
        sights = _sights(workspace, last) if last else ()
        why = "" if sights else "no commit holds a queue yet"
    except UserError as fault:
        sights, why = (), str(fault)
    return remembered(sights, state, now)._replace(why=why)


def remembered(sights: Sequence[Sight], state: State, now: datetime) -> Past:
    """Return what sights of queues in order of time, and their state now, tell."""
    seen: dict[str, datetime] = {}
    for sight in sights:
        for entry in _entries(sight.queue):
            seen[entry] = min(sight.when, seen.get(entry, NEVER))
    present = [Sight(now, agent, document_of(queue)) for agent, queue in state.queues.items()]
    by_agent: dict[str, list[Sight]] = {}
    for sight in (*sights, *present):
        by_agent.setdefault(sight.agent, []).append(sight)
    return Past(
        seen,
        {agent: list(_pauses(known)) for agent, known in by_agent.items()},
        {
            agent: [span for one in known for span in _quota(one)]
            for agent, known in by_agent.items()
        },
        {
            agent: joined(span for one in known for span in _dry(one))
            for agent, known in by_agent.items()
        },
        _sighted(sights),
        len({sight.when for sight in sights}),
    )


def _sighted(sights: Sequence[Sight]) -> dict[str, Span]:
    times: dict[str, list[datetime]] = {}
    for sight in sights:
        times.setdefault(sight.agent, []).append(sight.when)
    return {agent: Span(min(moments), max(moments)) for agent, moments in times.items()}


@lru_cache(maxsize=1)
def _sights(workspace: Workspace, last: str) -> tuple[Sight, ...]:
    """Return all sights up to a commit; a view that is refreshed reads them once a commit."""
    listing = workspace.git(
        *("log", "--first-parent", "-m", "--reverse", "--raw", "--no-abbrev", "--no-renames"),
        *("--diff-filter=AM", "--format=%cI", last, "--", f"{QUEUES.as_posix()}/"),
    )
    when: datetime | None = None
    listed: list[tuple[datetime, str]] = []
    for line in listing.splitlines():
        change = _CHANGE.fullmatch(line)
        if change and when:
            listed.append((when, change[1]))
        elif line and not line.startswith(":"):
            when = moment(line)
    texts = workspace.blobs((blob for _, blob in listed))
    read = ((time, _queue(texts[blob])) for time, blob in listed)
    return tuple(Sight(time, queue["agent"], queue) for time, queue in read if queue)


def _queue(text: bytes) -> Json | None:
    """Return a queue of the past; None where what was committed is none that can be read."""
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    is_queue = isinstance(document, dict) and isinstance(document.get("agent"), str)
    return document if is_queue and isinstance(document.get("queued_tasks"), list) else None


def _entries(queue: Json) -> Iterator[str]:
    for entry in queue["queued_tasks"]:
        if isinstance(entry, dict) and isinstance(entry.get("task_id"), str):
            yield entry["task_id"]


def _pauses(sights: list[Sight]) -> Iterator[Span]:
    """Yield from when an agent was seen paused until it was seen at work, or the last sight."""
    since: datetime | None = None
    for sight in sights:
        is_paused = sight.queue.get("status") == "paused"
        if is_paused and since is None:
            since = sight.when
        elif since and not is_paused:
            yield Span(since, sight.when)
            since = None
    if since:
        yield Span(since, sights[-1].when)


def _quota(sight: Sight) -> Iterator[Span]:
    """Yield the wait that a queue shows, from the claim that was answered so, where it is told."""
    breaker, current = sight.queue.get("breaker"), sight.queue.get("current_task") or {}
    if not isinstance(breaker, dict):
        return
    answered = current.get("started") if current.get("status") == "quota" else None
    try:
        until = moment(breaker["until"])
        since = moment(answered) if answered else sight.when
    except (KeyError, TypeError, ValueError):
        return
    if since < until:
        yield Span(since, until)


def _dry(sight: Sight) -> Iterator[Span]:
    """Yield when the plan held nothing more for an agent, as far as a queue shows it."""
    dry = sight.queue.get("dry")
    if not isinstance(dry, dict):
        return
    try:
        since = moment(dry["since"])
        until = moment(dry["until"]) if "until" in dry else sight.when
    except (KeyError, TypeError, ValueError):
        return
    yield Span(since, until)
