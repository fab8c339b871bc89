"""Ids of before: a pair that gained a context keeps what people said of its texts.

A pair's id is that of its texts, and of its context where it has one (ids.py). Verdicts and edits
that name the id of the texts alone are about every pair that has these texts, unless a pair
without context bears that id itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import daft
import pandas as pd
from daft import col, lit

from pipeline.core.ids import pair_id

_ID_COLUMNS = ("pair_id", "other_id")


def successors(pairs: daft.DataFrame) -> dict[str, list[str]]:
    """Return the id of before -> the pair_ids that follow it, sorted; pairs has the texts."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, before in of_before(pairs).items():
        found[before].append(name)
    if not found:
        return {}
    borne = pairs.where(col("pair_id").is_in(sorted(found))).select("pair_id").to_pydict()
    return {old: sorted(ids) for old, ids in found.items() if old not in set(borne["pair_id"])}


def of_before(pairs: daft.DataFrame) -> dict[str, str]:
    """Return pair_id -> the id that its texts alone have, for pairs with a context."""
    framed = pairs.where(col("context").list_count() > lit(0))
    if framed.select("pair_id").count_rows() == 0:
        return {}  # told without reading a text
    rows = framed.select("pair_id", "question", "answer").to_pylist()
    return {row["pair_id"]: pair_id(row["question"], row["answer"]) for row in rows}


def followed(verdicts: pd.DataFrame, after: Mapping[str, list[str]]) -> pd.DataFrame:
    """Return verdicts with ids of before replaced, one row for each pair that follows."""
    if not after or verdicts.empty:
        return verdicts
    for column in _ID_COLUMNS:
        if column in verdicts and verdicts[column].isin(list(after)).any():
            named = verdicts[column].map(lambda name: after.get(name, [name]))
            verdicts = verdicts.assign(**{column: named}).explode(column, ignore_index=True)
    return verdicts


def followed_edits(
    edits: Iterable[dict[str, Any]], after: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """Return edits with ids of before replaced, one for each pair that follows."""
    return [
        {**edit, "pair_id": name}
        for edit in edits
        for name in after.get(edit["pair_id"], [edit["pair_id"]])
    ]
