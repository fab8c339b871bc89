"""dedup: scored pairs in; the pairs to keep, and a decision about every likeness, out."""

from collections import Counter
from typing import Any, NamedTuple

import daft
import numpy as np
import pandas as pd
import pyarrow as pa
from daft import col, lit
from scipy.sparse import csr_array

from pipeline.core.errors import UserError
from pipeline.core.memo import Memo
from pipeline.core.text import counted
from pipeline.dedup.candidates import BucketSizes
from pipeline.dedup.decisions import Settled, settle
from pipeline.dedup.encounters import Encounters, encounters
from pipeline.dedup.evidence import evidence, texts_of, with_answers
from pipeline.dedup.hyperplanes import cosine_candidates
from pipeline.dedup.kept import cluster_ids, kept_pairs, questions_of
from pipeline.dedup.population import Ints, Population, population, representatives
from pipeline.dedup.questions import near_questions
from pipeline.dedup.records import DECISIONS, analysis, decision_records, similarity_matrix
from pipeline.dedup.rules import Thresholds
from pipeline.dedup.signatures import fingerprints
from pipeline.dedup.verdicts import Verdicts, in_force, neighbours


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
    verdicts: pd.DataFrame,
    *,
    fuzzy_threshold: float,
    review_threshold: float,
    answer_threshold: float,
    cosine_threshold: float,
    permutations: int,
    bands: int,
    shingle_chars: int,
    cosine_bands: int,
    max_bucket: int,
    seed: int,
    memo: Memo,
) -> Deduped:
    """Return the pairs without their duplicates, and what was decided about each likeness.

    A pair is left out when quality analysis or a reviewer rejects it, or when it is merged into a
    better one. Merged is only what is verified in question and answer and what no guard objects
    to; everything else that comes close is kept and put before a reviewer, because a false merge
    loses a real answer for good.

    fuzzy_threshold, review_threshold and answer_threshold are token-sort similarities (0-100),
    cosine_threshold is a cosine (-1 to 1). permutations, bands and shingle_chars shape the
    MinHash of the questions, cosine_bands the hyperplanes of the vectors; max_bucket is the
    largest group that is compared in full; seed draws both. verdicts are those of reviewers.

    Raises UserError when permutations is no multiple of bands or a pair has no score.
    """
    if permutations % bands:
        raise UserError(f"params.yaml: dedup.permutations is {permutations}, no multiple of bands")
    at = Thresholds(fuzzy_threshold, review_threshold, answer_threshold, cosine_threshold)
    said = in_force(verdicts)
    printed = memo.rows(
        "fingerprints",
        pairs.select("pair_id", "question", "answer"),
        lambda table: fingerprints(
            table,
            permutations=permutations,
            bands=bands,
            shingle_chars=shingle_chars,
            seed=seed,
        ),
        permutations=permutations,
        bands=bands,
        shingle_chars=shingle_chars,
        seed=seed,
    ).collect()
    _refuse_unscored(printed, scores)
    people = population(printed, scores, _left_out(scores, said))
    ordered, apart = _of_two(said, people)
    same_text = representatives(people, neighbours(apart))
    present = np.unique(same_text)

    near, *near_counts = near_questions(
        printed, people, review_threshold=review_threshold, max_bucket=max_bucket
    )
    wide, *wide_counts = cosine_candidates(
        _numbered(vectors, people, present),
        cosine_threshold=cosine_threshold,
        bands=cosine_bands,
        reach=max_bucket - 1,
        seed=seed,
    )
    reviewed = same_text[np.array([*ordered, *apart], np.int64).reshape(-1, 2)]
    met = encounters(people, present, near, wide, reviewed, max_bucket=max_bucket)
    texts = texts_of(printed, pairs, people, np.unique(np.concatenate([met.left, met.right])))
    settled = settle(evidence(met, people, texts, at), same_text, ordered, apart, at)
    settled = settled._replace(decisions=with_answers(settled.decisions, texts))

    clusters = cluster_ids(people, settled.links)
    questions = questions_of(pairs, people, settled)
    records = decision_records(settled, people, clusters, questions, said.notes, at)
    everyone = np.sort(np.array(printed.to_arrow()["pair_id"].to_pylist(), object))
    places = np.searchsorted(everyone, np.array(people.pair_id.to_pylist(), object))
    return Deduped(
        kept=kept_pairs(pairs, people, settled, clusters, questions),
        decisions=daft.from_arrow(pa.Table.from_pylist(records, DECISIONS)),
        duplicate_analysis_detailed=analysis(records, people, clusters, settled.merged, questions),
        similarity_matrix=similarity_matrix(met, same_text, places, len(everyone)),
        metrics={
            "pairs": len(everyone),
            "rejected": len(everyone) - len(clusters),
            "kept": len(clusters) - len(settled.merged),
            **_found(settled, clusters),
            **_work(met, (near_counts, wide_counts)),
        },
    )


def _refuse_unscored(printed: daft.DataFrame, scores: daft.DataFrame) -> None:
    """Raise UserError when a pair has no score: scores of other pairs decide nothing here."""
    missing = printed.join(scores.select("pair_id"), on="pair_id", how="anti").count_rows()
    if missing:
        raise UserError(f"scores: {counted(missing, 'pair')} without a score; run qa first")


def _left_out(scores: daft.DataFrame, said: Verdicts) -> pa.Array:
    """Return the pair_ids that quality analysis or a reviewer rejects; a reviewer's word counts."""
    failed = scores.where(col("verdict") == lit("reject")).to_arrow()["pair_id"].to_pylist()
    out = {pair_id for pair_id in failed if said.of_one.get(pair_id) != "accept"}
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


def _numbered(vectors: daft.DataFrame, people: Population, present: Ints) -> daft.DataFrame:
    """Return the vectors of the entries in present, by entry."""
    rows = pa.array(present)
    named = daft.from_arrow(pa.table({"pair_id": people.pair_id.take(rows), "id": rows}))
    return vectors.join(named, on="pair_id").select("id", "vector")


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


def _work(met: Encounters, counts: tuple[list[Any], ...]) -> dict[str, float]:
    sizes: list[BucketSizes] = [size for size, _ in counts]
    return {
        "candidates": sum(tried for _, tried in counts),
        "verified": len(met.left),
        "largest_bucket": max(size.largest for size in sizes),
        "split_buckets": sum(size.bounded for size in sizes),
        "uncompared": met.uncompared,
    }
