"""Words that are attached to the questions of every topic of a base."""

import daft
import pyarrow as pa
from daft import DataType, col, lit
from daft.functions import when

from pipeline.quality.words import content_words, words

_STEM_CHARS = 6


def with_attached(
    grades: daft.DataFrame,
    pairs: daft.DataFrame,
    *,
    min_topics: float,
    min_share: float,
    cost: float,
) -> daft.DataFrame:
    """Return grades in which the question's part is less for each attached word of the question.

    Who makes a hundred questions of one subject attaches the same second subjects to all of
    them (regulation, identity, supply chains): words that stand in the questions of at least
    min_share (0-1) of all topics say nothing of any, and each takes cost (0-1) from the part.
    What they are follows from the base; one of fewer than min_topics topics has none. A pair
    without a topic counts under its first delivery.
    """
    stems = pairs.select(
        "pair_id", _topic().alias("topic"), _stems(col("question")).alias("stem")
    ).collect()
    topics = stems.select("topic").distinct().count_rows()
    if topics < min_topics:
        return grades
    each = stems.explode("stem").where(col("stem").not_null())
    spread = (
        each.select("topic", "stem")
        .distinct()
        .groupby("stem")
        .agg(col("topic").count().alias("topics"))
    )
    common = spread.where(col("topics") >= lit(min_share * topics)).select("stem").collect()
    counted = (
        each.join(common, on="stem").groupby("pair_id").agg(col("stem").count().alias("attached"))
    )
    joined = grades.join(counted, on="pair_id", how="left")
    left = col("part_question").cast("float64") - col("attached").fill_null(0) * lit(cost)
    part = when(left < lit(0.0), lit(0.0)).otherwise(left).cast("float32")
    return joined.with_column("part_question", part).select(*grades.column_names).collect()


def _topic() -> daft.Expression:
    return col("topic").fill_null(col("origins").get(0).get("delivery"))


@daft.func.batch(return_dtype=DataType.list(DataType.string()), use_process=False)
def _stems(questions: daft.Series) -> pa.Array:
    rows = [
        sorted({word[:_STEM_CHARS] for word in content_words(frozenset(words(question)))})
        for question in questions.to_pylist()
    ]
    return pa.array(rows, pa.large_list(pa.large_string()))
