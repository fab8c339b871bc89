import daft
import numpy as np
import pyarrow as pa

from pipeline.dedup.candidates.buckets import CandidatePairs
from pipeline.dedup.candidates.fingerprints import matrix
from pipeline.dedup.candidates.near_vectors import cosine_candidates, sketched, vectors_of
from pipeline.dedup.entries import one_array


def found_among(
    rows: np.ndarray,
    threshold: float,
    *,
    bands: int,
    rows_each: int = 1000,
) -> CandidatePairs:
    flat = pa.array(rows.astype(np.float32).ravel())
    vectors = pa.FixedSizeListArray.from_arrays(flat, rows.shape[1])
    ids = pa.array([str(n) for n in range(len(rows))], pa.large_string())
    table = pa.table({"pair_id": ids, "vector": vectors})
    cuts = [table.slice(start, rows_each) for start in range(0, max(1, len(rows)), rows_each)]
    of_pairs = daft.from_arrow(cuts)
    sketches = sketched(of_pairs, bands=bands, seed=3)
    order = np.argsort(np.array(sketches["pair_id"].to_pylist(), np.int64))
    return cosine_candidates(
        matrix(one_array(sketches["bands"]))[order],
        lambda places: vectors_of(of_pairs, "vector", ids.take(pa.array(places))),
        cosine_threshold=threshold,
        reach=63,
    )


def unit(rows: np.ndarray) -> np.ndarray:
    scaled: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return scaled


def test_planted_neighbours_are_found_and_nothing_below_the_threshold() -> None:
    """Of 60 planted pairs above 0.97 at least 57 are found, no false one, in any partition."""
    rng = np.random.default_rng(5)
    base = unit(rng.standard_normal((60, 64)))
    rows = np.concatenate([base, unit(base + 0.02 * rng.standard_normal(base.shape))])
    found = found_among(rows, 0.95, bands=16)
    pairs = set(map(tuple, found.pairs.T.tolist()))
    planted = {(n, n + 60) for n in range(60)}
    assert len(pairs & planted) >= 57
    assert pairs <= planted
    assert found.tried >= len(pairs)
    assert found.sizes.largest >= 2
    assert np.allclose(found.nearness, [rows[a] @ rows[b] for a, b in found.pairs.T], atol=1e-6)
    again = found_among(rows, 0.95, bands=16, rows_each=7)
    assert again.pairs.tolist() == found.pairs.tolist()
    assert again.nearness.tolist() == found.nearness.tolist()


def test_tables_of_none_and_one_have_no_candidates() -> None:
    """An empty table and a single vector give no pairs and no error."""
    for count in (0, 1):
        found = found_among(np.ones((count, 4)) / 2, 0.9, bands=4)
        assert (found.pairs.shape, found.tried) == ((2, 0), 0)
