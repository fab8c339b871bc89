"""dedup: scored pairs in; the pairs to keep, and a decision about every likeness, out."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, get_args

import daft
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core import former_ids
from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.memo import Memo
from pipeline.core.models import ModelFile
from pipeline.core.ranges import Ranges
from pipeline.core.text import counted
from pipeline.dedup.candidates.fingerprints import MinHash, remembered_fingerprints
from pipeline.dedup.candidates.search import find_candidates
from pipeline.dedup.clusters.canonical import neighbours
from pipeline.dedup.clusters.decisions import resolve
from pipeline.dedup.clusters.reruns import Reruns
from pipeline.dedup.clusters.reviewed import Edge, ReviewedEdges
from pipeline.dedup.comparison.evidence import compare_edges
from pipeline.dedup.conflicts.report import find_conflicts
from pipeline.dedup.entries import Entries, Worth, one_array, rank_entries, representatives
from pipeline.dedup.framing import apart_by_context, contexts_of, guarded
from pipeline.dedup.guards.lexicon import lexicon_of
from pipeline.dedup.likeness.siblings import word_sets
from pipeline.dedup.outputs.figures import decision_metrics
from pipeline.dedup.outputs.judged import judged_pairs
from pipeline.dedup.outputs.kept import cluster_ids, decided_questions, kept_pairs
from pipeline.dedup.outputs.records import DECISIONS, analysis, decision_records
from pipeline.dedup.outputs.similarities import similarity_rows
from pipeline.dedup.pairing import pair_entries
from pipeline.dedup.planted.judging import judge_planted
from pipeline.dedup.rules import Thresholds, near_from
from pipeline.embedding.encoder import space_of, the_one_space
from pipeline.embedding.encoders import RECORDED, encoder_of_any_text
from pipeline.embedding.windows import document_vectors
from pipeline.quality.repaired import keyed_by_text, with_repairs
from pipeline.reviews.force import InForce, in_force
from pipeline.reviews.tables import verdicts_of

_ROWS_HELD = 100_000
"""Up to so many pairs are read once and held; of more, texts are read where they are needed."""


class Deduped(NamedTuple):
    """The pairs that stay, the decisions, the report, the likenesses, and answers in conflict."""

    kept: Ranges
    decisions: daft.DataFrame
    duplicate_analysis_detailed: dict[str, Any]
    similarity: daft.DataFrame
    conflicts: dict[str, Any]
    metrics: dict[str, float]


def dedup(
    pairs: daft.DataFrame,
    scores: daft.DataFrame,
    vectors: daft.DataFrame,
    repairs: daft.DataFrame,
    plan: pd.DataFrame,
    opposites: Json,
    verdicts: pd.DataFrame,
    encoders: Sequence[ModelFile],
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
    reruns: Reruns,
    embed_encoder: str,
    embed_model: str,
    embed_windows: int,
    embed_hashing: Mapping[str, int],
    memo: Memo,
) -> Deduped:
    """Return the pairs without their duplicates, and what was decided about each likeness.

    A pair is left out when quality analysis or a reviewer rejects it, or when it is merged into a
    better one. Merged is only what is verified in question and answer and what no guard objects
    to; everything else that comes close is kept and put before a reviewer, because a false merge
    loses a real answer for good.

    fuzzy_threshold, review_threshold, wording_threshold and answer_threshold are token-sort
    similarities (0-100), cosine_threshold is a cosine (-1 to 1): the mean of those of two questions
    and of the two with their answers, as the encoder that comes along has them. permutations, bands
    and shingle_chars shape the MinHash of the questions, answer_permutations, answer_bands and
    answer_shingle_words that of the answers, cosine_bands the hyperplanes of the vectors;
    max_bucket is the largest bucket that is compared in full, anchors the number of the best pairs
    of a question or an answer that its others are compared with; seed draws both. plants is the
    number of duplicates and of traps made to measure recall and false merges in passing. reruns
    says what becomes of other answers to a question that reads the same: keep_all keeps them side
    by side, keep_best makes them alternatives of the best one. repairs are qa's copies of damaged
    texts: those that it applies are what is compared and kept. plan and opposites say which names,
    directions and empty words the subject has. verdicts are those of reviewers. encoders and the
    params embed_... say which encoder made the vectors: it encodes made duplicates, too; the one
    that comes along does where vectors are recorded.

    Raises UserError when permutations are no multiple of bands, a pair has no score, or reruns is
    unknown.
    """
    _check_multiple(permutations=permutations, bands=bands)
    _check_multiple(answer_permutations=answer_permutations, answer_bands=answer_bands)
    if reruns not in get_args(Reruns):
        known = " or ".join(get_args(Reruns))
        raise UserError(f"params.yaml: dedup.reruns is {reruns!r}, must be {known}")
    near = near_from(cosine_threshold, embed_encoder)
    thresholds = Thresholds(
        fuzzy_threshold, review_threshold, answer_threshold, near, wording_threshold
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
    encoding = {"encoder": embed_encoder, "model": embed_model, "hashing": embed_hashing}
    made = encoder_of_any_text(encoding, encoders)
    spaces = vectors.select("space").distinct().to_pydict()["space"]
    own = [] if embed_encoder == RECORDED else [str(space_of(made))]
    the_one_space([*spaces, *own], "vectors")
    if pairs.count_rows() <= _ROWS_HELD:
        pairs = pairs.collect()
    words = lexicon_of(plan, opposites)
    after = former_ids.successors(pairs)
    counting = in_force(verdicts_of(former_ids.followed(verdicts, after)))
    texts = with_repairs(pairs, repairs)
    fingerprints = remembered_fingerprints(keyed_by_text(texts), shape, memo)
    worth, failed = _worth(fingerprints, scores)
    entries = rank_entries(fingerprints, worth, _left_out(failed, counting))
    reviewed = _reviewed_edges(counting, entries)
    contexts = contexts_of(pairs)
    objections = [*reviewed.objections(), *apart_by_context(entries, contexts)]
    same_text = representatives(entries, neighbours(objections))
    distinct = np.unique(same_text)

    asked = word_sets(entries.keys, words.generic | words.relations)
    candidates = find_candidates(
        fingerprints,
        entries,
        distinct,
        vectors,
        asked,
        thresholds,
        cosine_bands=cosine_bands,
        max_bucket=max_bucket,
        seed=seed,
    )
    named = same_text[np.array([*chain(*reviewed)], np.int64).reshape(-1, 2).T]
    edges = pair_entries(entries, distinct, candidates, asked, named, anchors=anchors)
    evidence = compare_edges(edges, entries, fingerprints, texts, thresholds, words, memo)
    evidence = guarded(evidence, entries, contexts)
    resolution = resolve(evidence, same_text, reviewed, thresholds, reruns=reruns)

    clusters = cluster_ids(entries, resolution.links)
    questions = decided_questions(texts, entries, resolution)
    records = decision_records(resolution, entries, clusters, questions, counting.notes, thresholds)
    report = analysis(records, entries, clusters, resolution.merged, questions)
    judged = judged_pairs(scores, repairs)
    kept = kept_pairs(texts, judged, entries, resolution, clusters, questions)
    conflicts = find_conflicts(texts, kept.placed, words, memo)
    return Deduped(
        kept=kept.pairs,
        decisions=daft.from_arrow(pa.Table.from_pylist(records, DECISIONS)),
        duplicate_analysis_detailed=report,
        similarity=similarity_rows(edges, entries, same_text),
        conflicts=conflicts,
        metrics={
            "pairs": len(fingerprints),
            "rejected": len(fingerprints) - len(clusters),
            "kept": len(clusters) - len(resolution.merged),
            **decision_metrics(resolution, clusters),
            "metadata_conflicts": kept.metadata_conflicts,
            "conflicts": conflicts["summary"]["conflicts"],
            **candidates.metrics(),
            "verified": len(edges.left),
            "uncompared": edges.uncompared,
            **judge_planted(
                pairs,
                one_array(fingerprints["pair_id"]),
                count=plants,
                shape=shape,
                thresholds=thresholds,
                known_words=words,
                encode=lambda questions, answers: (
                    made.encode(questions, "question"),
                    document_vectors(made, questions, answers, embed_windows),
                ),
                space=f"{space_of(made)} {embed_windows}",
                memo=memo,
            ),
        },
    )


def _check_multiple(**counts: int) -> None:
    (whole, count), (part, divisor) = counts.items()
    if count % divisor:
        raise UserError(f"params.yaml: dedup.{whole} is {count}, no multiple of {part}")


def _worth(fingerprints: pa.Table, scores: daft.DataFrame) -> tuple[Worth, pa.Array]:
    """Return what each row of fingerprints is worth, and the pair_ids that are rejected.

    Raises UserError when a pair has no score: scores of other pairs decide nothing here.
    """
    table = scores.select("pair_id", "score", "verdict").to_arrow()
    places = pc.index_in(fingerprints["pair_id"], table["pair_id"])
    if places.null_count:
        missing = counted(places.null_count, "pair")
        raise UserError(f"scores: {missing} without a score; run qa first")
    failed = table.filter(pc.equal(table["verdict"], "reject"))
    verdict = table["verdict"].take(places)
    is_repaired = pc.not_equal(fingerprints["pair_id"], fingerprints["text_key"])
    worth = Worth(
        table["score"].take(places),
        np.asarray(pc.not_equal(verdict, "accept")),
        np.asarray(is_repaired),
    )
    return worth, failed["pair_id"]


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
