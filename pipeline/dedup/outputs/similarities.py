"""The similarities as published: one row for each edge that has something in common."""

import daft
import numpy as np
import pyarrow as pa

from pipeline.dedup.entries import Entries, Ints
from pipeline.dedup.pairing import Edges


def similarity_rows(edges: Edges, entries: Entries, same_text: Ints) -> daft.DataFrame:
    """Return pair_id, other_id (the larger of the two) and the similarity (0-1) of their questions.

    These are the verified similarities of all that was compared, and 1 for each entry and its
    representative in same_text. Two pairs that are in no row were never brought together, or have
    no character in common. The relation is symmetric, so each two pairs stand once.
    """
    twins = np.flatnonzero(same_text != np.arange(len(same_text)))
    ends = np.concatenate(
        [np.stack([edges.left, edges.right]), np.stack([same_text[twins], twins])], axis=1
    )
    by_id = np.take_along_axis(ends, entries.row[ends].argsort(axis=0), axis=0)  # rows go by id
    similarity = np.concatenate(
        [edges.question_similarity / np.float32(100), np.ones(len(twins), np.float32)]
    )
    order = np.lexsort(entries.row[by_id][::-1])
    order = order[similarity[order] > 0]
    first, second = by_id[:, order]
    return daft.from_arrow(
        pa.table(
            {
                "pair_id": entries.pair_id.take(pa.array(first)),
                "other_id": entries.pair_id.take(pa.array(second)),
                "similarity": similarity[order],
            }
        )
    )
