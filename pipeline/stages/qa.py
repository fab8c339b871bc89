"""qa: pairs in, a score and flags for each, the report on all, and the list to review."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import daft
import pandas as pd
import pyarrow as pa
from daft import col, lit

from pipeline.core.json_values import Json
from pipeline.core.memo import Memo
from pipeline.quality.grading import PARTS, Yardstick, graded, with_flag
from pipeline.quality.lexicon import domain
from pipeline.quality.repair import checked_mode, repairs
from pipeline.quality.report import flat_metrics, quality_analysis_report
from pipeline.quality.review import review_list
from pipeline.quality.rules import CONTAMINATED, DECLARED, bound_alone
from pipeline.quality.scoring import decided, scored
from pipeline.reviews.force import edits_in_force, in_force
from pipeline.reviews.tables import edits_of, verdicts_of

_COLUMNS = (
    "pair_id",
    "score",
    "verdict",
    "decided_by",
    "flags",
    "answer_chars",
    "question_chars",
    "answer_words",
    "specificity",
    "has_sources",
    "has_examples",
    "has_formulas",
    *(f"part_{part}" for part in PARTS),
)


class Scored(NamedTuple):
    """What every pair is worth, and what all of them together are."""

    scores: daft.DataFrame
    quality_analysis_report: dict[str, Any]
    review: pa.Table
    repairs: daft.DataFrame
    metrics: dict[str, float]


def qa(
    pairs: daft.DataFrame,
    master_plan: pd.DataFrame,
    verdicts: pd.DataFrame,
    edits: list[Json],
    test_sets: daft.DataFrame,
    *,
    benchmarks: list[str],
    rules: Mapping[str, Mapping[str, float] | bool],
    repair: str | bool,
    short_chars: int,
    full_chars: int,
    full_specificity: float,
    penalties: Mapping[str, float],
    weights: Mapping[str, float],
    review_below: float,
    reject_below: float,
    histogram_bin_chars: int,
    worst_pairs: int,
    memo: Memo,
) -> Scored:
    """Return a score, a verdict and flags with evidence for every pair.

    Rules say what is wrong with a pair and never change it; nothing is dropped here. People's
    verdicts (accept or reject) stand over the rules', and their edits of pairs that they accept
    over the delivered texts. Grades depend on question, answer, the
    master plan's names and the params of grading alone, so memo keeps them; weights, verdicts
    and reports are cheap and made anew.

    test_sets has file, line and text of every item of the test sets, of which benchmarks names
    those that no pair may repeat. rules holds the limits of each rule by code
    (pipeline/quality/rules.py), repair is what is
    done with copies of damaged texts (off, report or apply). An answer earns its
    length between short_chars and full_chars (characters) and its specificity up to
    full_specificity (0-1). penalties are the shares of a part that one flag of a severity
    takes (0-1), weights the parts' shares in the score. review_below and reject_below are
    scores (0-100). The report's histogram has bins of histogram_bin_chars characters and lists
    the worst_pairs lowest scores. Raises UserError for params that fit no rule or part.
    """
    mode = checked_mode(repair)
    terms = domain(master_plan["indicator"])
    yardstick = Yardstick(terms, rules, short_chars, full_chars, full_specificity, penalties)
    grades = memo.rows(
        "grades",
        pairs.select("pair_id", "question", "answer"),
        lambda texts: graded(texts, yardstick),
        indicators=sorted(set(master_plan["indicator"])),
        rules=rules,
        short_chars=short_chars,
        full_chars=full_chars,
        full_specificity=full_specificity,
        penalties=penalties,
    )
    wrong_counts = bound_alone(DECLARED, rules)
    if wrong_counts:
        declared = wrong_counts(pairs).collect()
        grades = with_flag(grades, declared, DECLARED, penalties[DECLARED.severity])
    overlaps = bound_alone(CONTAMINATED, rules)
    if overlaps and benchmarks:
        found = overlaps(pairs, test_sets, benchmarks).collect()
        grades = with_flag(grades, found, CONTAMINATED, penalties[CONTAMINATED.severity])
    spoken = in_force(verdicts_of(verdicts)).of_one
    ruled = scored(grades, weights, review_below=review_below, reject_below=reject_below)
    scores = decided(ruled, spoken).select(*_COLUMNS).collect()
    labelled = scores.join(pairs.select("pair_id", "indicator", "category"), on="pair_id")
    report = quality_analysis_report(
        labelled.collect(),
        master_plan,
        unknown_verdicts=_unknown(scores, spoken),
        histogram_bin_chars=histogram_bin_chars,
        worst_pairs=worst_pairs,
    )
    offered = repairs(pairs, scores, mode, edits_in_force(edits_of(edits), spoken))
    return Scored(scores, report, review_list(scores, pairs), offered, flat_metrics(report))


def _unknown(scores: daft.DataFrame, spoken: Mapping[str, str]) -> list[str]:
    """Return the ids that people decided on and that no pair has, sorted."""
    found = (
        scores.where(col("decided_by") == lit("reviewer")).select("pair_id").to_pydict()["pair_id"]
    )
    return sorted(set(spoken) - set(found))
