"""The token-sort ratio: the share of characters in common, the order of the words aside."""

from collections.abc import Callable
from typing import Any

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from daft import DataType, col
from rapidfuzz import fuzz, process

from pipeline.dedup.entries import Ints

Floats = npt.NDArray[np.float32]

_AT_ONCE = 1 << 20  # pairs whose keys are in memory side by side


def key_similarities(keys: pa.Array, pairs: Ints, *, cutoff: float) -> Floats:
    """Return the ratio (0-100) of pairs of sorted keys, 0 where it is below cutoff.

    pairs has shape (2, number of pairs) and holds positions in keys. The plain ratio of sorted
    keys is the token-sort ratio.
    """
    similarity = np.zeros(pairs.shape[1], np.float32)
    ratio = _ratio(cutoff)(col("left"), col("right")).alias("ratio")
    for start in range(0, len(similarity), _AT_ONCE):
        left, right = (keys.take(side) for side in pairs[:, start : start + _AT_ONCE])
        table = daft.from_arrow(pa.table({"left": left, "right": right}))
        similarity[start : start + _AT_ONCE] = table.select(ratio).to_arrow()["ratio"].to_numpy()
    return similarity


def _ratio(cutoff: float) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.float32())
    def ratio(left: daft.Series, right: daft.Series) -> pa.Array:
        return pa.array(ratios(left.to_pylist(), right.to_pylist(), cutoff))

    return ratio


def ratios(left: list[str], right: list[str], cutoff: float) -> Floats:
    """Return the ratio (0-100) of each two texts, 0 where it is below cutoff."""
    scores = process.cpdist(
        left,
        right,
        scorer=fuzz.ratio,
        score_cutoff=cutoff,
        dtype=np.float32,  # uint8 rounds, and a rounded score changes verdicts
        workers=1,
    )
    return np.asarray(scores, np.float32)
