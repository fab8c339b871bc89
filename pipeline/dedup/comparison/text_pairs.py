"""Two texts compared, in batches: likeness, and what the guards say."""

from collections.abc import Callable
from typing import Any

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from daft import DataType

from pipeline.dedup.entries import Ints
from pipeline.dedup.guards.answer_guards import answer_guards, answer_words
from pipeline.dedup.guards.lexicon import Lexicon
from pipeline.dedup.guards.question_guards import question_guards, question_words
from pipeline.dedup.likeness.bounds import may_be_alike
from pipeline.dedup.likeness.token_sort import ratios
from pipeline.dedup.text import plain, sorted_key

_PHRASES = pa.large_list(pa.large_string())
_ANSWERS = pa.struct([("similarity", pa.float32()), ("guards", _PHRASES)])


def guards_on_questions(known: Lexicon) -> Callable[..., Any]:
    """Return the expression maker that says for two plain questions what the guards have to say."""

    @daft.func.batch(return_dtype=DataType.from_arrow_type(_PHRASES))
    def spoken(left: daft.Series, right: daft.Series) -> pa.Array:
        ours, theirs = left.to_pylist(), right.to_pylist()
        words = {text: question_words(text, known) for text in {*ours, *theirs}}
        two = zip(ours, theirs, strict=True)
        phrases = [question_guards(words[one], words[other]) for one, other in two]
        return pa.array(phrases, _PHRASES)

    return spoken


def compare_answers(cutoff: float, known: Lexicon) -> Callable[..., Any]:
    """Return the expression maker that compares two answers: likeness and what the guards say.

    The likeness is the token-sort ratio (0-100) of the words, punctuation and all; below cutoff
    it stays null, and the guards are not asked. Left is the answer that stays: the guards tell
    what is lost or contradicted without the right one.
    """

    @daft.func.batch(return_dtype=DataType.from_arrow_type(_ANSWERS))
    def compared(winners: daft.Series, losers: daft.Series) -> pa.Array:
        texts, pairs = _distinct(winners, losers)
        similarity = np.full(pairs.shape[1], np.nan, np.float32)
        possible = np.flatnonzero(may_be_alike(texts, pairs, cutoff))
        similarity[possible] = _token_sort(texts, pairs[:, possible], cutoff)
        similarity[~(similarity >= cutoff)] = np.nan
        guards: list[list[str]] = [[] for _ in similarity]
        near = np.flatnonzero(similarity >= cutoff)
        lost_share = 1 - cutoff / 100
        words = {text: answer_words(texts[text]) for text in np.unique(pairs[:, near]).tolist()}
        for place, (winner, loser) in zip(near.tolist(), pairs[:, near].T.tolist(), strict=True):
            guards[place] = answer_guards(words[winner], words[loser], lost_share, known)
        columns = [pa.array(similarity, mask=np.isnan(similarity)), pa.array(guards, _PHRASES)]
        return pa.StructArray.from_arrays(columns, fields=list(_ANSWERS))

    return compared


@daft.func.batch(return_dtype=DataType.float32())
def answer_similarity(left: daft.Series, right: daft.Series) -> pa.Array:
    """Return the token-sort ratio (0-100) of each two answers, however low it is."""
    return pa.array(_token_sort(*_distinct(left, right), 0))


def _distinct(left: daft.Series, right: daft.Series) -> tuple[list[str], Ints]:
    """Return the distinct texts in plain form and where those of each row stand among them."""
    numbers: dict[str, int] = {}
    pairs = [
        [numbers.setdefault(text, len(numbers)) for text in side.to_pylist()]
        for side in (left, right)
    ]
    return list(map(plain, numbers)), np.array(pairs, np.int64).reshape(2, -1)


def _token_sort(texts: list[str], pairs: Ints, cutoff: float) -> npt.NDArray[np.float32]:
    keys = {place: sorted_key(texts[place].split(" ")) for place in np.unique(pairs).tolist()}
    left, right = ([keys[place] for place in side] for side in pairs.tolist())
    return ratios(left, right, cutoff)
