"""The list that a reviewer works through."""

from typing import Any

import daft
import pyarrow as pa
from daft import col, lit

from pipeline.core.text import excerpt
from pipeline.quality.redaction import redacted

_TEXTS = ("verdict", "flags", "evidence", "indicator", "agent", "delivery")
_COLUMNS = pa.schema(
    [
        ("pair_id", pa.large_string()),
        ("score", pa.float64()),
        *((name, pa.large_string()) for name in _TEXTS),
        ("question", pa.large_string()),
        ("answer_start", pa.large_string()),
    ]
)
_READ_CHARS = 1000
"""More than an excerpt shows, so that a credential at its edge is whole when it is redacted."""


def review_list(scores: daft.DataFrame, pairs: daft.DataFrame) -> pa.Table:
    """Return the pairs that the rules do not accept and no person has decided on, worst first.

    Rejected pairs come before doubtful ones, low scores before high ones. `flags` are the codes
    joined by `|`, without those that only inform; `evidence` is what the first of them spoke
    about. agent and delivery are the first of the pair's origins. Credentials are never shown.
    """
    open_rows = scores.where((col("verdict") != lit("accept")) & (col("decided_by") == lit("rule")))
    texts = pairs.select(
        "pair_id",
        "indicator",
        "origins",
        col("question").left(_READ_CHARS),
        col("answer").left(_READ_CHARS),
    )
    joined = open_rows.select("pair_id", "score", "verdict", "flags").join(texts, on="pair_id")
    rows = [_row(row) for row in joined.to_pylist()]
    rows.sort(key=lambda row: (row["verdict"] != "reject", row["score"], row["pair_id"]))
    return pa.Table.from_pylist(rows, schema=_COLUMNS)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    grave = [flag for flag in row["flags"] if flag["severity"] != "info"]
    agent, delivery = min(
        ((origin["agent"], origin["delivery"]) for origin in row["origins"] or ()),
        default=("", ""),
    )
    return {
        "pair_id": row["pair_id"],
        "score": round(row["score"], 2),
        "verdict": row["verdict"],
        "flags": "|".join(flag["code"] for flag in grave),
        "evidence": grave[0]["evidence"] if grave else "",
        "indicator": row["indicator"] or "",
        "agent": agent,
        "delivery": delivery,
        "question": excerpt(redacted(row["question"])),
        "answer_start": excerpt(redacted(row["answer"])),
    }
