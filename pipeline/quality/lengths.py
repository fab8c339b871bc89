"""Answers that are short beside others of their base to questions of their kind."""

from collections.abc import Iterator

import daft
import numpy as np
import pandas as pd
import pyarrow as pa
from daft import col, lit

from pipeline.quality.asking import PHRASE

_FOUND = pa.schema([("pair_id", pa.large_string()), ("evidence", pa.large_string())])


def too_short(
    grades: daft.DataFrame,
    *,
    max_chars: float,
    low_share: float,
    median_share: float,
    min_pairs: float,
) -> daft.DataFrame:
    """Return pair_id and evidence of answers that are too short for their base.

    How long an answer must be follows from what this base answers to questions of the kind
    (question_kind): one is short where it is below the low_share quantile (0-1) of them, below
    median_share (0-1) of their median, and below max_chars characters, from which on no
    answer is short. So the lines of an FAQ stand beside each other, and a stub among pages is
    seen. Of a kind with fewer than min_pairs pairs all questions that ask decide together (of
    phrases all pairs), and where those are fewer nothing is known: only what holds no word at
    all is short there.
    """
    counted = grades.groupby("question_kind", "answer_chars").agg(
        col("pair_id").count().alias("pairs")
    )
    bounds = (max_chars, low_share, median_share, min_pairs)
    limits = dict(_limits(counted.to_pandas(), *bounds))
    short = lit(False)  # noqa: FBT003 - a value
    for kind, limit in limits.items():
        short = short | ((col("question_kind") == lit(kind)) & (col("answer_chars") < lit(limit)))
    rows = (
        grades.where(short | (col("answer_words") == lit(0)))
        .select("pair_id", "question_kind", "answer_chars")
        .to_pylist()
    )
    evidence_of = {
        row["pair_id"]: f"{row['answer_chars']} characters: answers to questions of the kind"
        f" {row['question_kind']} have {limits[row['question_kind']]:.0f} and more here"
        for row in rows
    }
    columns = {"pair_id": list(evidence_of), "evidence": list(evidence_of.values())}
    return daft.from_arrow(pa.table(columns, schema=_FOUND))


def _limits(
    counted: pd.DataFrame, max_chars: float, low_share: float, median_share: float, min_pairs: float
) -> Iterator[tuple[str, float]]:
    """Yield the limit of each kind; counted has question_kind, answer_chars and pairs."""
    asked = counted[counted["question_kind"] != PHRASE]
    for kind, own in counted.groupby("question_kind"):
        wider = counted if kind == PHRASE else asked
        base = next((one for one in (own, wider) if one["pairs"].sum() >= min_pairs), None)
        if base is None:
            yield str(kind), 1.0
            continue
        chars = np.repeat(base["answer_chars"].to_numpy(), base["pairs"].to_numpy("int64"))
        low, median = np.quantile(chars, (low_share, 0.5), method="lower")
        yield str(kind), float(min(max_chars, low, median_share * median))
