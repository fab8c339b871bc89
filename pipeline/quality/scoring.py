"""The score, the rules' verdict on it, and the verdicts of people over it."""

from collections.abc import Mapping
from functools import reduce
from operator import add

import daft
import pyarrow as pa
from daft import col, lit
from daft.functions import when

from pipeline.core.errors import UserError
from pipeline.quality.grading import PARTS

VERDICTS = ("accept", "review", "reject")

_SCORE_DIGITS = 2


def checked_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """Return the share of each part in the score, summing to 1.

    Raises UserError where a part is missing, unknown, negative, or all are zero.
    """
    if sorted(weights) != sorted(PARTS):
        raise UserError(f"params.yaml: qa.weights must name {', '.join(PARTS)}")
    total = sum(weights.values())
    if min(weights.values()) < 0 or total <= 0:
        raise UserError("params.yaml: qa.weights must not be negative, nor all zero")
    return {part: weights[part] / total for part in PARTS}


def scored(
    grades: daft.DataFrame,
    weights: Mapping[str, float],
    *,
    review_below: float,
    reject_below: float,
) -> daft.DataFrame:
    """Return grades with `score` (0-100), the `points_<part>` it is made of, and the `verdict`.

    The score is the weighted mean of the parts, so it never falls when a part rises. An error
    rejects whatever the score; a warning, or a score below review_below, asks for a review.
    """
    shares = checked_weights(weights)
    points = {
        f"points_{part}": col(f"part_{part}").cast("float64") * (100 * share)
        for part, share in shares.items()
    }
    total = reduce(add, points.values())
    grades = grades.with_columns(
        {
            **{name: own.round(_SCORE_DIGITS).cast("float32") for name, own in points.items()},
            "score": total.round(_SCORE_DIGITS).cast("float32"),
        }
    )
    rejected = (col("worst") == lit("error")) | (col("score") < lit(reject_below))
    doubtful = (col("worst") == lit("warn")) | (col("score") < lit(review_below))
    verdict = when(rejected, lit("reject")).when(doubtful, lit("review")).otherwise(lit("accept"))
    return grades.with_column("verdict", verdict)


def decided(scores: daft.DataFrame, spoken: Mapping[str, str]) -> daft.DataFrame:
    """Return scores with the verdicts of people in place of the rules'.

    spoken maps pair_id to accept or reject. `decided_by` says whose verdict it is.
    """
    table = daft.from_arrow(
        pa.table(
            {
                "pair_id": pa.array(spoken.keys(), pa.large_string()),
                "spoken": pa.array(spoken.values(), pa.large_string()),
            }
        )
    )
    joined = scores.join(table, on="pair_id", how="left")
    by_person = col("spoken").not_null()
    return joined.with_columns(
        {
            "verdict": when(by_person, col("spoken")).otherwise(col("verdict")),
            "decided_by": when(by_person, lit("reviewer")).otherwise(lit("rule")),
        }
    )
