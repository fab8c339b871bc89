"""Pairs about something else, where no list says which words mark the subject.

What marks it is taken from the base itself: the words that stand in most of the pairs that name
an entry of the plan, without those of general English (filler_words.txt and stop words).
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import daft
import numpy as np
import pyarrow as pa
from daft import DataType, col, lit

from pipeline.core.text import excerpt
from pipeline.quality.languages import is_foreign
from pipeline.quality.lexicon import lexicon
from pipeline.quality.sampling import sampled
from pipeline.quality.words import content_words, empty_words, words

_SAMPLE_ROWS = 20_000
_FEWEST_PAIRS = 3
"""A word that fewer pairs say marks nothing."""

_SHORTEST_WORD_CHARS = 3
_SHARES = DataType.struct(
    {"share": DataType.float64(), "measured": DataType.int64(), "is_named": DataType.bool()}
)
_FOUND = pa.schema([("pair_id", pa.large_string()), ("evidence", pa.large_string())])


class OffSubject(NamedTuple):
    """Pairs about something else (pair_id, evidence), or why none could be looked for."""

    found: daft.DataFrame
    reason: str | None = None


def off_subject(
    texts: daft.DataFrame,
    names: Iterable[str],
    language: str,
    *,
    most_words: float,
    min_pairs: float,
    median_share: float,
    min_measured_words: float,
) -> OffSubject:
    """Return the pairs that hardly say a word of the subject, which the base itself tells.

    Of the pairs that say a word of a name of the plan, the most_words that most of them say mark
    the subject. A pair is about something else where its share of them among its distinct
    words is below median_share (0-1) of the median: so the limit follows from how this base
    writes. Pairs of fewer than min_measured_words distinct words are too short to tell, and those
    in another language than the base's say its words in theirs; a base in which fewer than
    min_pairs pairs name the plan has no words of its own yet.

    texts has pair_id, question and answer.
    """
    own = lexicon(names, (), ()) - empty_words()
    if not own:
        return OffSubject(_none(), "terms.txt and plan.csv name no subject")
    named = _named(sampled(texts, _SAMPLE_ROWS), own)
    if named.count_rows() < min_pairs:
        reason = f"terms.txt is empty, and fewer than {min_pairs:.0f} pairs name the plan"
        return OffSubject(_none(), reason)
    marks = frozenset(_marks(named, int(most_words))) | own
    shares = texts.select(
        "pair_id", _shares(marks, own)(col("question"), col("answer")).unnest()
    ).collect()
    measured = shares.where(col("measured") >= lit(min_measured_words))
    usual = measured.where(col("is_named")).select("share").to_arrow()["share"].to_numpy()
    if not len(usual):
        return OffSubject(_none(), "no pair that names the plan is long enough")
    median = float(np.quantile(usual, 0.5, method="lower"))
    low = measured.where(col("share") < lit(median_share * median)).select("pair_id", "share")
    rows = low.join(texts.select("pair_id", "answer"), on="pair_id").sort("pair_id").to_pylist()
    ours = [row for row in rows if not is_foreign(row["answer"], words(row["answer"]), language)]
    return OffSubject(_flagged(ours, median))


def _flagged(rows: list[dict[str, str | float]], median: float) -> daft.DataFrame:
    evidence = [
        f"{row['share']:.0%} of its words are those of this base, of half of the others"
        f" {median:.0%} and more: {excerpt(str(row['answer']))}"
        for row in rows
    ]
    columns = {"pair_id": [row["pair_id"] for row in rows], "evidence": evidence}
    return daft.from_arrow(pa.table(columns, schema=_FOUND))


def _none() -> daft.DataFrame:
    return daft.from_arrow(_FOUND.empty_table())


def _named(texts: daft.DataFrame, own: frozenset[str]) -> daft.DataFrame:
    """Return the telling words of each text that says a word of the plan's names."""
    return (
        texts.select(_own_words(own)(col("question"), col("answer")).alias("word"))
        .where(col("word").length() > lit(0))
        .collect()
    )


def _marks(named: daft.DataFrame, most: int) -> list[str]:
    """Return the words that most texts say, the most frequent first."""
    counted = (
        named.explode("word").groupby("word").agg(col("word").count().alias("pairs")).to_pydict()
    )
    found = zip(counted["word"], counted["pairs"], strict=True)
    often = [(-pairs, word) for word, pairs in found if pairs >= _FEWEST_PAIRS]
    return [word for _, word in sorted(often)[:most]]


def _telling(question: str, answer: str) -> set[str]:
    content = content_words(frozenset(words(f"{question} {answer}")))
    return {
        word
        for word in content - empty_words()
        if len(word) >= _SHORTEST_WORD_CHARS and not word.isdecimal()
    }


def _own_words(own: frozenset[str]) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.list(DataType.string()), use_process=False)
    def owned(questions: daft.Series, answers: daft.Series) -> pa.Array:
        both = zip(questions.to_pylist(), answers.to_pylist(), strict=True)
        each = [_telling(question, answer) for question, answer in both]
        rows = [sorted(found) if found & own else [] for found in each]
        return pa.array(rows, pa.large_list(pa.large_string()))

    return owned


def _shares(marks: frozenset[str], own: frozenset[str]) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=_SHARES, use_process=False)
    def measured(questions: daft.Series, answers: daft.Series) -> pa.Array:
        both = zip(questions.to_pylist(), answers.to_pylist(), strict=True)
        each = [_telling(question, answer) for question, answer in both]
        rows = [
            {
                "share": len(found & marks) / max(1, len(found)),
                "measured": len(found),
                "is_named": bool(found & own),
            }
            for found in each
        ]
        return pa.array(rows, type=_SHARES.to_arrow_dtype())

    return measured
