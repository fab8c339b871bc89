"""The dashboard's contents: which figures, charts and tables stand where."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from pipeline.charts.addresses import pairs_address
from pipeline.charts.coverage import band, category_summary, covered_pct, figure
from pipeline.charts.lengths import Lengths
from pipeline.charts.page import (
    Cards,
    Chart,
    CoverageGroup,
    Page,
    ScaleStep,
    Section,
    Square,
    Table,
)
from pipeline.charts.palette import BANDS, NO_TARGET, NOTHING
from pipeline.charts.picture import Picture
from pipeline.charts.quality import PART_PREFIX, CategoryQuality
from pipeline.charts.summary import Totals, summary
from pipeline.domain.nouns import Nouns

_DATE_CHARS = len("2026-01-31")

_CLASSES = {
    NOTHING.label: "nothing",
    NO_TARGET.label: "untargeted",
    **{step.label: f"step{number}" for number, step in enumerate(BANDS, 1)},
}


class Corpus(NamedTuple):
    """The small tables that charts are drawn from, and the pictures drawn from them."""

    coverage: pd.DataFrame
    lengths: Lengths
    categories: pd.DataFrame
    quality: CategoryQuality
    growth: pd.DataFrame
    pictures: Mapping[str, Picture]


class Findings(NamedTuple):
    """The tables on single pairs, decisions and deliveries."""

    deliveries: Table
    quarantine: Table
    flags: Table
    worst: Table
    decisions: Table
    merged: Table
    proposals: Table
    conflicts: Table
    clusters: Cards
    splits: Table


def overview(
    title: str,
    nouns: Nouns,
    accounting: Mapping[str, Any],
    totals: Totals,
    corpus: Corpus,
    findings: Findings,
) -> Page:
    """Return the page: summary, coverage, the charts with their tables, and what to look at.

    title is what the data set is called, nouns what the entries of the plan are.
    """
    dates = [str(entry["first_created"] or "") for entry in accounting["deliveries"]]
    steps = [NOTHING, *BANDS]
    if (corpus.coverage["kept_pairs"].gt(0) & corpus.coverage["coverage_pct"].isna()).any():
        steps.append(NO_TARGET)
    return Page(
        title=title,
        newest=max(dates, default="")[:_DATE_CHARS],
        entry=nouns.entry,
        tiles=summary(
            accounting["totals"], totals, corpus.coverage, corpus.quality.mean_score, nouns
        ),
        steps=[ScaleStep(_CLASSES[step.label], step.label) for step in steps],
        groups=_groups(corpus.coverage),
        sections=_sections(corpus, findings),
    )


def _groups(coverage: pd.DataFrame) -> list[CoverageGroup]:
    """Return the categories of the plan, those that lack most of their target first."""
    groups = [
        CoverageGroup(
            str(category),
            category_summary(group),
            [
                Square(
                    name,
                    figure(kept, target, pct),
                    _CLASSES[band(kept, pct).label],
                    pairs_address(indicator=name),
                )
                for _, name, kept, target, pct in group.itertuples(index=False)
            ],
            covered_pct(group),
        )
        for category, group in coverage.groupby("category", sort=False)
    ]
    return sorted(groups, key=lambda group: group.covered_pct)


def _sections(corpus: Corpus, findings: Findings) -> list[Section]:
    return [
        Section(
            "quality",
            "Quality",
            "Scores run from 0 to 100; the bar beside a mean holds eight of ten pairs.",
            [_chart(corpus, "quality_metrics_by_category", _quality_table(corpus.quality))],
            [findings.flags, findings.worst],
        ),
        Section(
            "lengths",
            "Answer length",
            "Length is no measure of quality; it shows stumps, padding and odd deliveries.",
            [_chart(corpus, "answer_length_distribution", _lengths_table(corpus.lengths))],
            [],
        ),
        Section(
            "categories",
            "Groups",
            "A group is the category, else that of the topic, else none; it is never guessed.",
            [_chart(corpus, "category_distribution", _table("Groups", corpus.categories))],
            [findings.splits],
        ),
        Section(
            "growth",
            "Growth",
            "Accepted pairs by the date that a delivery names; those without one stand apart.",
            [_chart(corpus, "database_growth_over_time", _table("Growth", corpus.growth))],
            [],
        ),
        Section(
            "deliveries",
            "Deliveries",
            "Found is accepted, repeated and quarantined together; declared is the agent's claim.",
            [],
            [findings.deliveries, findings.quarantine],
        ),
        Section(
            "duplicates",
            "Duplicates",
            "Rules merge what is verified and guarded; what only looks alike waits for a person.",
            [],
            [
                findings.decisions,
                findings.clusters,
                findings.merged,
                findings.proposals,
                findings.conflicts,
            ],
        ),
    ]


def _chart(corpus: Corpus, name: str, table: Table) -> Chart:
    return Chart(corpus.pictures[name].svg, f"Chart: {table.caption}", table)


def _quality_table(quality: CategoryQuality) -> Table:
    names = {name: name.removeprefix(PART_PREFIX) for name in quality.parts}
    return _table("Quality by group", quality.figures.rename(columns=names))


def _lengths_table(lengths: Lengths) -> Table:
    return _table("Answer length, characters", lengths.bars)


def _table(caption: str, figures: pd.DataFrame) -> Table:
    headings = tuple(str(name).replace("_", " ") for name in figures.columns)
    rows = [
        tuple(None if pd.isna(value) else value for value in row)
        for row in figures.astype("object").itertuples(index=False)
    ]
    return Table(caption, headings, rows)
