"""A verdict taken back: nobody decided then, and the rules do again."""

from pipeline.core.errors import UserError
from pipeline.faucet.verdicts.book import append, now, read_book
from pipeline.reviews.force import in_force
from pipeline.reviews.records import WITHDRAWN, Verdict, moment_key
from pipeline.workspace.workspace import Workspace

_SHORTEST_START = 6
_SHOWN = 5


def withdraw(workspace: Workspace, pair_id: str, other_id: str | None, who: str) -> Verdict:
    """Write into the book that the verdict in force on a pair, or on two, counts no more.

    The starts of the ids are enough, from 6 hex digits on. Returns the verdict that was in
    force. Raises UserError where none is, where several may be meant, and where it is dated later
    than this machine's clock, which could not be overruled.
    """
    starts = [start.strip().lower() for start in (pair_id, other_id) if start is not None]
    withdrawn = _the_one(workspace, starts)
    line = Verdict(now(), who, WITHDRAWN, withdrawn.pair_id, withdrawn.other_id)
    if moment_key(line.when) <= moment_key(withdrawn.when):
        raise UserError(
            f"the verdict of {withdrawn.who} is dated {withdrawn.when}, this machine's clock says"
            f" {line.when}: set the clock, or mend the line in the book"
        )
    append(workspace, [line])
    return withdrawn


def _the_one(workspace: Workspace, starts: list[str]) -> Verdict:
    """Return the verdict in force on the pairs whose ids begin so."""
    short = [start for start in starts if len(start) < _SHORTEST_START]
    if short:
        raise UserError(f"{short[0]!r} is no pair id: give 6 hex digits of it, or more")
    lines = in_force(read_book(workspace)).lines
    meant = [ids for ids in lines if len(ids) == len(starts) and _fit(ids, starts)]
    if len(meant) == 1:
        return lines[meant[0]]
    named = " and ".join(starts)
    if meant:
        listed = ", ".join(" and ".join(ids) for ids in meant[:_SHOWN])
        raise UserError(f"{named} may be {len(meant)} that were decided on: {listed}")
    beside = [ids for ids in lines if len(ids) > len(starts) and _fit(ids, starts)]
    hint = f"; name both of {' and '.join(beside[0])}" if beside else ""
    raise UserError(f"nothing to withdraw: no verdict is in force on {named}{hint}")


def _fit(ids: tuple[str, ...], starts: list[str]) -> bool:
    """Return whether the ids begin with the starts, in either order."""
    orders = (ids, ids[::-1])
    return any(all(map(str.startswith, order, starts)) for order in orders)
