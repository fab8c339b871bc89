"""Near questions: candidates from MinHash bands, verified on the text."""

import numpy as np

from pipeline.dedup.candidates.buckets import CandidatePairs, Words, bucket_pairs
from pipeline.dedup.entries import Entries
from pipeline.dedup.likeness.bounds import letter_counts, may_reach
from pipeline.dedup.likeness.token_sort import key_similarities


def near_questions(
    bands: Words, entries: Entries, *, review_threshold: float, reach: int
) -> CandidatePairs:
    """Return the key_ids of questions at least review_threshold (0-100) alike, and how alike.

    bands has one row per row of the fingerprints. Each distinct key takes part once, however many
    pairs ask it, so that a question asked ten thousand times costs no more than one asked once.
    Of the candidates most are ruled out by a count of letters.
    """
    first = np.unique(entries.key_id, return_index=True)[1]
    candidates = bucket_pairs(bands[entries.row[first]], reach=reach)
    keys = entries.keys.to_pylist()
    chars = np.array(list(map(len, keys)), np.int64)
    pairs = candidates.pairs
    possible = pairs[:, may_reach(letter_counts(keys), chars, pairs, review_threshold)]
    similarity = key_similarities(entries.keys, possible, cutoff=review_threshold)
    near = similarity >= review_threshold
    return CandidatePairs(possible[:, near], similarity[near], candidates.sizes, pairs.shape[1])
