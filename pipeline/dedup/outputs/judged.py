"""What quality analysis says of a pair, as a kept pair carries it."""

import daft
from daft import DataType, col, lit

_OF_FLAG = ("code", "severity")
_LISTS = ("flags", "warnings", "repairs")


def judged_pairs(scores: daft.DataFrame, repairs: daft.DataFrame) -> daft.DataFrame:
    """Return the verdict on each pair, the codes of its flags, and what was repaired in it."""
    raised = scores.select("pair_id", "flags").explode("flags").where(col("flags").not_null())
    each = raised.select("pair_id", *(col("flags").get(name).alias(name) for name in _OF_FLAG))
    codes = _codes(each, "flags")
    warnings = _codes(each.where(col("severity") != lit("info")), "warnings")
    applied = repairs.where(col("is_applied") == lit(True)).select(  # noqa: FBT003 - a value
        "pair_id", col("kinds").alias("repairs")
    )
    nothing = lit([]).cast(DataType.list(DataType.string()))
    judged = scores.select("pair_id", "verdict", "decided_by")
    return (
        judged.join(codes, on="pair_id", how="left")
        .join(warnings, on="pair_id", how="left")
        .join(applied, on="pair_id", how="left")
        .with_columns({name: col(name).fill_null(nothing) for name in _LISTS})
    )


def _codes(flags: daft.DataFrame, name: str) -> daft.DataFrame:
    gathered = flags.groupby("pair_id").agg(col("code").list_agg().alias(name))
    return gathered.with_column(name, col(name).list_sort())
