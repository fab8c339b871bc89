"""A delivery taken out of the data set, and back in: entries in the book of removals."""

import re
from collections.abc import Callable, Iterable
from hashlib import file_digest
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.json_values import compact
from pipeline.deliveries.stored import landed, printable_name
from pipeline.faucet.removed import removed_in
from pipeline.faucet.verdicts.book import append_lines, now
from pipeline.reviews.records import moment_key, plain_line
from pipeline.reviews.removals import REMOVED, UNDONE, Place, Removal, removal_fault
from pipeline.workspace import layout
from pipeline.workspace.workspace import Workspace

_SHORTEST_START = 6
_NAMED_DIGITS = 12
_DIGITS = re.compile(r"[0-9a-fA-F]{12,64}")
_SHOWN = 5


class Meant(NamedTuple):
    """How somebody names a delivery: the start of its stored name or digest, and its agent.

    Its original name, whole, and its path below data/deliveries are understood, too.
    """

    start: str
    agent: str | None = None


def remove(workspace: Workspace, meant: Meant, who: str, reason: str) -> Removal:
    """Write into the book that a landed delivery is out of the data set from the next run on.

    The file stays where it is, so that history holds and nothing is lost. Waits for a run that
    goes on. Returns the entry. Raises UserError where no delivery that takes part is meant, where
    several may be, and where the book cannot hold the entry.
    """

    def digest_of(place: Place) -> str:
        with (workspace / layout.DELIVERIES).joinpath(*place).open("rb") as content:
            return file_digest(content, "sha256").hexdigest()

    with workspace.run_lock():
        out = removed_in(workspace).by_place
        stored = [(one.agent, one.delivery) for one in landed(workspace / layout.DELIVERIES)]
        places = _fitting(meant, stored, digest_of)
        here = [place for place in places if place not in out]
        if places and not here:
            raise UserError(f"{'/'.join(places[0])} was removed already {out[places[0]].because}")
        place = _the_one(meant, here, "no delivery that landed")
        return _write(workspace, _entry(REMOVED, place, digest_of(place), who, reason), None)


def undo(workspace: Workspace, meant: Meant, who: str, reason: str) -> Removal:
    """Write into the book that a removed delivery takes part again from the next run on.

    Returns the entry. Raises UserError where no removed delivery is meant, where several may be,
    where its file is there no more, and where the removal is dated later than this machine's
    clock, which could not be overruled.
    """
    with workspace.run_lock():
        out = removed_in(workspace).by_place
        places = _fitting(meant, out, lambda place: out[place].sha256)
        removal = out[_the_one(meant, places, "no removed delivery")]
        path = layout.DELIVERIES.joinpath(*removal.place)
        if not (workspace / path).is_file():
            raise UserError(f"{path.as_posix()} is missing: bring it back from git or DVC first")
        entry = _entry(UNDONE, removal.place, removal.sha256, who, reason)
        return _write(workspace, entry, removal)


def removals(workspace: Workspace) -> list[Removal]:
    """Return the removals that count, by agent and stored name."""
    return list(removed_in(workspace).by_place.values())


def _entry(action: str, place: Place, sha256: str, who: str, reason: str) -> Removal:
    return Removal(now(), who, action, *place, sha256, plain_line(reason))


def _write(workspace: Workspace, entry: Removal, overruled: Removal | None) -> Removal:
    """Write an entry at the end of the book; the caller holds the run lock."""
    broken = removal_fault(entry)
    if broken is not None:
        raise UserError(f"{'/'.join(entry.place)}: {broken}")
    if overruled and moment_key(entry.when) <= moment_key(overruled.when):
        raise UserError(
            f"the removal of {overruled.who} is dated {overruled.when}, this machine's clock says"
            f" {entry.when}: set the clock, or mend the line in the book"
        )
    append_lines(workspace, layout.REMOVED, compact(entry._asdict()).encode() + b"\n")
    return entry


def _the_one(meant: Meant, places: list[Place], none: str) -> Place:
    if len(places) == 1:
        return places[0]
    whose = f" of {meant.agent}" if meant.agent else ""
    if not places:
        raise UserError(f"{none}{whose} has a name or digest that starts with {meant.start!r}")
    more = ", …" if len(places) > _SHOWN else ""
    listed = ", ".join(map("/".join, places[:_SHOWN])) + more
    raise UserError(
        f"{meant.start!r} may be {len(places)} deliveries, give more of the name, or --agent:"
        f" {listed}"
    )


def _fitting(
    meant: Meant, places: Iterable[Place], digest_of: Callable[[Place], str]
) -> list[Place]:
    """Return the places that somebody may mean, sorted; one that is named in full goes first."""
    start = meant.start.strip().removeprefix(f"{layout.DELIVERIES.as_posix()}/")
    if len(start) < _SHORTEST_START:
        raise UserError(
            f"{meant.start!r} is too short: give {_SHORTEST_START} characters or more of the"
            " delivery's stored name or digest"
        )
    asked = sorted(place for place in places if meant.agent in (None, place[0]))
    whole = [place for place in asked if start in ("/".join(place), place[1])]
    return whole or [place for place in asked if _fits(start, place, digest_of)]


def _fits(start: str, place: Place, digest_of: Callable[[Place], str]) -> bool:
    stored = place[1]
    if stored.startswith((start, start.lower())) or start == printable_name(stored):
        return True
    if not _DIGITS.fullmatch(start) or not stored.startswith(start[:_NAMED_DIGITS].lower()):
        return False
    return digest_of(place).startswith(start.lower())
