"""Deliveries that people take out of the data set, and back in: entries, and which one counts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pipeline.reviews.records import LONGEST_NOTE_CHARS, moment_key, plain_line, signature_faults

REMOVED, UNDONE = "removed", "undone"
_ACTIONS = (UNDONE, REMOVED)
"""The more careful one last: of two at the same moment it counts."""

_PLACE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}/[0-9a-f]{12}-[^/\\\x00-\x1f\x7f]+")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SHOWN_CHARS = 60

Place = tuple[str, str]
"""Agent and stored name of a delivery."""


class Removal(NamedTuple):
    """One line of the book of removals.

    when is a moment in UTC (ISO 8601, ends with Z), action one of removed and undone; agent and
    delivery name what landed, sha256 its bytes, so that they are known when they come again.
    """

    when: str
    who: str
    action: str
    agent: str
    delivery: str
    sha256: str
    reason: str = ""

    @property
    def place(self) -> Place:
        """Return agent and stored name of the delivery."""
        return self.agent, self.delivery

    @property
    def because(self) -> str:
        """Return who removed it, when and why, as part of a sentence."""
        return f"by {self.who}, {self.when}" + (f": {self.reason}" if self.reason else "")


class Removed(NamedTuple):
    """The deliveries that are out of the data set: by agent and stored name, and by their bytes."""

    by_place: Mapping[Place, Removal] = {}
    by_digest: Mapping[str, Removal] = {}

    def of(self, place: Place, sha256: str, *, is_stored: bool) -> Removal | None:
        """Return the removal of bytes that come again to be stored at a place, None without one.

        Bytes that stand there already, and were not removed there, are part of the data set.
        """
        own = self.by_place.get(place)
        return own if own or is_stored else self.by_digest.get(sha256)


NOTHING_REMOVED = Removed()


def removed_of(entries: Iterable[Removal]) -> Removed:
    """Return what is out of the data set: of each delivery the latest entry counts.

    Of two at the same moment the removal does; where even that is equal, the one that sorts last
    as text. So the order of the lines means nothing, and git may merge two books line by line.
    """
    latest = {entry.place: entry for entry in sorted(entries, key=_precedence)}
    out = {place: one for place, one in sorted(latest.items()) if one.action == REMOVED}
    return Removed(out, {one.sha256: one for one in out.values()})


def removal_fault(entry: Removal) -> str | None:
    """Return in one sentence what is wrong with an entry by itself, None where nothing is."""
    return next(_faults(entry), None)


def _precedence(entry: Removal) -> tuple[tuple[str, str], int, Removal]:
    return moment_key(entry.when), _ACTIONS.index(entry.action), entry


def _faults(entry: Removal) -> Iterator[str]:
    if entry.action not in _ACTIONS:
        yield f"action {entry.action[:_SHOWN_CHARS]!r} is none of {', '.join(_ACTIONS)}"
    place = "/".join(entry.place)
    if not _PLACE.fullmatch(place):
        yield f"{place[:_SHOWN_CHARS]!r} is no agent and stored name of a landed delivery"
    if not _DIGEST.fullmatch(entry.sha256) or not entry.delivery.startswith(entry.sha256[:12]):
        yield "sha256 must be the 64 hex digits whose first 12 begin the stored name"
    yield from signature_faults(entry.when, entry.who)
    if entry.reason != plain_line(entry.reason):
        yield "the reason must be one line without control characters"
    if len(entry.reason) > LONGEST_NOTE_CHARS:
        yield f"the reason has {len(entry.reason):,} characters, {LONGEST_NOTE_CHARS:,} are allowed"
