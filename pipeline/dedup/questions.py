"""Near questions: candidates from MinHash bands, verified on the text."""

import numpy as np

from pipeline.dedup.bounds import letter_counts, may_reach
from pipeline.dedup.candidates import Near, Words, meetings
from pipeline.dedup.population import Population
from pipeline.dedup.verify import similarities


def near_questions(
    bands: Words, people: Population, *, review_threshold: float, reach: int
) -> Near:
    """Return the key_ids of questions at least review_threshold (0-100) alike, and how alike.

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
    return Near(possible[:, near], likeness[near], met.sizes, met.pairs.shape[1])
