"""Reruns of one prompt: which answers to one question are alternatives to a better one."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pipeline.dedup.clusters.canonical import canonical_records, neighbours
from pipeline.dedup.clusters.reviewed import Edge, ReviewedEdges
from pipeline.dedup.rules import Evidence, Thresholds, rule_on

Reruns = Literal["keep_all", "keep_best"]


def choose_alternatives(
    evidence: Iterable[Evidence],
    merged: Mapping[int, int],
    reviewed: ReviewedEdges,
    thresholds: Thresholds,
    *,
    reruns: Reruns,
) -> dict[int, int]:
    """Return for each entry that is an alternative the better entry that it stands beside.

    An alternative is another real answer to the same question, so it is not merged, and its text
    stays. merged is that of a resolution: an alternative is a canonical record, and so is the one
    it stands beside, which is no alternative itself. A reviewer's better_of_rerun makes one always,
    and goes over to the record that an entry is merged into; keep_best makes one by rule of every
    record whose question reads the same as a better one's, keep_all of none. Two that a reviewer
    keeps, apart or both, are never alternatives of one record.
    """
    by_rule = _same_questions(evidence, merged, thresholds) if reruns == "keep_best" else ()
    kept = [*reviewed.keep_apart, *reviewed.keep_both]
    return canonical_records(
        by_rule,
        _between_records(reviewed.better_of_rerun, merged),
        neighbours(_between_records(kept, merged)),
    )


def _same_questions(
    evidence: Iterable[Evidence], merged: Mapping[int, int], thresholds: Thresholds
) -> Iterator[Edge]:
    """Yield the edges between two records that answer one question, each in its own way."""
    for seen in evidence:
        edge = (seen.left, seen.right)
        if seen.is_same_question and merged.keys().isdisjoint(edge):
            ruling = rule_on(seen, thresholds)
            if ruling is not None and ruling.kind == "same_question_other_answer":
                yield edge


def _between_records(edges: Iterable[Edge], merged: Mapping[int, int]) -> list[Edge]:
    """Return the edges between the canonical records of their ends, the better first."""
    records = {tuple(sorted(merged.get(entry, entry) for entry in edge)) for edge in edges}
    return sorted((better, worse) for better, worse in records if better != worse)
