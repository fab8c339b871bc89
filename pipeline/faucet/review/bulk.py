"""Verdicts on many items at once: chosen by what they have in common, shown before written."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.deliveries.stored import original_name
from pipeline.faucet.lookup import KEPT, PAIRS, Row, by_pair_id
from pipeline.faucet.review.items import Item, Kind, open_items
from pipeline.faucet.verdicts.book import append, now
from pipeline.reviews.records import LONGEST_NOTE_CHARS, OF_ONE, OF_TWO, Verdict, plain_line
from pipeline.workspace.workspace import Workspace

FIELDS = ("rule", "agent", "delivery", "flag", "cluster")
"""What items are chosen by: rule is the kind of a proposal or the name of a guard that spoke."""

SAMPLE_ITEMS = 5

Conditions = Sequence[tuple[str, str]]


class Bulk(NamedTuple):
    """What a bulk verdict would do: the items that it is about, and what is said of them now."""

    verdict: str
    conditions: Conditions
    items: list[Item]
    rules_say: dict[str, int]  # items by what the rules say of them: review, reject
    by_agent: dict[str, int]  # items by agent that delivered one of their pairs
    sample: list[Item]  # drawn by their ids, to be read before --yes


def conditions_of(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return conditions such as flag=off_topic as (field, value).

    Raises UserError for a text of another form and for a field that is none of FIELDS.
    """
    found = []
    for text in texts:
        field, equals, value = text.partition("=")
        if not equals or not value.strip() or field.strip() not in FIELDS:
            raise UserError(f"--bulk {text!r}: write one of {', '.join(FIELDS)} as in flag=cut_off")
        found.append((field.strip(), value.strip()))
    return found


def prepare_bulk(workspace: Workspace, conditions: Conditions, verdict: str) -> Bulk:
    """Return what a verdict on all open items that meet every condition would do.

    accept and reject are about flagged pairs, the others about proposals. Of a proposal one of the
    two pairs must meet a condition on pairs. Nothing is written.

    Raises UserError for a word that is no verdict, and where qa has not run.
    """
    if verdict not in (*OF_ONE, *OF_TWO):
        raise UserError(f"--verdict {verdict!r} is none of {', '.join((*OF_ONE, *OF_TWO))}")
    only: Kind = "pair" if verdict in OF_ONE else "proposal"
    items = open_items(workspace, only)
    ids = sorted({pair_id for item in items for pair_id in item.subject})
    origins = by_pair_id(workspace, PAIRS, ids, ("origins",)) if ids else {}
    is_asked = any(field == "cluster" for field, _ in conditions) and workspace.has(KEPT)
    kept = by_pair_id(workspace, KEPT, ids, ("cluster_id",)) if ids and is_asked else {}
    chosen = [
        item
        for item in items
        if all(_meets(item, field, value, origins, kept) for field, value in conditions)
    ]
    return Bulk(
        verdict,
        conditions,
        chosen,
        _counted(item.decision["action"] if item.decision else item.verdict for item in chosen),
        _counted(agent for item in chosen for agent in _agents(item, origins)),
        sorted(chosen, key=_drawn)[:SAMPLE_ITEMS],
    )


def write_bulk(workspace: Workspace, bulk: Bulk, who: str) -> int:
    """Write the verdict on every item of bulk into the book, all or none; count them."""
    chosen = " ".join(f"{field}={value}" for field, value in bulk.conditions)
    subjects = [(item.pair_id, item.other_id) for item in bulk.items]
    return write_many(workspace, subjects, bulk.verdict, who, chosen)


def write_many(
    workspace: Workspace,
    subjects: Sequence[tuple[str, str]],
    verdict: str,
    who: str,
    chosen: str,
) -> int:
    """Write one verdict on many subjects into the book, all or none; count them.

    A subject is pair_id and other_id, "" for a verdict on one pair. chosen says how they were
    chosen; it becomes the note of each line, cut to what a note may hold.
    """
    note = plain_line(f"bulk: {chosen}")[:LONGEST_NOTE_CHARS]
    when = now()
    lines = [Verdict(when, who, verdict, *subject, note) for subject in subjects]
    if lines:
        append(workspace, lines)
    return len(lines)


def _meets(
    item: Item, field: str, value: str, origins: Mapping[str, Row], kept: Mapping[str, Row]
) -> bool:
    if field == "flag":
        return value in {flag["code"] for flag in item.flags}
    if field == "rule":
        return value in _rules(item)
    if field == "cluster":
        clusters = {kept[one]["cluster_id"] for one in item.subject if one in kept}
        return any(cluster.startswith(value) for cluster in clusters)
    if field == "agent":
        return value in _agents(item, origins)
    return value in {name for one in _origins(item, origins) for name in _names(one["delivery"])}


def _rules(item: Item) -> set[str]:
    """Return the kind of a proposal and the names of its guards, of a pair the codes of flags."""
    if item.decision is None:
        return {flag["code"] for flag in item.flags}
    return {item.decision["kind"], *(guard.split(":")[0] for guard in item.decision["guards"])}


def _origins(item: Item, origins: Mapping[str, Row]) -> list[Row]:
    return [one for pair_id in item.subject for one in origins[pair_id]["origins"]]


def _agents(item: Item, origins: Mapping[str, Row]) -> set[str]:
    return {one["agent"] for one in _origins(item, origins)}


def _names(delivery: str) -> tuple[str, str]:
    """Return the stored name of a delivery and the name that its agent gave it."""
    return delivery, original_name(delivery).decode("utf-8", "backslashreplace")


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def _drawn(item: Item) -> str:
    return hashlib.blake2b("".join(item.subject).encode(), digest_size=8).hexdigest()
