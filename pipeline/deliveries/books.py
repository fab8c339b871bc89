"""The books of the deliveries: every record that was found is accepted, repeated or quarantined."""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import Any

import daft
import pandas as pd
from daft import col, lit

from pipeline.core.json_values import Json
from pipeline.reviews.removals import Removed

_COUNTS = ("found", "accepted", "repeated", "quarantined")


def books_of(facts: daft.DataFrame, each: daft.DataFrame, turns: daft.DataFrame) -> Json:
    """Return the books: one entry per delivery in order, and the totals over all.

    facts has what each delivery says of itself, each one row per record that was found, with its
    reason where it is refused, and turns one per accepted record: the how-manieth origin of its
    pair it is, from 1. Raises AssertionError where found is not accepted + repeated + quarantined.
    """
    keys = ["agent", "delivery"]
    table = facts.exclude("place", "stands_from").to_pandas().sort_values(keys)
    found = _counts(each, keys)
    accepted = _counts(turns.where(col("turn") == lit(1)), keys)
    repeated = _counts(turns.where(col("turn") > lit(1)), keys)
    refused = _reasons(_counts(each.where(col("reason").not_null()), [*keys, "reason"]))
    counts = (accepted, repeated, refused)
    rows = [
        _book({**row, "found": found.get((row["agent"], row["delivery"]), 0)}, *counts)
        for row in table.to_dict(orient="records")
    ]
    totals = {name: sum(row[name] for row in rows) for name in _COUNTS}
    return {"deliveries": rows, "totals": {"deliveries": len(rows), **totals}}


def add_removed(accounting: Json, deliveries: daft.DataFrame, out: Removed) -> None:
    """Write deliveries that people removed into the books: nothing of them counts."""
    silent: Json = {"family": None, "declared": None, "first_created": None, "mapping": []}
    rows = [
        {
            **row,
            **silent,
            **dict.fromkeys(_COUNTS, 0),
            "reasons": {},
            "removed": {"when": one.when, "who": one.who, "reason": one.reason},
        }
        for row in deliveries.select("agent", "delivery", "name", "bytes").to_pylist()
        for one in (out.by_place[row["agent"], row["delivery"]],)
    ]
    both = [*accounting["deliveries"], *rows]
    accounting["deliveries"] = sorted(both, key=lambda row: (row["agent"], row["delivery"]))
    accounting["totals"]["removed"] = len(rows)


def _counts(rows: daft.DataFrame, keys: list[str]) -> dict[tuple[str, ...], int]:
    counted = rows.groupby(*keys).agg(col(keys[0]).count().alias("count")).to_pydict()
    named = zip(*(counted[key] for key in keys), strict=True)
    return dict(zip(named, counted["count"], strict=True))


def _reasons(refused: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], dict[str, int]]:
    """Return by delivery how many records were refused for each reason, sorted by reason."""
    reasons: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for (*delivery, reason), count in sorted(refused.items()):
        reasons[tuple(delivery)][reason] = count
    return reasons


def _book(
    row: Mapping[Hashable, Any],
    accepted: dict[tuple[str, ...], int],
    repeated: dict[tuple[str, ...], int],
    refused: Mapping[tuple[str, ...], dict[str, int]],
) -> Json:
    key = (row["agent"], row["delivery"])
    reasons = refused.get(key, {})
    took, again, quarantined = accepted.get(key, 0), repeated.get(key, 0), sum(reasons.values())
    if row["found"] != took + again + quarantined:
        raise AssertionError(f"books of {key}: {row['found']} != {took} + {again} + {quarantined}")
    return {
        **{name: row[name] for name in ("agent", "delivery", "name", "bytes")},
        "family": _present(row["family"]),
        "declared": None if pd.isna(row["declared"]) else int(row["declared"]),
        "first_created": _present(row["first_created"]),
        "mapping": list(row["mapping"]),
        "found": row["found"],
        "accepted": took,
        "repeated": again,
        "quarantined": quarantined,
        "reasons": reasons,
        "removed": None,
    }


def _present(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def internal_faults(accounting: Json) -> int:
    """Return how many records a fault of this program was met in; anything but 0 is a bug."""
    return sum(books["reasons"].get("internal", 0) for books in accounting["deliveries"])
