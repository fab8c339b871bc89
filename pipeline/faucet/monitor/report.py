"""Everything that the monitor tells about one moment, as one value."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.domain.nouns import Nouns, nouns_of
from pipeline.faucet.abilities.ability import undoable_here
from pipeline.faucet.checkpoints.history import Checkpoint, checkpoints
from pipeline.faucet.monitor.agents import (
    FLOOR,
    IDLE_TARGET,
    AgentReport,
    Throughput,
    agents,
    throughput,
)
from pipeline.faucet.monitor.bottlenecks import Bottleneck, bottlenecks
from pipeline.faucet.monitor.course import done_at
from pipeline.faucet.monitor.figures import Figure
from pipeline.faucet.monitor.flow import Depth, Flow, depths, flow
from pipeline.faucet.monitor.lives import Life, lives
from pipeline.faucet.monitor.notes import notes
from pipeline.faucet.monitor.past import past
from pipeline.faucet.monitor.quality import (
    DataSetQuality,
    GateFailure,
    Growth,
    acceptance,
    gate_failures,
    growth,
    quality,
)
from pipeline.faucet.monitor.spans import Span
from pipeline.faucet.queues.storage import load
from pipeline.faucet.queues.task_receipts import read_receipts
from pipeline.faucet.tasks.state import moment
from pipeline.store.words import data_set_name, read_nouns
from pipeline.workspace.workspace import Workspace

LISTED = 25
"""Checkpoints that the report lists."""

_SPAN = re.compile(r"(\d{1,6})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Report(NamedTuple):
    """The faucet at window.end; has_begun says whether anybody worked since window.start.

    concerns are why the faucet is not healthy; none means that it is. notes say what is
    approximated. checkpoints are the newest LISTED ones; `faucet log` has all. data_set is what the
    data set is called, nouns what the entries of its plan are. late says that the window begins
    later than was asked for, "" where it does not.
    """

    window: Span
    has_begun: bool
    agents: list[AgentReport]
    throughput: Throughput
    quality: DataSetQuality
    growth: Growth
    acceptance: dict[str, Figure]
    gate_failures: list[GateFailure]
    bottlenecks: list[Bottleneck]
    concerns: list[str]
    notes: list[str]
    checkpoints: list[Checkpoint]
    depths: list[Depth]
    flow: list[Flow]
    data_set: str = ""
    nouns: Nouns = nouns_of({})
    late: str = ""

    @property
    def all_active(self) -> bool:
        """Return whether every agent that there is anything for works, or did a moment ago."""
        return not _not_active(self.agents)


def report(workspace: Workspace, now: datetime, since: datetime | None = None) -> Report:
    """Return how the faucet of the workspace at root flows, from since (or the first claim) on.

    Tasks that their agents cannot do here are not there for them (abilities.undoable_here).
    Raises UserError where there are no queues, or a file that tells figures cannot be read.
    """
    state, receipts = load(workspace), read_receipts(workspace)
    remembered = past(workspace, state, now)
    known = lives(state, receipts, remembered.seen, remembered.sighted)
    begun = _begun(known)
    made: Sequence[Checkpoint] | str = _checkpoints(workspace)
    window = _window(since, begun, made, now)
    done = done_at(known, state.done)
    undoable = undoable_here(workspace)
    agent_reports = agents(state, known, done, remembered, window, undoable)
    held_up = bottlenecks(workspace, state, agent_reports, now)
    is_drawn = window.end > window.start
    return Report(
        window,
        begun is not None,
        agent_reports,
        throughput(known, window),
        quality(workspace),
        growth(made, window),
        acceptance(workspace),
        gate_failures(state, receipts),
        held_up,
        _concerns(agent_reports, held_up),
        notes(known, remembered, sum(one.unrecorded for one in agent_reports)),
        [] if isinstance(made, str) else list(made[:LISTED]),
        depths(sorted(state.queues), known, done, window) if is_drawn else [],
        flow(known, done, window) if is_drawn else [],
        data_set_name(workspace),
        read_nouns(workspace),
        _late(since, window),
    )


def since_of(text: str, now: datetime) -> datetime:
    """Return the moment that "90m", "12h", "2d", "1w" ago or an ISO 8601 text names.

    Raises UserError for any other text.
    """
    found = _SPAN.fullmatch(text)
    if found:
        return now - timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        return moment(text)
    except ValueError:
        forms = "write 90m, 12h, 2d, 1w or a date such as 2026-01-31T12:00"
        raise UserError(f"{text!r} is no moment: {forms}") from None


def _window(
    since: datetime | None,
    begun: datetime | None,
    made: Sequence[Checkpoint] | str,
    now: datetime,
) -> Span:
    """Return the window of a report: no rate is over time in which nothing was there yet.

    made are the checkpoints, newest first. A window that was asked for from before the first claim
    and the first checkpoint starts at the earlier of the two.
    """
    first = [] if isinstance(made, str) or not made else [made[-1].when]
    known = [*first, *([begun] if begun else [])]
    earliest = min(known, default=now)
    start = since or begun or now
    return Span(min(max(start, earliest), now), now)


def _late(since: datetime | None, window: Span) -> str:
    """Return that a window begins later than was asked for, "" where it does not."""
    if since is None or window.start <= since:
        return ""
    asked, start = (f"{moment:%Y-%m-%d %H:%M}" for moment in (since, window.start))
    begun = f"nothing was there before {start}, and shares and rates are of the time since then"
    return f"asked for from {asked} UTC on; {begun}"


def _begun(known: list[Life]) -> datetime | None:
    starts = (one.start for life in known for one in life.attempts if one.start)
    return min(starts, default=None)


def _checkpoints(workspace: Workspace) -> list[Checkpoint] | str:
    try:
        return checkpoints(workspace)
    except UserError as fault:
        return str(fault)


def _concerns(agent_reports: Sequence[AgentReport], held_up: Sequence[Bottleneck]) -> list[str]:
    found = [
        f"{one.agent} is {one.standing.replace('_', ' ')}" for one in _not_active(agent_reports)
    ]
    found += [
        f"{one.agent} idled {100 * one.idle_share.value:.0f} % of the time,"
        f" under {100 * IDLE_TARGET:.0f} % wanted"
        for one in agent_reports
        if one.idle_share.value is not None and one.idle_share.value >= IDLE_TARGET
    ]
    found += [
        f"{one.agent} has {one.depth} queued, >{FLOOR} wanted"
        for one in agent_reports
        if one.is_low
    ]
    found += [f"{one.what} is dead" for one in held_up if one.kind == "dead"]
    return found


def _not_active(agent_reports: Sequence[AgentReport]) -> list[AgentReport]:
    return [one for one in agent_reports if one.standing not in ("active", "dry")]
