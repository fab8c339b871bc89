"""qa: pairs in, a score and flags for each, the report on all, and the list to review."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import daft
import pandas as pd
import pyarrow as pa
from daft import col, lit

from pipeline.core.json_values import Json
from pipeline.core.memo import Memo
from pipeline.quality.attached import with_attached
from pipeline.quality.grading import PARTS, Yardstick, graded, with_flag
from pipeline.quality.lexicon import domain
from pipeline.quality.repair import checked_mode, edits_in_force, repairs
from pipeline.quality.report import flat_metrics, quality_analysis_report
from pipeline.quality.review import review_list
from pipeline.quality.rules import TABLE_RULES, TOO_SHORT, bound_alone
from pipeline.quality.scoring import decided, scored, spoken_verdicts

_COLUMNS = (
    "pair_id",
    "score",
    "verdict",
    "decided_by",
    "flags",
    "answer_chars",
    "question_chars",
    "answer_words",
    "question_kind",
    "specificity",
    "has_sources",
    "has_examples",
    "has_formulas",
    *(f"part_{part}" for part in PARTS),
    *(f"points_{part}" for part in PARTS),
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
    *,
    rules: Mapping[str, Mapping[str, float] | bool],
    repair: str | bool,
    attached_words: Mapping[str, float],
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

    rules holds the limits of each rule by code (pipeline/quality/rules.py), repair is what is
    done with copies of damaged texts (off, report or apply). attached_words holds what
    pipeline/quality/attached.py takes for words of every topic's questions. penalties are the
    shares of a part that one flag of a severity takes (0-1), weights the parts' shares in the
    score. review_below and reject_below are scores (0-100). The report's histogram has bins of
    histogram_bin_chars characters and lists the worst_pairs lowest scores. Raises UserError for
    params that fit no rule or part.
    """
    mode = checked_mode(repair)
    terms = domain(master_plan["indicator"])
    yardstick = Yardstick(terms, rules, penalties)
    grades = memo.rows(
        "grades",
        pairs.select("pair_id", "question", "answer"),
        lambda texts: graded(texts, yardstick),
        indicators=sorted(set(master_plan["indicator"])),
        rules=rules,
        penalties=penalties,
    )
    grades = with_attached(grades, pairs, **attached_words)
    for rule in TABLE_RULES:
        speaks = bound_alone(rule, rules)
        if speaks:
            found = speaks(grades if rule is TOO_SHORT else pairs).collect()
            grades = with_flag(grades, found, rule, penalties[rule.severity])
    spoken = spoken_verdicts(verdicts)
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
    offered = repairs(pairs, scores, mode, edits_in_force(edits, spoken))
    return Scored(scores, report, review_list(scores, pairs), offered, flat_metrics(report))


def _unknown(scores: daft.DataFrame, spoken: Mapping[str, str]) -> list[str]:
    """Return the ids that people decided on and that no pair has, sorted."""
    found = (
        scores.where(col("decided_by") == lit("reviewer")).select("pair_id").to_pydict()["pair_id"]
    )
    return sorted(set(spoken) - set(found))
