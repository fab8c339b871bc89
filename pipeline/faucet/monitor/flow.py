"""Queue depth and cumulative flow over a window, at evenly spaced moments."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import NamedTuple

from pipeline.faucet.monitor.course import Stretch, course
from pipeline.faucet.monitor.lives import Life
from pipeline.faucet.monitor.spans import Span

POINTS = 160
"""Moments of a window that are told: a chart has no room for more."""

BRIEF_S = 1
"""A dip shorter than this many seconds is not told."""

BANDS = {
    "completed": ("completed",),
    "in work": ("claimed", "submitted"),
    "ready": ("ready", "scheduled", "backoff"),
    "waiting": ("waiting",),
    "stopped": ("paused", "dead"),
}
"""Bands of the cumulative flow, from the bottom up, and the states that each adds up."""


class Depth(NamedTuple):
    """The fewest tasks that one agent had queued, and ready, from when to the next moment."""

    when: datetime
    agent: str
    queued: int
    ready: int


class Flow(NamedTuple):
    """How many tasks stood in a band at a moment."""

    when: datetime
    band: str
    tasks: int


def moments(window: Span, points: int = POINTS) -> list[datetime]:
    """Return the beginnings of so many equal parts of a window."""
    part = (window.end - window.start) / points
    return [window.start + number * part for number in range(points)]


def depths(
    agents: Iterable[str], lives: Sequence[Life], done: Mapping[str, datetime], window: Span
) -> list[Depth]:
    """Return the depth of every agent's queue: the lowest of each part, so that no dip is lost."""
    return [
        depth
        for agent in agents
        for depth in _depths(agent, [one for one in lives if one.agent == agent], done, window)
    ]


def _depths(
    agent: str, own: list[Life], done: Mapping[str, datetime], window: Span
) -> Iterable[Depth]:
    times = moments(window)
    part_s = window.seconds / len(times)
    lowest: dict[int, tuple[int, int]] = {}
    for stretch in course(own, done, window.end):
        if stretch.end <= window.start or _is_brief(stretch, part_s):
            continue
        first = (max(stretch.start, window.start) - window.start).total_seconds()
        last = (stretch.end - window.start).total_seconds()
        here = (stretch.depth, stretch.count("ready"))
        for part in range(int(first / part_s), min(len(times), ceil(last / part_s))):
            before = lowest.get(part, here)
            lowest[part] = (min(before[0], here[0]), min(before[1], here[1]))
    return [Depth(times[part], agent, *lowest[part]) for part in sorted(lowest)]


def _is_brief(stretch: Stretch, part_s: float) -> bool:
    """Return whether it is but the moment between a claim and the refill that follows."""
    return (stretch.end - stretch.start).total_seconds() < min(BRIEF_S, part_s)


def flow(lives: Sequence[Life], done: Mapping[str, datetime], window: Span) -> list[Flow]:
    """Return how many of all tasks stood in each band at each moment, and at the window's end."""
    times = [*moments(window), window.end]
    rows: list[Flow] = []
    place = 0
    counts = dict.fromkeys(BANDS, 0)
    for stretch in course(lives, done, window.end):
        counts = _counts(stretch)
        while place < len(times) and times[place] < stretch.end:
            rows += [Flow(times[place], band, number) for band, number in counts.items()]
            place += 1
    return rows + [Flow(when, band, counts[band]) for when in times[place:] for band in BANDS]


def _counts(stretch: Stretch) -> dict[str, int]:
    return {band: stretch.count(*states) for band, states in BANDS.items()}
