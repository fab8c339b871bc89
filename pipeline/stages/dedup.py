"""dedup: scored pairs in; the pairs to keep, and a decision about every likeness, out."""

from collections import Counter
from itertools import chain
from typing import Any, NamedTuple

import daft
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.errors import UserError
from pipeline.core.memo import Memo
from pipeline.core.text import counted
from pipeline.dedup.candidates.fingerprints import MinHash, remembered_fingerprints
from pipeline.dedup.candidates.search import find_candidates
from pipeline.dedup.clusters.canonical import neighbours
from pipeline.dedup.clusters.decisions import Resolution, resolve
from pipeline.dedup.clusters.reviewed import Edge, ReviewedEdges
from pipeline.dedup.comparison.evidence import compare_edges
from pipeline.dedup.entries import Entries, one_array, rank_entries, representatives
from pipeline.dedup.outputs.kept import cluster_ids, decided_questions, kept_pairs
from pipeline.dedup.outputs.records import DECISIONS, analysis, decision_records
from pipeline.dedup.outputs.similarities import similarity_rows
from pipeline.dedup.pairing import pair_entries
from pipeline.dedup.planted.judging import judge_planted
from pipeline.dedup.rules import Thresholds
from pipeline.quality.repaired import with_repairs
from pipeline.reviews.force import InForce, in_force
from pipeline.reviews.tables import verdicts_of

_ROWS_HELD = 100_000
"""Up to so many pairs are read once and held; of more, texts are read where they are needed."""


class Deduped(NamedTuple):
    """The pairs that stay, the decisions, the report on them, and the likenesses measured."""

    kept: daft.DataFrame
    decisions: daft.DataFrame
    duplicate_analysis_detailed: dict[str, Any]
    similarity: daft.DataFrame
    metrics: dict[str, float]


def dedup(
    pairs: daft.DataFrame,
    scores: daft.DataFrame,
    vectors: daft.DataFrame,
    repairs: daft.DataFrame,
    verdicts: pd.DataFrame,
    *,
    fuzzy_threshold: float,
    review_threshold: float,
    answer_threshold: float,
    cosine_threshold: float,
    wording_threshold: float,
    permutations: int,
    bands: int,
    shingle_chars: int,
    answer_permutations: int,
    answer_bands: int,
    answer_shingle_words: int,
    cosine_bands: int,
    max_bucket: int,
    anchors: int,
    seed: int,
    plants: int,
    memo: Memo,
) -> Deduped:
    """Return the pairs without their duplicates, and what was decided about each likeness.

    A pair is left out when quality analysis or a reviewer rejects it, or when it is merged into a
    better one. Merged is only what is verified in question and answer and what no guard objects
    to; everything else that comes close is kept and put before a reviewer, because a false merge
    loses a real answer for good.

    fuzzy_threshold, review_threshold, wording_threshold and answer_threshold are token-sort
    similarities (0-100), cosine_threshold is a cosine (-1 to 1). permutations, bands and
    shingle_chars shape the MinHash of the questions, answer_permutations, answer_bands and
    answer_shingle_words that of the answers, cosine_bands the hyperplanes of the vectors;
    max_bucket is the largest bucket that is compared in full, anchors the number of the best pairs
    of a question or an answer that its others are compared with; seed draws both. plants is the
    number of duplicates and of traps made to measure recall and false merges in passing. repairs
    are qa's copies of damaged texts: those that it applies are what is kept, while likeness is
    judged on the texts as delivered. verdicts are those of reviewers.

    Raises UserError when permutations are no multiple of bands or a pair has no score.
    """
    _check_multiple(permutations=permutations, bands=bands)
    _check_multiple(answer_permutations=answer_permutations, answer_bands=answer_bands)
    thresholds = Thresholds(
        fuzzy_threshold, review_threshold, answer_threshold, cosine_threshold, wording_threshold
    )
    shape = MinHash(
        permutations,
        bands,
        shingle_chars,
        answer_permutations,
        answer_bands,
        answer_shingle_words,
        seed,
    )
    if pairs.count_rows() <= _ROWS_HELD:
        pairs = pairs.collect()
    counting = in_force(verdicts_of(verdicts))
    fingerprints = remembered_fingerprints(pairs, shape, memo)
    score, failed = _scored(fingerprints, scores)
    entries = rank_entries(fingerprints, score, _left_out(failed, counting))
    reviewed = _reviewed_edges(counting, entries)
    same_text = representatives(entries, neighbours(reviewed.objections()))
    distinct = np.unique(same_text)

    candidates = find_candidates(
        fingerprints,
        entries,
        distinct,
        vectors,
        thresholds,
        cosine_bands=cosine_bands,
        max_bucket=max_bucket,
        seed=seed,
    )
    named = same_text[np.array([*chain(*reviewed)], np.int64).reshape(-1, 2).T]
    edges = pair_entries(entries, distinct, candidates, named, anchors=anchors)
    evidence = compare_edges(edges, entries, fingerprints, pairs, thresholds, memo)
    resolution = resolve(evidence, same_text, reviewed, thresholds)

    clusters = cluster_ids(entries, resolution.links)
    questions = decided_questions(pairs, entries, resolution)
    records = decision_records(resolution, entries, clusters, questions, counting.notes, thresholds)
    report = analysis(records, entries, clusters, resolution.merged, questions)
    return Deduped(
        kept=kept_pairs(with_repairs(pairs, repairs), entries, resolution, clusters, questions),
        decisions=daft.from_arrow(pa.Table.from_pylist(records, DECISIONS)),
        duplicate_analysis_detailed=report,
        similarity=similarity_rows(edges, entries, same_text),
        metrics={
            "pairs": len(fingerprints),
            "rejected": len(fingerprints) - len(clusters),
            "kept": len(clusters) - len(resolution.merged),
            **_decision_metrics(resolution, clusters),
            **candidates.metrics(),
            "verified": len(edges.left),
            "uncompared": edges.uncompared,
            **judge_planted(
                pairs,
                one_array(fingerprints["pair_id"]),
                count=plants,
                shape=shape,
                thresholds=thresholds,
                memo=memo,
            ),
        },
    )


