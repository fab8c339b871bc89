"""Repaired copies in place of the texts as they were delivered, and what is remembered of texts."""

import daft
from daft import col, lit

from pipeline.core.ids import PAIR_ID_HEX


def with_repairs(pairs: daft.DataFrame, repairs: daft.DataFrame) -> daft.DataFrame:
    """Return pairs with question and answer replaced where a repair is applied, and `text_key`.

    text_key names a pair together with its texts: the pair_id where they are those that were
    delivered, else the pair_id and the text_id of the repair. Whatever is kept between runs about
    a pair's texts is kept by it. Ids, all other columns and the number of rows stay.
    """
    applied = repairs.where(col("is_applied") == lit(True)).select(  # noqa: FBT003 - a value
        "pair_id",
        col("question").alias("better_question"),
        col("answer").alias("better_answer"),
        (col("pair_id") + lit("-") + col("text_id")).alias("better_key"),
    )
    if applied.count_rows() == 0:
        return pairs.with_column("text_key", col("pair_id"))
    joined = pairs.join(applied, on="pair_id", how="left")
    texts = {name: col(f"better_{name}").fill_null(col(name)) for name in ("question", "answer")}
    texts["text_key"] = col("better_key").fill_null(col("pair_id"))
    return joined.with_columns(texts).select(*pairs.column_names, "text_key")


def keyed_by_text(texts: daft.DataFrame) -> daft.DataFrame:
    """Return pair_id, question and answer of a table of with_repairs, the text_key as pair_id."""
    return texts.select(col("text_key").alias("pair_id"), "question", "answer")


def keyed_by_pair(rows: daft.DataFrame) -> daft.DataFrame:
    """Return rows that were made of keyed_by_text with the pair's own id as pair_id."""
    return rows.with_column("pair_id", col("pair_id").left(PAIR_ID_HEX))
