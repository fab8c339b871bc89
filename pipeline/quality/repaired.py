"""Repaired copies in place of the texts as they were delivered."""

import daft
from daft import col, lit


def with_repairs(pairs: daft.DataFrame, repairs: daft.DataFrame) -> daft.DataFrame:
    """Return pairs with question and answer replaced where a repair is applied.

    Ids, all other columns and the number of rows stay; without applied repairs the table is
    handed back as it is.
    """
    applied = repairs.where(col("is_applied") == lit(True)).select(  # noqa: FBT003 - a value
        "pair_id",
        col("question").alias("better_question"),
        col("answer").alias("better_answer"),
    )
    if applied.count_rows() == 0:
        return pairs
    joined = pairs.join(applied, on="pair_id", how="left")
    texts = {name: col(f"better_{name}").fill_null(col(name)) for name in ("question", "answer")}
    return joined.with_columns(texts).select(*pairs.column_names)
