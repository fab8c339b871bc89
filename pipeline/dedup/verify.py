"""Likeness measured on the texts themselves."""

from collections.abc import Callable
from typing import Any

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from daft import DataType, col
from rapidfuzz import fuzz, process

from pipeline.dedup.answers import answer_guards, answer_words
from pipeline.dedup.bounds import may_be_alike
from pipeline.dedup.guards import question_guards, read
from pipeline.dedup.population import Ints
from pipeline.dedup.text import plain, sorted_key

_PHRASES = pa.large_list(pa.large_string())
_ANSWERS = pa.struct([("similarity", pa.float32()), ("guards", _PHRASES)])


def similarities(keys: pa.Array, pairs: Ints, *, cutoff: float) -> npt.NDArray[np.float32]:
    """Return the likeness (0-100) of pairs of sorted keys, 0 where it is below cutoff.

    pairs has shape (2, number of pairs) and holds positions in keys. The ratio of sorted keys is
    the token-sort ratio: the share of characters in common, the order of the words aside.
    """
    table = daft.from_arrow(pa.table({"left": keys.take(pairs[0]), "right": keys.take(pairs[1])}))
    ratio = _ratio(cutoff)(col("left"), col("right"))
    found = table.select(ratio.alias("ratio")).to_arrow()["ratio"].to_numpy()
    return np.asarray(found, np.float32)


def _ratio(cutoff: float) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.float32())
    def ratio(left: daft.Series, right: daft.Series) -> pa.Array:
        return pa.array(ratios(left.to_pylist(), right.to_pylist(), cutoff))

    return ratio


def ratios(left: list[str], right: list[str], cutoff: float) -> npt.NDArray[np.float32]:
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


@daft.func.batch(return_dtype=DataType.from_arrow_type(_PHRASES))
def spoken_on_questions(left: daft.Series, right: daft.Series) -> pa.Array:
    """Return for each two plain questions what the guards have to say."""
    ours, theirs = left.to_pylist(), right.to_pylist()
    readings = {text: read(text) for text in {*ours, *theirs}}
    spoken = [
        question_guards(readings[one], readings[other])
        for one, other in zip(ours, theirs, strict=True)
    ]
    return pa.array(spoken, _PHRASES)


def answers_compared(cutoff: float) -> Callable[..., Any]:
    """Return the expression maker that compares two answers: likeness and what the guards say.

    The likeness is the token-sort ratio (0-100) of the words, punctuation and all; below cutoff
    it stays null, and the guards are not asked. Left is the answer that stays: the guards tell
    what is lost or contradicted without the right one.
    """

    @daft.func.batch(return_dtype=DataType.from_arrow_type(_ANSWERS))
    def compared(winners: daft.Series, losers: daft.Series) -> pa.Array:
        texts, two = _distinct(winners, losers)
        similarity = np.full(two.shape[1], np.nan, np.float32)
        possible = np.flatnonzero(may_be_alike(texts, two, cutoff))
        similarity[possible] = _token_sort(texts, two[:, possible], cutoff)
        similarity[~(similarity >= cutoff)] = np.nan
        guards: list[list[str]] = [[] for _ in similarity]
        near = np.flatnonzero(similarity >= cutoff)
        words = {text: answer_words(texts[text]) for text in np.unique(two[:, near]).tolist()}
        for place, (winner, loser) in zip(near.tolist(), two[:, near].T.tolist(), strict=True):
            guards[place] = answer_guards(words[winner], words[loser], 1 - cutoff / 100)
        columns = [pa.array(similarity, mask=np.isnan(similarity)), pa.array(guards, _PHRASES)]
        return pa.StructArray.from_arrays(columns, fields=list(_ANSWERS))

    return compared


@daft.func.batch(return_dtype=DataType.float32())
def answer_likeness(left: daft.Series, right: daft.Series) -> pa.Array:
    """Return the token-sort ratio (0-100) of each two answers, however low it is."""
    return pa.array(_token_sort(*_distinct(left, right), 0))


def _distinct(left: daft.Series, right: daft.Series) -> tuple[list[str], Ints]:
    """Return the distinct texts in plain form and where those of each row stand among them."""
    numbers: dict[str, int] = {}
    two = [
        [numbers.setdefault(text, len(numbers)) for text in side.to_pylist()]
        for side in (left, right)
    ]
    return list(map(plain, numbers)), np.array(two, np.int64).reshape(2, -1)


def _token_sort(texts: list[str], pairs: Ints, cutoff: float) -> npt.NDArray[np.float32]:
    keys = {place: sorted_key(texts[place].split(" ")) for place in np.unique(pairs).tolist()}
    left, right = ([keys[place] for place in side] for side in pairs.tolist())
    return ratios(left, right, cutoff)
