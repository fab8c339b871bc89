"""The summary of the dashboard: what is counted, under which name, and where its list is."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from pipeline.charts.addresses import NONE, pairs_address
from pipeline.charts.coverage import covered_pct
from pipeline.charts.label import percent
from pipeline.charts.page import Tile
from pipeline.core.splits import WAITING, WITHHELD
from pipeline.domain.nouns import Nouns


class Totals(NamedTuple):
    """What the summary counts, by the names that every report gives it (docs/glossary.md).

    scored = kept + merged + rejected; waiting and withheld pairs are kept and in no split;
    unassigned ones are under no entry of the plan; proposals are of two pairs each;
    under_review are those whose verdict is review, waiting or not; conflicts are of two answers.
    """

    scored_pairs: int
    kept_pairs: int
    merged: int
    rejected: int
    waiting: int
    withheld: int
    unassigned: int
    proposals: int
    under_review: int
    conflicts: int


def summary(
    books: Mapping[str, int],
    totals: Totals,
    coverage: pd.DataFrame,
    mean_score: float,
    nouns: Nouns,
) -> list[Tile]:
    """Return the figures of the summary in their order, each with the list that it leads to.

    books are the totals of integrate's accounting, coverage the entries of the plan with their
    kept pairs, mean_score that of the kept pairs, nouns what the entries are called.
    """
    begun = int((coverage["kept_pairs"] > 0).sum())
    return [
        Tile(
            "Kept",
            f"{totals.kept_pairs:,}",
            f"of {totals.scored_pairs:,} scored",
            pairs_address(state="kept"),
        ),
        Tile(
            "Under review",
            f"{totals.under_review:,}",
            "flagged pairs that a person decides",
            pairs_address(verdict="review"),
        ),
        Tile(
            "Proposals",
            f"{totals.proposals:,}",
            "two pairs each that a person decides",
            "/review?kind=proposal",
        ),
        Tile("Conflicts", f"{totals.conflicts:,}", "two answers that differ", "/conflicts"),
        Tile(
            "Rejected",
            f"{totals.rejected:,}",
            "by the rules or a person",
            pairs_address(state="rejected"),
        ),
        Tile(
            "Unassigned",
            f"{totals.unassigned:,}",
            nouns.unplaced,
            pairs_address(indicator=NONE),
        ),
        Tile(
            "Mean score",
            f"{mean_score:.1f}",
            "of 100, kept pairs",
            pairs_address(state="kept", sort="score"),
        ),
        Tile("Target met", percent(covered_pct(coverage)), "of the plan's pairs", "/plan"),
        Tile(
            f"{nouns.heading} begun",
            f"{begun:,}",
            f"of {len(coverage):,} in the plan",
            "/plan",
        ),
        Tile(
            "Merged",
            f"{totals.merged:,}",
            "into a better pair that says the same",
            pairs_address(state="merged"),
        ),
        Tile(
            "Waiting",
            f"{totals.waiting:,}",
            "kept, under review, in no split",
            pairs_address(split=WAITING),
        ),
        Tile(
            "Withheld",
            f"{totals.withheld:,}",
            "kept, a twin is in a stricter split",
            pairs_address(split=WITHHELD),
        ),
        Tile(
            "Found", f"{books['found']:,}", f"in {books['deliveries']:,} deliveries", "/deliveries"
        ),
        Tile("Accepted", f"{books['accepted']:,}", "seen for the first time", "/pairs"),
        Tile("Repeated", f"{books['repeated']:,}", "delivered before", "/deliveries"),
        Tile("Quarantined", f"{books['quarantined']:,}", "refused, with a reason", "/deliveries"),
    ]
