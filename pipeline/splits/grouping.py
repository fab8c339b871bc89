"""What must lie in one split: a cluster of twins, or all fillings of one template."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedup.clusters.canonical import components
from pipeline.dedup.entries import Ints


def template_families(cluster_ids: pa.Array, frames: pa.Array) -> pa.Array:
    """Return a family_id for each row: rows with one cluster or one frame share it, and so on.

    The id is the smallest cluster_id of the family, so that the order of the rows does not matter.
    """
    if not len(cluster_ids):
        return cluster_ids
    names = pc.unique(cluster_ids)
    names = names.take(pc.sort_indices(names))
    clusters = _numbers(pc.index_in(cluster_ids, names))
    frame_ids = _numbers(frames.dictionary_encode().indices)
    size = len(names) + int(frame_ids.max()) + 1
    labels = components(size, np.stack([clusters, len(names) + frame_ids]))
    return names.take(pa.array(labels[clusters]))


def _numbers(indices: pa.Array) -> Ints:
    return np.asarray(indices.to_numpy(zero_copy_only=False), np.int64)
