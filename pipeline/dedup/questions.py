"""Near questions: candidates from MinHash bands, verified on the text."""

import daft
import numpy as np
import pyarrow as pa

from pipeline.dedup.candidates import BucketSizes, meetings
from pipeline.dedup.population import Population
from pipeline.dedup.verify import similar


def near_questions(
    fingerprints: daft.DataFrame, people: Population, *, review_threshold: float, max_bucket: int
) -> tuple[pa.Table, BucketSizes, int]:
    """Return the near pairs of keys, the sizes of the buckets and the number of candidates.

    The pairs have left and right (key_id) and similarity (0-100, at least review_threshold). Each
    distinct key takes part once, however many pairs ask it, so that a question asked ten thousand
    times costs no more than one asked once.
    """
    first = np.unique(people.key_id, return_index=True)[1]
    keys = {
        "pair_id": people.pair_id.take(pa.array(first)),
        "id": pa.array(np.arange(len(first), dtype=np.int64)),
    }
    keyed = fingerprints.select("pair_id", "question_key", "bands")
    keyed = keyed.join(daft.from_arrow(pa.table(keys)), on="pair_id").collect()
    met = meetings(keyed.select("id", "bands"), reach=max_bucket - 1)
    candidates = met.pairs.collect()
    near = similar(candidates, keyed.select("id", "question_key"), cutoff=review_threshold)
    return near.to_arrow(), met.sizes, candidates.count_rows()
