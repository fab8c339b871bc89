"""What arrived: the books of every delivery, and why records were refused."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.charts.addresses import delivery_address
from pipeline.charts.page import Link, Table
from pipeline.core.text import excerpt
from pipeline.secrets.hiding import masked


def deliveries_table(accounting: Mapping[str, Any]) -> Table:
    """Return the accounting as it stands: found is accepted + repeated + quarantined."""
    entries = sorted(
        accounting["deliveries"],
        key=lambda entry: (entry["agent"], entry["name"], entry["delivery"]),
    )
    rows = [
        (
            entry["agent"],
            Link(entry["name"], delivery_address(entry["agent"], entry["delivery"])),
            "removed" if entry.get("removed") else entry["family"] or "",
            entry["first_created"] or "",
            entry["declared"],
            entry["found"],
            entry["accepted"],
            entry["repeated"],
            entry["quarantined"],
        )
        for entry in entries
    ]
    headings = ("Agent", "Delivery", "Format", "Date", "Declared", "Found", "Accepted")
    return Table(
        "Every delivery", (*headings, "Repeated", "Quarantined"), rows, "no deliveries yet"
    )


def quarantine_table(quarantine: Iterable[Mapping[str, Any]]) -> Table:
    """Return refused records by reason, most frequent first, with an example of what was said."""
    counts: Counter[str] = Counter()
    agents: defaultdict[str, set[str]] = defaultdict(set)
    example: dict[str, tuple[str, str, str, str]] = {}
    for entry in quarantine:
        reason = entry["reason"]
        place = (entry["agent"], entry["delivery"], entry["pointer"], entry["message"])
        counts[reason] += 1
        agents[reason].add(entry["agent"])
        example[reason] = min(example.get(reason, place), place)
    rows = [
        (
            reason,
            counts[reason],
            ", ".join(sorted(agents[reason])),
            excerpt(masked(" ".join(example[reason][1:3]) + ": " + example[reason][3]), 240),
        )
        for reason in sorted(counts, key=lambda reason: (-counts[reason], reason))
    ]
    return Table(
        "Quarantined records by reason",
        ("Reason", "Records", "Agents", "Example"),
        rows,
        "nothing was refused",
    )
