"""Near answers: candidates from MinHash bands, and from lengths that allow a likeness."""

import numpy as np

from pipeline.dedup.candidates.buckets import CandidatePairs, Words, bucket_pairs
from pipeline.dedup.entries import Entries, Flags, Ints
from pipeline.dedup.likeness.bounds import like_length

_SHARED_BANDS = 2  # strangers with a boilerplate sentence in common share one band


def near_answers(
    bands: Words, entries: Entries, distinct: Ints, *, answer_threshold: float, reach: int
) -> CandidatePairs:
    """Return pairs of entries whose answers differ and may be answer_threshold (0-100) alike.

    How near they are is the number of bands that they share. bands has one row per row of the
    fingerprints, distinct holds the entries that take part, ascending. Each distinct answer takes
    part once, by its best entry, and meets those that it shares two bands with and whose length
    allows the likeness. Nothing is measured on the texts here: answers are long, and what two of
    them have in common is remembered.
    """
    first = np.unique(entries.answer_id[distinct], return_index=True)[1]
    best = np.sort(distinct[first])
    bands = bands[entries.row[best]]
    candidates = bucket_pairs(bands, reach=reach)
    shared = shared_bands(bands, candidates.pairs)
    pairs = best[candidates.pairs]  # ids ascend with entries, so the better one stays above
    possible = like_length(entries.answer_chars[pairs], answer_threshold) & is_near(shared)
    return CandidatePairs(pairs[:, possible], shared[possible], candidates.sizes, len(shared))


def shared_bands(bands: Words, pairs: Ints) -> Ints:
    """Return in how many bands the two rows of each pair agree."""
    shared = np.zeros(pairs.shape[1], np.int64)
    for band in np.ascontiguousarray(bands.T):
        shared += band[pairs[0]] == band[pairs[1]]
    return shared


def is_near(shared: Ints) -> Flags:
    """Return where so many bands are shared that two answers are compared."""
    return np.asarray(shared >= _SHARED_BANDS)
