"""visualize: everything so far in; charts, the tables behind them, and the dashboard out."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import daft
import pandas as pd
import pyarrow as pa
from daft import col, lit

from pipeline.charts import clusters, duplicates, suspects
from pipeline.charts.categories import category_distribution, category_table
from pipeline.charts.coverage import coverage_heatmap, coverage_table, covered_pct
from pipeline.charts.growth import database_growth_over_time, growth_table, undated_pairs
from pipeline.charts.intake import deliveries_table, quarantine_table
from pipeline.charts.lengths import UNSCORED, answer_length_distribution, answer_lengths
from pipeline.charts.overview import Corpus, Findings, overview
from pipeline.charts.page import dashboard
from pipeline.charts.partition import splits_table
from pipeline.charts.picture import Picture, drawn, unchecked
from pipeline.charts.quality import PART_PREFIX, quality_by_category
from pipeline.charts.quality_panels import quality_metrics_by_category
from pipeline.charts.summary import Totals
from pipeline.core.json_values import Json
from pipeline.core.splits import WAITING, WITHHELD
from pipeline.domain.documents import NAMES
from pipeline.domain.nouns import Nouns, nouns_of
from pipeline.domain.topics_table import NO_GROUP


class Visualized(NamedTuple):
    """Five charts, the tables that they are drawn from, and the page that shows all."""

    indicator_coverage_heatmap: Picture
    answer_length_distribution: Picture
    category_distribution: Picture
    quality_metrics_by_category: Picture
    database_growth_over_time: Picture
    dashboard: str
    coverage: pa.Table
    answer_lengths: pa.Table
    categories: pa.Table
    quality_by_category: pa.Table
    growth: pa.Table
    metrics: dict[str, float]


def visualize(
    accounting: Mapping[str, Any],
    quarantine: list[dict[str, Any]],
    pairs: daft.DataFrame,
    scores: daft.DataFrame,
    kept: daft.DataFrame,
    decisions: daft.DataFrame,
    conflicts: Mapping[str, Any],
    assignments: daft.DataFrame,
    plan: pd.DataFrame,
    words: Json,
    *,
    listed_rows: int,
) -> Visualized:
    """Return the charts and the dashboard of the data set as it now stands.

    Everything is counted in Daft, and only counts come here; of questions just those that the
    dashboard lists are read, of answers none. listed_rows is how many of the lowest scores, of
    the largest clusters, of the pairs that took in most others and of the open proposals the
    dashboard lists. words say how the data set and the entries of its plan are
    called; what they leave out, NAMES does.
    """
    judged = _judged(kept, scores)
    corpus = _corpus(accounting, judged, kept, plan, nouns_of(words))
    merged = duplicates.merged(kept, listed_rows)
    totals = Totals(
        scored_pairs=scores.count_rows(),
        kept_pairs=len(judged),
        merged=merged.merged_pairs,
        rejected=_rows(scores, "verdict", "reject"),
        waiting=_rows(assignments, "split", WAITING),
        withheld=_rows(assignments, "split", WITHHELD),
        unassigned=pairs.where(col("indicator").is_null()).count_rows(),
        proposals=duplicates.open_proposals(decisions),
        under_review=_rows(scores, "verdict", "review"),
        conflicts=conflicts["summary"]["conflicts"],
    )
    title = str({**NAMES, **words}["title"])
    findings = Findings(
        deliveries=deliveries_table(accounting),
        quarantine=quarantine_table(quarantine),
        flags=suspects.flags_table(scores),
        decisions=duplicates.decisions_table(decisions),
        merged=duplicates.merged_table(merged.largest),
        conflicts=duplicates.conflicts_table(conflicts, listed_rows),
        splits=splits_table(assignments),
        **_listed(pairs, scores, kept, decisions, listed_rows, totals.proposals),
    )
    return Visualized(
        **corpus.pictures,
        dashboard=dashboard(overview(title, nouns_of(words), accounting, totals, corpus, findings)),
        coverage=_arrow(corpus.coverage),
        answer_lengths=_arrow(corpus.lengths.bars),
        categories=_arrow(corpus.categories),
        quality_by_category=_arrow(corpus.quality.figures),
        growth=_arrow(corpus.growth),
        metrics=_metrics(corpus, totals),
    )


def _rows(table: daft.DataFrame, column: str, value: str) -> int:
    """Return how many rows of a table have a value in a column."""
    return table.where(col(column) == lit(value)).count_rows()


def _judged(kept: daft.DataFrame, scores: daft.DataFrame) -> daft.DataFrame:
    """Return a row per kept pair with its group, verdict, score and score parts."""
    labels = kept.select("pair_id", "group")
    parts = [name for name in scores.column_names if name.startswith(PART_PREFIX)]
    figures = scores.select("pair_id", "score", "verdict", "answer_chars", *parts)
    joined = labels.join(figures, on="pair_id", how="left")
    return joined.with_column("verdict", col("verdict").fill_null(UNSCORED)).collect()


def _corpus(
    accounting: Mapping[str, Any],
    judged: daft.DataFrame,
    kept: daft.DataFrame,
    plan: pd.DataFrame,
    nouns: Nouns,
) -> Corpus:
    coverage = coverage_table(kept, plan)
    lengths = answer_lengths(judged)
    categories = category_table(judged)
    quality = quality_by_category(judged)
    growth = growth_table(accounting)
    with unchecked():
        charts = {
            "indicator_coverage_heatmap": coverage_heatmap(coverage, nouns),
            "answer_length_distribution": answer_length_distribution(lengths),
            "category_distribution": category_distribution(categories),
            "quality_metrics_by_category": quality_metrics_by_category(quality),
            "database_growth_over_time": database_growth_over_time(growth),
        }
        pictures = {name: drawn(chart, name) for name, chart in charts.items()}
    return Corpus(coverage, lengths, categories, quality, growth, pictures)


def _listed(
    pairs: daft.DataFrame,
    scores: daft.DataFrame,
    kept: daft.DataFrame,
    decisions: daft.DataFrame,
    listed_rows: int,
    open_proposals: int,
) -> dict[str, Any]:
    """Return what names single pairs by their questions, which are read once for all."""
    worst = suspects.worst_scores(scores, listed_rows)
    proposals = duplicates.proposals(decisions, listed_rows)
    largest = clusters.largest_clusters(kept, scores, decisions, listed_rows)
    named = [row["pair_id"] for row in worst]
    named += [member for row in proposals for member in row["members"]]
    named += [member["pair_id"] for cluster in largest for member in cluster.best]
    questions = duplicates.questions_of(pairs, named)
    return {
        "worst": suspects.worst_table(worst, questions),
        "proposals": duplicates.proposals_table(proposals, questions, open_proposals),
        "clusters": clusters.cluster_cards(largest, questions),
    }


def _metrics(corpus: Corpus, totals: Totals) -> dict[str, float]:
    """Return the figures to compare from run to run: counts, and shares in per cent."""
    coverage = corpus.coverage
    return {
        "charts": len(corpus.pictures),
        "indicators": len(coverage),
        "indicators_begun": int((coverage["kept_pairs"] > 0).sum()),
        "indicators_complete": int((coverage["kept_pairs"] >= coverage["target_pairs"]).sum()),
        "target_met_pct": covered_pct(coverage),
        "mean_score": corpus.quality.mean_score,
        "merged": totals.merged,
        "proposals": totals.proposals,
        "pairs_without_indicator": totals.kept_pairs - int(coverage["kept_pairs"].sum()),
        "pairs_without_group": _without_group(corpus.categories),
        "undated_pairs": undated_pairs(corpus.growth),
    }


def _without_group(groups: pd.DataFrame) -> int:
    return int(groups.loc[groups["group"] == NO_GROUP, "pairs"].sum())


def _arrow(table: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
