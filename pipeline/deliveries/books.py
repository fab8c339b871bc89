"""The books of the deliveries: every record that was found is accepted, repeated or quarantined."""

from collections.abc import Mapping, Sequence
from typing import Any

import daft

from pipeline.core.json_values import Json
from pipeline.deliveries.entry_keys import EntryKeys
from pipeline.reviews.removals import Removed

_COUNTS = ("found", "accepted", "repeated", "quarantined")
_OF_DELIVERY = ("agent", "delivery", "name", "bytes", "family", "declared", "first_created")


def books_of(facts: Sequence[Mapping[str, Any]], keys: EntryKeys) -> Json:
    """Return the books: one entry per delivery in order, and the totals over all.

    facts has what each delivery says of itself, in the order in which keys number them; keys has
    every record that was found. Raises AssertionError where found is not accepted + repeated +
    quarantined.
    """
    found, accepted, repeated = (
        counts.tolist() for counts in (keys.found, keys.accepted, keys.repeated)
    )
    reasons = keys.reasons
    rows = [
        _book(row, found[at], accepted[at], repeated[at], reasons.get(at, {}))
        for at, row in enumerate(facts)
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


def _book(
    row: Mapping[str, Any], found: int, accepted: int, repeated: int, reasons: Mapping[str, int]
) -> Json:
    quarantined = sum(reasons.values())
    if found != accepted + repeated + quarantined:
        books = f"{row['agent']}/{row['delivery']}"
        raise AssertionError(
            f"books of {books}: {found} != {accepted} + {repeated} + {quarantined}"
        )
    return {
        **{name: row[name] for name in _OF_DELIVERY},
        "mapping": list(row["mapping"]),
        "found": found,
        "accepted": accepted,
        "repeated": repeated,
        "quarantined": quarantined,
        "reasons": reasons,
        "removed": None,
    }


def internal_faults(accounting: Json) -> int:
    """Return how many records a fault of this program was met in; anything but 0 is a bug."""
    return sum(books["reasons"].get("internal", 0) for books in accounting["deliveries"])
