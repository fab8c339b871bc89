"""Words that a base attaches to the questions of every topic, and words that it imposes."""

from collections.abc import Iterable
from math import log2

import daft
import pyarrow as pa
from daft import DataType, col, lit
from daft.functions import when

from pipeline.quality.asking import asks
from pipeline.quality.sampling import sampled
from pipeline.quality.words import content_words, empty_words, words

_STEM_CHARS = 6
_SAMPLE_ROWS = 4_000
"""Answers that tell what answers of this base speak of by themselves."""

_FEWEST_ANSWERS = 20
"""Answers whose question does not say a word; fewer do not tell whether they come to it."""

_OWN_SHARE = 0.5
"""A word that so many answers come to is the base's own subject."""


def with_attached(
    grades: daft.DataFrame,
    texts: daft.DataFrame,
    *,
    min_topics: float,
    min_share: float,
    cost: float,
    imposed_share: float,
    imposed_ratio: float,
    imposed_cost: float,
) -> daft.DataFrame:
    """Return grades in which the question's part is less for attached and imposed words.

    Who makes a hundred questions of one subject attaches the same second subjects to all of
    them (regulation, identity, supply chains). A word is attached that stands in the questions
    of at least min_share (0-1) of all topics; each takes cost (0-1) from the part. A word is
    imposed that stands in the questions of at least imposed_share of all topics, and in more than
    imposed_ratio times the share of answers that come to it unasked of all questions: what
    a subject needs, answers speak of by themselves. Each doubling above imposed_ratio takes
    imposed_cost; whole doublings, so that a few pairs more change few scores. Fillers are
    attached and never imposed, nor is a word that most answers come to. A sentence that asks
    loses nothing: it says how its words belong together.

    What the words are follows from the base; one of fewer than min_topics topics has none. A pair
    without a topic counts under its first delivery. texts has pair_id, question, answer, topic
    and origins.
    """
    stems = texts.select(
        "pair_id", _topic().alias("topic"), _stems(col("question")).alias("stem")
    ).collect()
    topics = stems.select("topic").distinct().count_rows()
    if topics < min_topics:
        return grades
    each = stems.explode("stem").where(col("stem").not_null()).collect()
    spread = _counted(each.select("topic", "stem").distinct())
    attached = {stem for stem, number in spread.items() if number >= min_share * topics}
    several = {stem for stem, number in spread.items() if number >= imposed_share * topics}
    imposed = _imposed(texts, each, several - _cut(empty_words()), imposed_ratio)
    marked = sorted(attached | imposed.keys())
    marks = daft.from_pydict(
        {
            "stem": marked,
            "attached": [int(stem in attached) for stem in marked],
            "imposed": [imposed.get(stem, 0) for stem in marked],
        }
    )
    counted = (
        each.join(marks, on="stem")
        .groupby("pair_id")
        .agg(col("attached").sum(), col("imposed").sum())
    )
    asking = texts.select("pair_id", _asks(col("question")).alias("asks"))
    joined = grades.join(asking, on="pair_id").join(counted, on="pair_id", how="left")
    attaching = col("attached").fill_null(0) * lit(cost)
    imposing = col("imposed").fill_null(0) * lit(imposed_cost)
    costs = when(col("asks"), lit(0.0)).otherwise(attaching + imposing)
    left = col("part_question").cast("float64") - costs
    part = when(left < lit(0.0), lit(0.0)).otherwise(left).cast("float32")
    return joined.with_column("part_question", part).select(*grades.column_names).collect()


def _imposed(
    texts: daft.DataFrame, each: daft.DataFrame, stems: set[str], ratio: float
) -> dict[str, int]:
    """Return the doublings by which questions say each of stems more than ratio of answers do."""
    sample = sampled(texts, _SAMPLE_ROWS)
    unasked = _counted(
        sample.select(_unasked(col("question"), col("answer")).alias("stem")).explode("stem")
    )
    asked = _counted(sample.select(_stems(col("question")).alias("stem")).explode("stem"))
    everywhere = _counted(each)
    answers, questions = sample.count_rows(), texts.count_rows()
    found = {}
    for stem in stems:
        free = answers - asked.get(stem, 0)
        spoken = (unasked.get(stem, 0) + 0.5) / (free + 1)
        if free >= _FEWEST_ANSWERS and spoken < _OWN_SHARE:
            found[stem] = round(log2(everywhere[stem] / questions / (ratio * spoken)))
    return {stem: doublings for stem, doublings in found.items() if doublings > 0}


def _counted(stems: daft.DataFrame) -> dict[str, int]:
    """Return how many rows have each stem."""
    rows = stems.where(col("stem").not_null()).groupby("stem")
    counted = rows.agg(col("stem").count().alias("rows")).to_pydict()
    return dict(zip(counted["stem"], counted["rows"], strict=True))


def _topic() -> daft.Expression:
    return col("topic").fill_null(col("origins").get(0).get("delivery"))


def _cut(spoken: Iterable[str]) -> set[str]:
    return {word[:_STEM_CHARS] for word in spoken}


def _asked(question: str) -> set[str]:
    return _cut(content_words(frozenset(words(question))))


@daft.func.batch(return_dtype=DataType.bool(), use_process=False)
def _asks(questions: daft.Series) -> pa.Array:
    return pa.array(map(asks, questions.to_pylist()), pa.bool_())


@daft.func.batch(return_dtype=DataType.list(DataType.string()), use_process=False)
def _stems(questions: daft.Series) -> pa.Array:
    rows = [sorted(_asked(question)) for question in questions.to_pylist()]
    return pa.array(rows, pa.large_list(pa.large_string()))


@daft.func.batch(return_dtype=DataType.list(DataType.string()), use_process=False)
def _unasked(questions: daft.Series, answers: daft.Series) -> pa.Array:
    both = zip(questions.to_pylist(), answers.to_pylist(), strict=True)
    rows = [list(_cut(set(words(answer))) - _asked(question)) for question, answer in both]
    return pa.array(rows, pa.large_list(pa.large_string()))
