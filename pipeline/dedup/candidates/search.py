"""All candidate pairs of a run: by the question, by the vector and by the answer."""

from typing import NamedTuple

import daft
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from daft import col

from pipeline.dedup.candidates.buckets import CandidatePairs
from pipeline.dedup.candidates.fingerprints import matrix
from pipeline.dedup.candidates.near_answers import near_answers
from pipeline.dedup.candidates.near_questions import near_questions
from pipeline.dedup.candidates.near_vectors import (
    cosine_candidates,
    cosines,
    sketched,
    vectors_of,
)
from pipeline.dedup.entries import Entries, Ints, one_array, positions
from pipeline.dedup.likeness.siblings import WordSets, siblings
from pipeline.dedup.rules import Thresholds, cost_of_siblings

_QUESTION_LESS = 0.035
"""How far the cosine of the questions may lie below the mean that is asked for: of the pairs whose
mean reaches it, one in a hundred lies farther."""


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
    asked: WordSets,
    thresholds: Thresholds,
    *,
    cosine_bands: int,
    max_bucket: int,
    seed: int,
) -> Candidates:
    """Return the candidate pairs among the entries in distinct (ascending, without repetition).

    fingerprints are those that entries was made of, vectors has the unit vectors question_vector
    and document_vector of each pair_id that has them; pairs without are looked for by their words
    alone. Near vectors are looked for by the questions and held to the mean of both cosines, less
    what siblings cost: asked has the words of entries.keys. A bucket of up to max_bucket members
    is paired in full; cosine_bands hyperplane bands are drawn from seed.
    """
    questions = near_questions(
        matrix(one_array(fingerprints["bands"])),
        entries,
        review_threshold=thresholds.review,
        reach=max_bucket - 1,
    )
    of_questions = vectors.select("pair_id", col("question_vector").alias("vector"))
    sketches = sketched(of_questions, bands=cosine_bands, seed=seed)
    ids = entries.pair_id.take(pa.array(distinct))
    has_vector = pc.is_in(ids, value_set=sketches["pair_id"].combine_chunks())
    with_vector, ids = distinct[np.asarray(has_vector)], ids.filter(has_vector)
    bands = matrix(one_array(sketches["bands"]))[positions(ids, sketches["pair_id"])]
    near_vectors = cosine_candidates(
        bands,
        lambda places: vectors_of(vectors, "question_vector", ids.take(pa.array(places))),
        cosine_threshold=thresholds.cosine - _QUESTION_LESS,
        reach=max_bucket - 1,
    )
    near_vectors = near_vectors._replace(pairs=with_vector[near_vectors.pairs])
    near_vectors = _near_in_both(near_vectors, entries, vectors, thresholds.cosine)
    near_vectors = _less_siblings(near_vectors, entries, asked, thresholds.cosine)
    answers = near_answers(
        matrix(one_array(fingerprints["answer_bands"])),
        entries,
        distinct,
        answer_threshold=thresholds.answer,
        reach=max_bucket - 1,
    )
    return Candidates(questions, near_vectors, answers)


def _near_in_both(
    near: CandidatePairs, entries: Entries, vectors: daft.DataFrame, cosine_threshold: float
) -> CandidatePairs:
    """Return those of near whose mean cosine, of questions and of documents, is high enough.

    Questions that differ in a word or two lie near whatever the word; what is answered to them
    tells more (docs/adr/0131). Only vectors of documents that are asked for are read.
    """
    ends = np.unique(near.pairs)
    documents = vectors_of(vectors, "document_vector", entries.pair_id.take(pa.array(ends)))
    both = (near.nearness + cosines(documents, np.searchsorted(ends, near.pairs))) / 2
    kept = both >= np.float32(cosine_threshold)
    return near._replace(pairs=near.pairs[:, kept], nearness=both[kept])


def _less_siblings(
    near: CandidatePairs, entries: Entries, asked: WordSets, cosine_threshold: float
) -> CandidatePairs:
    """Return those of near whose cosine is high enough for the siblings that they have."""
    others = siblings(asked, entries.key_id[near.pairs])
    numbers, which = np.unique(others, return_inverse=True)
    costs = np.array([cost_of_siblings(number) for number in numbers.tolist()])[which]
    kept = near.nearness - costs >= cosine_threshold
    return near._replace(pairs=near.pairs[:, kept], nearness=near.nearness[kept])
