"""One verdict by a program: held to what is open to decide, never on what its agent delivered."""

from collections.abc import Iterable

from pipeline.core.errors import UserError
from pipeline.faucet.lookup import PAIRS, by_pair_id, find_pair_id
from pipeline.faucet.review.items import Item, item_of
from pipeline.faucet.verdicts.book import append, now
from pipeline.reviews.records import LONGEST_NOTE_CHARS, OF_ONE, OF_TWO, Verdict, plain_line
from pipeline.workspace.workspace import Workspace


def verdicts_on(item: Item) -> tuple[str, ...]:
    """Return the verdicts that can be given on an item."""
    return OF_ONE if item.kind == "pair" else OF_TWO


def delivered_by(workspace: Workspace, agent: str, items: Iterable[Item]) -> frozenset[str]:
    """Return the ids among those of items whose pairs an agent delivered."""
    ids = {pair_id for item in items for pair_id in item.subject}
    rows = by_pair_id(workspace, PAIRS, ids, ("origins",)) if ids else {}
    return frozenset(
        pair_id
        for pair_id, row in rows.items()
        if any(origin["agent"] == agent for origin in row["origins"])
    )


def decide(
    workspace: Workspace,
    ids: tuple[str, str | None],
    verdict: str,
    who: str,
    note: str = "",
    agent: str | None = None,
) -> Verdict:
    """Write a verdict on one pair, or on two that were compared, into the book; return its line.

    ids are starts of pair ids, the second None where the verdict is about one pair. agent is who
    decides, where it delivers, too: nobody accepts what is their own.

    Raises UserError where ids name no pair, where nothing is to be decided about them, where the
    verdict is of the other kind, and where agent delivered one of the pairs.
    """
    subject = tuple(sorted(find_pair_id(workspace, one) for one in ids if one is not None))
    names = " and ".join(one[:8] for one in subject)
    item = item_of(workspace, subject)
    if verdict not in verdicts_on(item):
        known = ", ".join(verdicts_on(item))
        raise UserError(f"{verdict} is no verdict on {names}: one of {known}")
    if agent is not None and delivered_by(workspace, agent, [item]):
        raise UserError(f"{agent} delivered {names}: somebody else decides on it")
    line = plain_line(note)[:LONGEST_NOTE_CHARS]
    written = Verdict(now(), who, verdict, item.pair_id, item.other_id, line)
    append(workspace, [written])
    return written
