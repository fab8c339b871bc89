"""From fingerprints and vectors to everything measured on what comes close."""

from typing import NamedTuple

import daft
import pyarrow as pa

from pipeline.core.memo import Memo
from pipeline.dedup.encounters import Encounters, encounters
from pipeline.dedup.evidence import evidence
from pipeline.dedup.hyperplanes import cosine_candidates, sketched
from pipeline.dedup.near_answers import near_answers
from pipeline.dedup.population import Ints, Population, one_array, places
from pipeline.dedup.questions import near_questions
from pipeline.dedup.rules import Evidence, Thresholds
from pipeline.dedup.signatures import matrix


class Comparison(NamedTuple):
    """Who was compared with whom, what was measured, and what it took to bring them together."""

    met: Encounters
    measured: list[Evidence]
    tried: int  # candidate pairs
    largest_bucket: int
    split_buckets: int
    uncompared: int


def comparison(
    printed: pa.Table,
    people: Population,
    present: Ints,
    reviewed: Ints,
    pairs: daft.DataFrame,
    vectors: daft.DataFrame,
    at: Thresholds,
    memo: Memo,
    *,
    cosine_bands: int,
    max_bucket: int,
    anchors: int,
    seed: int,
) -> Comparison:
    """Return what the entries in present have in common, where they come close at all.

    printed holds the fingerprints that people was made of, reviewed (shape 2, n) the entries that
    a reviewer named together. pairs has the answers, vectors a unit vector per pair_id.
    """
    near = near_questions(
        matrix(one_array(printed["bands"])),
        people,
        review_threshold=at.review,
        reach=max_bucket - 1,
    )
    sketches = sketched(vectors, bands=cosine_bands, seed=seed)
    wide = cosine_candidates(
        sketches,
        places(people.pair_id.take(pa.array(present)), sketches["pair_id"]),
        cosine_threshold=at.cosine,
        reach=max_bucket - 1,
    )
    told = near_answers(
        matrix(one_array(printed["answer_bands"])),
        people,
        present,
        answer_threshold=at.answer,
        reach=max_bucket - 1,
    )
    met = encounters(
        people,
        present,
        near,
        wide._replace(pairs=present[wide.pairs]),
        told,
        reviewed,
        anchors=anchors,
    )
    questions = one_array(printed["question_plain"]).take(pa.array(people.row))
    found = (near, wide, told)
    return Comparison(
        met,
        evidence(met, people, questions, pairs, at, memo),
        tried=sum(by.tried for by in found),
        largest_bucket=max(by.sizes.largest for by in found),
        split_buckets=sum(by.sizes.bounded for by in found),
        uncompared=met.uncompared,
    )
