import daft
import numpy as np
import pyarrow as pa

from pipeline.dedup.hyperplanes import cosine_candidates


def table(rows: np.ndarray) -> daft.DataFrame:  # type: ignore[type-arg]
    flat = pa.array(rows.astype(np.float32).ravel())
    vectors = pa.FixedSizeListArray.from_arrays(flat, rows.shape[1])
    return daft.from_arrow(pa.table({"id": np.arange(len(rows)), "vector": vectors}))


def unit(rows: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    scaled: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)  # type: ignore[type-arg]
    return scaled


def test_planted_neighbours_are_found_and_nothing_below_the_threshold() -> None:
    """Of 60 planted pairs with cosine above 0.97 at least 57 are found, and no false one."""
    rng = np.random.default_rng(5)
    base = unit(rng.standard_normal((60, 64)))
    rows = np.concatenate([base, unit(base + 0.02 * rng.standard_normal(base.shape))])
    found, sizes, tried = cosine_candidates(
        table(rows), cosine_threshold=0.95, bands=16, reach=63, seed=3
    )
    pairs = set(zip(found["left"].to_pylist(), found["right"].to_pylist(), strict=True))
    planted = {(n, n + 60) for n in range(60)}
    assert len(pairs & planted) >= 57
    assert pairs <= planted
    assert tried >= len(pairs)
    assert sizes.largest >= 2
    exact = [float(rows[a] @ rows[b]) for a, b in sorted(pairs)]
    order = np.lexsort((found["right"].to_numpy(), found["left"].to_numpy()))
    assert np.allclose(found["cosine"].to_numpy()[order], exact, atol=1e-6)


def test_tables_of_none_and_one_have_no_candidates() -> None:
    """An empty table and a single vector give no pairs and no error."""
    for count in (0, 1):
        found, _, tried = cosine_candidates(
            table(np.ones((count, 4)) / 2), cosine_threshold=0.9, bands=4, reach=3, seed=1
        )
        assert (found.num_rows, tried) == (0, 0)
