"""What removed deliveries hold of a pair: no output of a run has it, so they are read again."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.deliveries.content import mapped
from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.stored import landed
from pipeline.faucet.lookup import Row
from pipeline.faucet.reading import reader
from pipeline.faucet.removed import removed_in
from pipeline.reviews.removals import Removal
from pipeline.store.inputs import mapping_text
from pipeline.workspace.layout import DELIVERIES
from pipeline.workspace.workspace import Workspace


class RemovedPair(NamedTuple):
    """A pair as a removed delivery holds it: its origin there, and who removed the delivery."""

    pair: Pair
    origin: Row
    removal: Removal


def removed_pairs(workspace: Workspace, start: str) -> list[RemovedPair]:
    """Return what removed deliveries hold of pairs whose ids begin with start, in order."""
    out = removed_in(workspace).by_place
    return list(_found(workspace, start, out)) if out else []


def _found(
    workspace: Workspace, start: str, out: Mapping[tuple[str, str], Removal]
) -> Iterator[RemovedPair]:
    read = reader(workspace)
    for stored in landed(workspace / DELIVERIES):
        removal = out.get((stored.agent, stored.delivery))
        if removal is None:
            continue
        with mapped(str(stored.path)) as content:
            mapping = mapping_text(stored)
            for pointer, entry in read(stored.name, content, mapping=mapping):
                if isinstance(entry, Pair) and entry.pair_id.startswith(start):
                    origin = {
                        "agent": stored.agent,
                        "delivery": stored.delivery,
                        "pointer": pointer,
                        "original_id": entry.original_id,
                        "extra": entry.extra,
                    }
                    yield RemovedPair(entry, origin, removal)
