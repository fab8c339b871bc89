"""Near answers: candidates from MinHash bands, and from lengths that allow a likeness."""

import numpy as np
import numpy.typing as npt

from pipeline.dedup.bounds import like_length
from pipeline.dedup.candidates import Ids, Near, Words, meetings
from pipeline.dedup.population import Ints, Population

_SHARED_BANDS = 2  # strangers with a boilerplate sentence in common share one band


def near_answers(
    bands: Words, people: Population, present: Ints, *, answer_threshold: float, reach: int
) -> Near:
    """Return pairs of entries whose answers differ and may be answer_threshold (0-100) alike.

    How near they are is the number of bands that they share. bands has one row per row of the
    fingerprints, present the entries that take part, ascending. Each distinct answer takes part
    once, by its best entry, and meets those that it shares two bands with and whose length allows
    the likeness. Nothing is measured on the texts here: answers are long, and what two of them
    have in common is remembered.
    """
    first = np.unique(people.answer_id[present], return_index=True)[1]
    entries = np.sort(present[first])
    bands = bands[people.row[entries]]
    met = meetings(bands, reach=reach)
    shared = shared_bands(bands, met.pairs)
    pairs = entries[met.pairs]  # ids ascend with entries, so the better one stays above
    possible = like_length(people.answer_chars[pairs], answer_threshold) & is_near(shared)
    return Near(pairs[:, possible], shared[possible], met.sizes, len(shared))


def shared_bands(bands: Words, pairs: Ids) -> Ids:
    """Return in how many bands the two rows of each pair agree."""
    shared = np.zeros(pairs.shape[1], np.int64)
    for band in np.ascontiguousarray(bands.T):
        shared += band[pairs[0]] == band[pairs[1]]
    return shared


def is_near(shared: Ids) -> npt.NDArray[np.bool_]:
    """Return where so many bands are shared that two answers are compared."""
    return shared >= _SHARED_BANDS
