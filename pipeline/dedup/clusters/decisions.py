"""One decision per two pairs that have to do with each other: what, why, and who decided."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from pipeline.dedup.clusters.canonical import canonical_records, neighbours
from pipeline.dedup.clusters.reruns import Reruns, choose_alternatives
from pipeline.dedup.clusters.reviewed import Edge, ReviewedEdges
from pipeline.dedup.entries import Ints
from pipeline.dedup.rules import (
    LINKING_KINDS,
    MERGING,
    Evidence,
    Ruling,
    Thresholds,
    rule_on,
    the_same_texts,
)


class Decision(NamedTuple):
    """What is done with two entries, left the better ranked."""

    left: int
    right: int
    ruling: Ruling
    winner: int | None  # who stays when the other one goes
    evidence: Evidence | None
    is_by_reviewer: bool


class DecisionSet(NamedTuple):
    """All decisions, and what they mean for the entries."""

    decisions: list[Decision]  # at most one per two entries
    merged: dict[int, int]  # entry that is left out -> the entry it is merged into
    links: list[Edge]  # entries that must stay together in a split
    look_alikes: int  # all that there are; decisions hold the nearest of each entry
    undecided: int  # edges left to a reviewer; decisions propose the nearest of each entry
    alternatives: dict[int, int]  # entry that is kept beside a better answer -> that one


class _Ruled(NamedTuple):
    """The evidence on two entries and what the rules make of it."""

    evidence: Evidence
    ruling: Ruling


def resolve(
    evidence: list[Evidence],
    same_text: Ints,
    reviewed: ReviewedEdges,
    thresholds: Thresholds,
    *,
    reruns: Reruns,
) -> DecisionSet:
    """Return what follows from the evidence and the reviewers' verdicts.

    same_text names for each entry its representative: the best entry with the same question and
    answer. A reviewer's word goes before a rule's. Of what is not merged only the nearest of each
    kind is recorded per entry: in a group of a hundred look-alikes a hundred rows, not 4,950.
    reruns says which records are alternatives of a better answer to their question.
    """
    by_edge = {(e.left, e.right): e for e in evidence}
    ruled = {
        edge: _Ruled(e, ruling)
        for edge, e in by_edge.items()
        if (ruling := rule_on(e, thresholds)) is not None
    }
    twins = [(int(best), entry) for entry, best in enumerate(same_text) if best != entry]
    verified = [edge for edge, row in ruled.items() if row.ruling.action in MERGING]
    objections = reviewed.objections()
    merged = canonical_records(verified, [*twins, *reviewed.merge], neighbours(objections))
    not_open = set(objections)
    still_open = [
        row
        for edge, row in ruled.items()
        if row.ruling.action not in MERGING
        and edge not in not_open
        and merged.keys().isdisjoint(edge)
    ]
    decisions = [
        *_merges(merged, by_edge, ruled, same_text, set(reviewed.merge)),
        *_kept_by_reviewer(reviewed, by_edge, same_text),
        *map(_decided_by_rule, _nearest(still_open)),
    ]
    alternatives = choose_alternatives(evidence, merged, reviewed, thresholds, reruns=reruns)
    apart = set(reviewed.keep_apart)
    links = [edge for edge, row in ruled.items() if _is_linked(edge, row, apart)]
    return DecisionSet(
        decisions=sorted(decisions, key=lambda d: (d.left, d.right)),
        merged=merged,
        links=sorted(
            {
                *links,
                *reviewed.links(),
                *twins,
                *((best, entry) for entry, best in (*merged.items(), *alternatives.items())),
            }
        ),
        look_alikes=sum(row.ruling.kind == "look_alike" for row in still_open),
        undecided=sum(row.ruling.action == "review" for row in still_open),
        alternatives=alternatives,
    )


def _is_linked(edge: Edge, row: _Ruled, apart: set[Edge]) -> bool:
    if row.ruling.kind not in LINKING_KINDS:
        return False
    return edge not in apart or row.evidence.is_same_question or row.evidence.is_same_answer


def _merges(
    merged: Mapping[int, int],
    by_edge: Mapping[Edge, Evidence],
    ruled: Mapping[Edge, _Ruled],
    same_text: Ints,
    merge_verdicts: set[Edge],
) -> Iterator[Decision]:
    """Yield one decision per entry that is left out, with what it shares with the one it joins."""
    for entry, canonical in sorted(merged.items()):
        representative = int(same_text[entry])
        if representative == canonical:
            ruling = Ruling("identical_text", "merge")
            same = the_same_texts(canonical, entry)
            yield Decision(canonical, entry, ruling, canonical, same, is_by_reviewer=False)
            continue
        row = ruled.get((canonical, representative))
        is_by_rule = row is not None and row.ruling.action in MERGING
        kind = row.ruling.kind if row is not None else "near_duplicate"
        action = row.ruling.action if row is not None and is_by_rule else "merge"
        yield Decision(
            canonical,
            entry,
            Ruling(kind, action),
            canonical,
            by_edge.get((canonical, representative)),
            is_by_reviewer=(canonical, entry) in merge_verdicts or not is_by_rule,
        )


def _kept_by_reviewer(
    reviewed: ReviewedEdges, by_edge: Mapping[Edge, Evidence], same_text: Ints
) -> Iterator[Decision]:
    """Yield one decision per two entries that a reviewer keeps, apart or as one question."""
    for kind, edges in (
        ("look_alike", reviewed.keep_apart),
        ("same_question_other_answer", reviewed.links()),
    ):
        for left, right in edges:
            first, second = sorted(int(same_text[entry]) for entry in (left, right))
            evidence = by_edge.get((first, second))
            yield Decision(left, right, Ruling(kind, "keep"), None, evidence, is_by_reviewer=True)


def _decided_by_rule(row: _Ruled) -> Decision:
    left, right = row.evidence.left, row.evidence.right
    return Decision(left, right, row.ruling, None, row.evidence, is_by_reviewer=False)


def _nearest(still_open: Iterable[_Ruled]) -> Iterable[_Ruled]:
    """Return for each right entry and ruling the row with the most alike left entry."""
    nearest: dict[tuple[int, Ruling], _Ruled] = {}
    for row in still_open:
        place = (row.evidence.right, row.ruling)
        if place not in nearest or _likeness(row) > _likeness(nearest[place]):
            nearest[place] = row
    return nearest.values()


def _likeness(row: _Ruled) -> tuple[float, float, float, int]:
    return (
        row.evidence.question_similarity or 0.0,
        row.evidence.answer_similarity or 0.0,
        row.evidence.cosine or 0.0,
        -row.evidence.left,
    )