def _check_multiple(**counts: int) -> None:
    (whole, count), (part, divisor) = counts.items()
    if count % divisor:
        raise UserError(f"params.yaml: dedup.{whole} is {count}, no multiple of {part}")


def _scored(fingerprints: pa.Table, scores: daft.DataFrame) -> tuple[pa.Array, pa.Table]:
    """Return the score of each row of fingerprints, and the pair_ids that quality analysis rejects.

    Raises UserError when a pair has no score: scores of other pairs decide nothing here.
    """
    table = scores.select("pair_id", "score", "verdict").to_arrow()
    places = pc.index_in(fingerprints["pair_id"], table["pair_id"])
    if places.null_count:
        missing = counted(places.null_count, "pair")
        raise UserError(f"scores: {missing} without a score; run qa first")
    failed = table.filter(pc.equal(table["verdict"], "reject"))
    return table["score"].take(places), failed["pair_id"]


def _left_out(failed: pa.ChunkedArray, counting: InForce) -> pa.Array:
    """Return the pair_ids that quality analysis or a reviewer rejects; a reviewer's word counts."""
    of_one = counting.of_one
    out = {pair_id for pair_id in failed.to_pylist() if of_one.get(pair_id) != "accept"}
    out |= {pair_id for pair_id, verdict in of_one.items() if verdict == "reject"}
    return pa.array(sorted(out), pa.large_string())


def _reviewed_edges(counting: InForce, entries: Entries) -> ReviewedEdges:
    """Return the entries of each verdict about two that both take part."""
    entry_of = {pair_id: entry for entry, pair_id in enumerate(entries.pair_id.to_pylist())}
    edges: dict[str, list[Edge]] = {verdict: [] for verdict in ReviewedEdges._fields}
    for (first, second), verdict in counting.of_two.items():
        if first in entry_of and second in entry_of:
            better, worse = sorted((entry_of[first], entry_of[second]))
            edges[verdict].append((better, worse))
    return ReviewedEdges(*(sorted(edges[verdict]) for verdict in ReviewedEdges._fields))


def _decision_metrics(resolution: Resolution, clusters: list[str]) -> dict[str, float]:
    rulings = Counter(decision.ruling for decision in resolution.decisions)
    actions: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for (kind, action), count in rulings.items():
        actions[action] += count
        kinds[kind] += count
    sizes = Counter(clusters).values()
    return {
        "merged": actions["merge"],
        "aliased": actions["alias"],
        "linked": actions["keep"] - kinds["look_alike"],
        "proposals": resolution.proposals,
        "proposals_listed": actions["review"],
        "look_alikes": resolution.look_alikes,
        "look_alikes_listed": kinds["look_alike"],
        "decided_by_reviewer": sum(d.is_by_reviewer for d in resolution.decisions),
        "clusters": sum(size > 1 for size in sizes),
        "largest_cluster": max(sizes, default=0),
        "duplicate_rate": round(len(resolution.merged) / max(1, len(clusters)), 6),
    }
