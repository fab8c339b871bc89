"""One decision per two pairs that have to do with each other: what, why, and who said so."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pipeline.dedup.clusters import anchors
from pipeline.dedup.population import Ints
from pipeline.dedup.rules import (
    LINKING_KINDS,
    MERGING,
    Evidence,
    Ruling,
    Thresholds,
    ruling,
    the_same_texts,
)
from pipeline.dedup.verdicts import neighbours

Two = tuple[int, int]


class Decision(NamedTuple):
    """What is done with two entries, left the better ranked."""

    left: int
    right: int
    ruling: Ruling
    winner: int | None  # who stays when the other one goes
    seen: Evidence | None
    is_reviewers: bool


class Settled(NamedTuple):
    """All decisions, and what they mean for the entries."""

    decisions: list[Decision]  # at most one per two entries
    merged: dict[int, int]  # entry that is left out -> the entry it is merged into
    links: list[Two]  # entries that must stay together in a split
    look_alikes: int  # all that were found; decisions hold the nearest of each entry
    proposals: int  # likewise


def settle(
    measured: list[Evidence],
    same_text: Ints,
    ordered: list[Two],
    kept_apart: list[Two],
    at: Thresholds,
) -> Settled:
    """Return what follows from the evidence and the reviewers' verdicts.

    same_text names for each entry its representative: the best entry with the same question and
    answer. ordered are the pairs of entries that a reviewer merges, kept_apart those that stay
    apart. A reviewer's word goes before a rule's. Of what is not merged only the nearest of each
    kind is recorded per entry: in a group of a hundred look-alikes a hundred rows, not 4,950.
    """
    ruled = {(e.left, e.right): (e, r) for e in measured if (r := ruling(e, at)) is not None}
    apart = neighbours(kept_apart)
    mergeable = [two for two, (_, found) in ruled.items() if found.action in MERGING]
    twins = [(int(best), entry) for entry, best in enumerate(same_text) if best != entry]
    merged = anchors(mergeable, [*twins, *ordered], apart)
    apart_pairs = set(kept_apart)
    by_pair = {(e.left, e.right): e for e in measured}
    decisions = [
        *_merges(merged, by_pair, ruled, same_text, set(ordered)),
        *_reviewed_apart(kept_apart, by_pair, same_text),
    ]
    open_ones = [
        (e, found)
        for two, (e, found) in ruled.items()
        if found.action not in MERGING and two not in apart_pairs and merged.keys().isdisjoint(two)
    ]
    decisions += [
        Decision(e.left, e.right, f, None, e, is_reviewers=False) for e, f in _nearest(open_ones)
    ]
    links = [two for two, (e, found) in ruled.items() if _links(two, e, found, apart_pairs)]
    kinds = [found for _, found in open_ones]
    return Settled(
        decisions=sorted(decisions, key=lambda d: (d.left, d.right)),
        merged=merged,
        links=sorted({*links, *twins, *((best, entry) for entry, best in merged.items())}),
        look_alikes=sum(found.kind == "look_alike" for found in kinds),
        proposals=sum(found.action == "review" for found in kinds),
    )


def _links(two: Two, seen: Evidence, found: Ruling, apart: set[Two]) -> bool:
    if found.kind not in LINKING_KINDS:
        return False
    return two not in apart or seen.is_same_question or seen.is_same_answer


def _merges(
    merged: dict[int, int],
    by_pair: dict[Two, Evidence],
    ruled: dict[Two, tuple[Evidence, Ruling]],
    same_text: Ints,
    ordered: set[Two],
) -> Iterator[Decision]:
    """Yield one decision per entry that is left out, with what it has in common with its anchor."""
    for entry, anchor in sorted(merged.items()):
        itself = int(same_text[entry])
        if itself == anchor:
            same = the_same_texts(anchor, entry)
            yield Decision(
                anchor, entry, Ruling("identical_text", "merge"), anchor, same, is_reviewers=False
            )
            continue
        seen = by_pair.get((anchor, itself))
        found = ruled.get((anchor, itself), (None, None))[1]
        by_rule = found is not None and found.action in MERGING
        is_reviewers = (anchor, entry) in ordered or not by_rule
        kind = found.kind if found is not None else "near_duplicate"
        action = found.action if found is not None and by_rule else "merge"
        yield Decision(anchor, entry, Ruling(kind, action), anchor, seen, is_reviewers)


def _reviewed_apart(
    kept_apart: list[Two], by_pair: dict[Two, Evidence], same_text: Ints
) -> Iterator[Decision]:
    """Yield one decision per two entries that a reviewer keeps apart."""
    for two in kept_apart:
        first, second = sorted(int(same_text[entry]) for entry in two)
        seen = by_pair.get((first, second))
        yield Decision(*two, Ruling("look_alike", "keep"), None, seen, is_reviewers=True)


def _nearest(open_ones: Iterable[tuple[Evidence, Ruling]]) -> list[tuple[Evidence, Ruling]]:
    """Return for each right entry and ruling the encounter with the most alike left entry."""
    nearest: dict[tuple[int, Ruling], tuple[Evidence, Ruling]] = {}
    for seen, found in open_ones:
        place = (seen.right, found)
        if place not in nearest or _likeness(seen) > _likeness(nearest[place][0]):
            nearest[place] = (seen, found)
    return list(nearest.values())


def _likeness(seen: Evidence) -> tuple[float, float, float, int]:
    return (
        seen.question_similarity or 0.0,
        seen.answer_similarity or 0.0,
        seen.cosine or 0.0,
        -seen.left,
    )
