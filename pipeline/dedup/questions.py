"""Near questions: candidates from MinHash bands, verified on the text."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.dedup.bounds import letter_counts, may_reach
from pipeline.dedup.candidates import BucketSizes, Ids, Words, meetings
from pipeline.dedup.population import Population
from pipeline.dedup.verify import similarities

Floats = npt.NDArray[np.float32]


class NearQuestions(NamedTuple):
    """Pairs of near questions and what it took to find them."""

    pairs: Ids  # shape (2, number of pairs): key_ids, the smaller above
    likeness: Floats  # token-sort similarity of each pair, 0-100
    sizes: BucketSizes
    tried: int


def near_questions(
    bands: Words, people: Population, *, review_threshold: float, reach: int
) -> NearQuestions:
    """Return the pairs of questions that are at least review_threshold (0-100) alike.

    bands has one row per row of the fingerprints. Each distinct key takes part once, however many
    pairs ask it, so that a question asked ten thousand times costs no more than one asked once.
    Of the candidates most are told by a count of letters.
    """
    first = np.unique(people.key_id, return_index=True)[1]
    met = meetings(bands[people.row[first]], reach=reach)
    keys = people.keys.to_pylist()
    chars = np.array(list(map(len, keys)), np.int64)
    possible = met.pairs[:, may_reach(letter_counts(keys), chars, met.pairs, review_threshold)]
    likeness = similarities(people.keys, possible, cutoff=review_threshold)
    near = likeness >= review_threshold
    return NearQuestions(possible[:, near], likeness[near], met.sizes, met.pairs.shape[1])
