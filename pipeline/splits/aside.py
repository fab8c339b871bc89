"""Kept pairs that are drawn into no split: under review, or beside a better answer."""

from collections import Counter

import daft
from daft import DataType, col, lit
from daft.functions import when

from pipeline.core.splits import ALTERNATIVE, WAITING

INCLUDED = ("accepted", "all")

NO_FLAG = "low_score"
"""Why a pair waits that no warning speaks against."""


def aside_as(include: str) -> daft.Expression:
    """Return what a kept pair is in place of its split, null where one is drawn for it.

    include is one of INCLUDED: whether pairs under review wait, or are drawn for like the others.
    """
    waits = (col("verdict") != lit("accept")) & lit(include == "accepted")
    return (
        when(waits, lit(WAITING))
        .when(col("alternative_of").not_null(), lit(ALTERNATIVE))
        .otherwise(lit(None).cast(DataType.string()))
    )


def put_aside(kept: daft.DataFrame, include: str) -> daft.DataFrame:
    """Return pair_id, split, category, group, cluster_id and warnings of the pairs in no split."""
    columns = ("pair_id", "split", "category", "group", "cluster_id", "warnings")
    named = kept.with_column("split", aside_as(include)).select(*columns)
    return named.where(col("split").not_null()).collect()


def aside_counts(aside: daft.DataFrame) -> dict[str, int]:
    """Return how many pairs wait, and how many are alternatives."""
    found = Counter(aside.select("split").to_pydict()["split"])
    return {"waiting": found[WAITING], "alternatives": found[ALTERNATIVE]}


def waiting_by_flag(aside: daft.DataFrame) -> dict[str, int]:
    """Return how many pairs wait by warning, the most frequent first; a pair counts under each."""
    waiting = aside.where(col("split") == lit(WAITING)).select("warnings").to_pydict()["warnings"]
    counted = Counter(code for codes in waiting for code in (codes or [NO_FLAG]))
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
