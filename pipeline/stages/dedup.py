"""dedup: scored pairs in; the pairs to keep, and a decision about every likeness, out."""

from collections import Counter
from typing import Any, NamedTuple

import daft
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

from pipeline.core import former_ids
from pipeline.core.errors import UserError
from pipeline.core.memo import Memo
from pipeline.core.text import counted
from pipeline.dedup.comparison import Comparison, comparison
from pipeline.dedup.decisions import Settled, settle
from pipeline.dedup.kept import cluster_ids, kept_pairs, questions_of
from pipeline.dedup.planted import planted
from pipeline.dedup.population import Population, one_array, population, representatives
from pipeline.dedup.records import DECISIONS, analysis, decision_records, similarity_matrix
from pipeline.dedup.rules import Thresholds
from pipeline.dedup.signatures import MinHash, remembered_fingerprints
from pipeline.dedup.verdicts import Verdicts, in_force, neighbours
from pipeline.quality.repaired import with_repairs

_ROWS_HELD = 100_000
"""Up to so many pairs are read once and held; of more, texts are read where they are needed."""


class Deduped(NamedTuple):
    """The pairs that stay, the decisions, the report on them, and the likenesses measured."""

    kept: daft.DataFrame
    decisions: daft.DataFrame
    duplicate_analysis_detailed: dict[str, Any]
    similarity_matrix: csr_array
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
    at = Thresholds(
        fuzzy_threshold, review_threshold, answer_threshold, cosine_threshold, wording_threshold
    )
    said = in_force(former_ids.followed(verdicts, former_ids.successors(pairs)))
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
    printed = remembered_fingerprints(pairs, shape, memo)
    score, failed = _scored(printed, scores)
    people = population(printed, score, _left_out(failed, said))
    ordered, apart = _of_two(said, people)
    same_text = representatives(people, neighbours(apart))
    present = np.unique(same_text)

    reviewed = same_text[np.array([*ordered, *apart], np.int64).reshape(-1, 2).T]
    found = comparison(
        printed,
        people,
        present,
        reviewed,
        pairs,
        vectors,
        at,
        memo,
        cosine_bands=cosine_bands,
        max_bucket=max_bucket,
        anchors=anchors,
        seed=seed,
    )
    met, measured = found.met, found.measured
    settled = settle(measured, same_text, ordered, apart, at)

    clusters = cluster_ids(people, settled.links)
    questions = questions_of(pairs, people, settled)
    records = decision_records(settled, people, clusters, questions, said.notes, at)
    return Deduped(
        kept=kept_pairs(with_repairs(pairs, repairs), people, settled, clusters, questions),
        decisions=daft.from_arrow(pa.Table.from_pylist(records, DECISIONS)),
        duplicate_analysis_detailed=analysis(records, people, clusters, settled.merged, questions),
        similarity_matrix=similarity_matrix(met, same_text, people.row, len(printed)),
        metrics={
            "pairs": len(printed),
            "rejected": len(printed) - len(clusters),
            "kept": len(clusters) - len(settled.merged),
            **_found(settled, clusters),
            **_work(found),
            **planted(
                pairs, one_array(printed["pair_id"]), count=plants, shape=shape, at=at, memo=memo
            ),
        },
    )


def _check_multiple(**two: int) -> None:
    (whole, count), (part, divisor) = two.items()
    if count % divisor:
        raise UserError(f"params.yaml: dedup.{whole} is {count}, no multiple of {part}")


def _scored(printed: pa.Table, scores: daft.DataFrame) -> tuple[pa.Array, pa.Table]:
    """Return the score of each row of printed, and the pair_ids that quality analysis rejects.

    Raises UserError when a pair has no score: scores of other pairs decide nothing here.
    """
    table = scores.select("pair_id", "score", "verdict").to_arrow()
    places = pc.index_in(printed["pair_id"], table["pair_id"])
    if places.null_count:
        told = counted(places.null_count, "pair")
        raise UserError(f"scores: {told} without a score; run qa first")
    failed = table.filter(pc.equal(table["verdict"], "reject"))
    return table["score"].take(places), failed["pair_id"]


def _left_out(failed: pa.ChunkedArray, said: Verdicts) -> pa.Array:
    """Return the pair_ids that quality analysis or a reviewer rejects; a reviewer's word counts."""
    out = {pair_id for pair_id in failed.to_pylist() if said.of_one.get(pair_id) != "accept"}
    out |= {pair_id for pair_id, verdict in said.of_one.items() if verdict == "reject"}
    return pa.array(sorted(out), pa.large_string())


def _of_two(said: Verdicts, people: Population) -> tuple[list[tuple[int, int]], ...]:
    """Return the pairs of entries that reviewers merge and that they keep apart."""
    entries = {pair_id: entry for entry, pair_id in enumerate(people.pair_id.to_pylist())}
    found: dict[str, list[tuple[int, int]]] = {"merge": [], "keep_apart": []}
    for (first, second), verdict in said.of_two.items():
        if first in entries and second in entries:
            one, other = sorted((entries[first], entries[second]))
            found[verdict].append((one, other))
    return sorted(found["merge"]), sorted(found["keep_apart"])


def _found(settled: Settled, clusters: list[str]) -> dict[str, float]:
    counted = Counter(decision.ruling for decision in settled.decisions)
    actions: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for (kind, action), count in counted.items():
        actions[action] += count
        kinds[kind] += count
    sizes = Counter(clusters).values()
    return {
        "merged": actions["merge"],
        "aliased": actions["alias"],
        "linked": actions["keep"] - kinds["look_alike"],
        "proposals": settled.proposals,
        "proposals_listed": actions["review"],
        "look_alikes": settled.look_alikes,
        "look_alikes_listed": kinds["look_alike"],
        "decided_by_reviewer": sum(d.is_reviewers for d in settled.decisions),
        "clusters": sum(size > 1 for size in sizes),
        "largest_cluster": max(sizes, default=0),
        "duplicate_rate": round(len(settled.merged) / max(1, len(clusters)), 6),
    }


def _work(found: Comparison) -> dict[str, float]:
    return {
        "candidates": found.tried,
        "verified": len(found.met.left),
        "largest_bucket": found.largest_bucket,
        "split_buckets": found.split_buckets,
        "uncompared": found.uncompared,
    }
