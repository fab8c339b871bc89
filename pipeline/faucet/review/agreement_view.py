"""The agreement of rules and people as tables in a terminal."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text


def render_agreement(report: dict[str, Any]) -> RenderableType:
    """Return what `agreement` tells: pairs by the rules' verdict, flags, and likenesses."""
    pairs = _table("the rules say", "people accept", "people reject", "agreed")
    for rule, found in report["pairs"]["by_rules"].items():
        pairs.add_row(rule, *_counts(found, "accept", "reject"), _percent(found["agreed"]))
    flags = _table("flag", "people accept", "people reject", "rejected")
    for code, found in report["flags"].items():
        flags.add_row(code, *_counts(found, "accept", "reject"), _percent(found["rejected_share"]))
    twos = report["twos"]
    decided, agreed = report["pairs"]["decided"], _percent(report["pairs"]["agreed"])
    blocks: list[RenderableType] = [
        pairs,
        Text(f"agreed on {agreed} of the {decided:,} pairs that the rules decide\n"),
    ]
    if report["flags"]:
        blocks += [flags, Text("")]
    kept = twos["keep_both"] + twos["better_of_rerun"]
    counts = f"{twos['merge']:,} merged, {twos['keep_apart']:,} kept apart, {kept:,} kept linked"
    blocks.append(Text(f"of two pairs: {counts}"))
    if report["unknown"]:
        blocks.append(Text(f"verdicts on pairs that are not here now: {report['unknown']:,}"))
    return Group(*blocks)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place else "left")
    return table


def _counts(found: dict[str, Any], *names: str) -> list[str]:
    return [f"{found[name]:,}" for name in names]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.1%}"
