"""All candidate pairs of a run: by the question, by the vector and by the answer."""

from typing import NamedTuple

import daft
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedup.candidates.buckets import CandidatePairs
from pipeline.dedup.candidates.fingerprints import matrix
from pipeline.dedup.candidates.near_answers import near_answers
from pipeline.dedup.candidates.near_questions import near_questions
from pipeline.dedup.candidates.near_vectors import cosine_candidates, sketched
from pipeline.dedup.entries import Entries, Ints, one_array, positions
from pipeline.dedup.rules import Thresholds


class Candidates(NamedTuple):
    """What comes near in each of three respects."""

    questions: CandidatePairs  # of key_ids
    vectors: CandidatePairs  # of entries
    answers: CandidatePairs  # of entries

    def metrics(self) -> dict[str, float]:
        """Return how many candidates were looked at, and how large their buckets grew."""
        return {
            "candidates": sum(by.tried for by in self),
            "largest_bucket": max(by.sizes.largest for by in self),
            "split_buckets": sum(by.sizes.bounded for by in self),
        }


def find_candidates(
    fingerprints: pa.Table,
    entries: Entries,
    distinct: Ints,
    vectors: daft.DataFrame,
    thresholds: Thresholds,
    *,
    cosine_bands: int,
    max_bucket: int,
    seed: int,
) -> Candidates:
    """Return the candidate pairs among the entries in distinct (ascending, without repetition).

    fingerprints are those that entries was made of, vectors has a unit vector per pair_id that has
    one; pairs without are looked for by their words alone. A bucket of up to max_bucket members is
    paired in full; cosine_bands hyperplane bands are drawn from seed.
    """
    questions = near_questions(
        matrix(one_array(fingerprints["bands"])),
        entries,
        review_threshold=thresholds.review,
        reach=max_bucket - 1,
    )
    sketches = sketched(vectors, bands=cosine_bands, seed=seed)
    ids = entries.pair_id.take(pa.array(distinct))
    has_vector = np.asarray(pc.is_in(ids, value_set=sketches["pair_id"].combine_chunks()))
    with_vector = distinct[has_vector]
    near_vectors = cosine_candidates(
        sketches,
        positions(ids.filter(pa.array(has_vector)), sketches["pair_id"]),
        cosine_threshold=thresholds.cosine,
        reach=max_bucket - 1,
    )
    answers = near_answers(
        matrix(one_array(fingerprints["answer_bands"])),
        entries,
        distinct,
        answer_threshold=thresholds.answer,
        reach=max_bucket - 1,
    )
    return Candidates(
        questions, near_vectors._replace(pairs=with_vector[near_vectors.pairs]), answers
    )
