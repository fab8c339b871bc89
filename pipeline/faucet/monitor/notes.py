"""What the figures of the monitor cannot know, and how it is filled, in sentences."""

from collections.abc import Iterator, Sequence

from pipeline.core.text import counted
from pipeline.faucet.monitor.lives import EVER, Life
from pipeline.faucet.monitor.past import Past


def notes(known: Sequence[Life], remembered: Past, unrecorded: int) -> list[str]:
    """Return what is approximated; unrecorded counts attempts that left no record but a turn."""
    return list(_notes(known, remembered, unrecorded))


def _notes(known: Sequence[Life], remembered: Past, unrecorded: int) -> Iterator[str]:
    if remembered.why:
        yield f"queues of the past are not known: {remembered.why}"
    if remembered.commits:
        commits = counted(remembered.commits, "commit")
        yield f"new tasks, pauses and quota waits are known from {commits}, to the next one alone"
    undated = sum(life.queued == EVER for life in known)
    if undated:
        tasks = counted(undated, "task")
        yield f"{tasks} counted as queued from the start: when is not recorded"
    if unrecorded:
        attempts = counted(unrecorded, "attempt")
        yield f"{attempts} transient, out of quota or released: not timed, counted as idle"
    untimed = sum(one.start is None for life in known for one in life.attempts)
    if untimed:
        yield f"{counted(untimed, 'attempt')} counted as idle: the beginning is not recorded"
