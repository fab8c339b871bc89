"""Likeness measured on the texts themselves."""

from collections.abc import Callable
from typing import Any

import daft
import numpy as np
import pyarrow as pa
from daft import DataType, col, lit
from rapidfuzz import fuzz, process

from pipeline.dedup.guards import answer_guards, question_guards, read
from pipeline.dedup.text import plain, sorted_key

_PHRASES = pa.large_list(pa.large_string())


def beside(pairs: daft.DataFrame, values: daft.DataFrame) -> daft.DataFrame:
    """Return pairs (left, right) with the value of each end, as left_value and right_value.

    values has two columns, the id and the value.
    """
    number, value = values.column_names
    for side in ("left", "right"):
        named = values.select(col(number).alias(side), col(value).alias(f"{side}_value"))
        pairs = pairs.join(named, on=side)
    return pairs


def similar(pairs: daft.DataFrame, keys: daft.DataFrame, *, cutoff: float) -> daft.DataFrame:
    """Return left, right and similarity of the pairs of sorted keys at or above cutoff (0-100).

    keys has an id and a key. The ratio of sorted keys is the token-sort ratio: the share of
    characters in common, the order of the words aside.
    """
    measured = beside(pairs.select("left", "right"), keys).select(
        "left", "right", _ratio(cutoff)(col("left_value"), col("right_value")).alias("similarity")
    )
    return measured.where(col("similarity") >= lit(cutoff))


def _ratio(cutoff: float) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.float32())
    def ratio(left: daft.Series, right: daft.Series) -> pa.Array:
        scores = process.cpdist(
            left.to_pylist(),
            right.to_pylist(),
            scorer=fuzz.ratio,
            score_cutoff=cutoff,
            dtype=np.float32,  # uint8 rounds, and a rounded score changes verdicts
            workers=1,
        )
        return pa.array(scores)

    return ratio


@daft.func.batch(return_dtype=DataType.string())
def answer_keys(answers: daft.Series) -> pa.Array:
    """Return the words of each answer, punctuation and all, in alphabetical order."""
    keys = [sorted_key(plain(text).split(" ")) for text in answers.to_pylist()]
    return pa.array(keys, pa.large_string())


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


def spoken_on_answers(lost_share: float) -> Callable[..., Any]:
    """Return the expression maker of what is lost or contradicted when one answer is dropped."""

    @daft.func.batch(return_dtype=DataType.from_arrow_type(_PHRASES))
    def spoken(winners: daft.Series, losers: daft.Series) -> pa.Array:
        ours, theirs = winners.to_pylist(), losers.to_pylist()
        texts = {text: plain(text) for text in {*ours, *theirs}}
        phrases = [
            answer_guards(texts[winner], texts[loser], lost_share)
            for winner, loser in zip(ours, theirs, strict=True)
        ]
        return pa.array(phrases, _PHRASES)

    return spoken
