"""qa: pairs in, a score and flags for each, the report on all, and the list to review."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import daft
import pandas as pd
import pyarrow as pa
from daft import col, lit

from pipeline.core import former_ids
from pipeline.core.json_values import Json
from pipeline.core.memo import Memo
from pipeline.quality.attached import with_attached
from pipeline.quality.grading import PARTS, Yardstick, graded, with_flag
from pipeline.quality.lexicon import subject
from pipeline.quality.repair import REPAIRS, checked_mode, repair_metrics, repairs
from pipeline.quality.repaired import keyed_by_pair, keyed_by_text, with_repairs
from pipeline.quality.report import flat_metrics, quality_analysis_report
from pipeline.quality.review import review_list
from pipeline.quality.rules import (
    CONTAMINATED,
    CUT_QUESTION,
    OFF_TOPIC,
    OTHER_QUESTION,
    TABLE_RULES,
    TOO_SHORT,
    bound_alone,
)
from pipeline.quality.scoring import decided, scored
from pipeline.quality.subject_words import off_subject
from pipeline.quality.unjudged import not_judged
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
    plan: pd.DataFrame,
    terms: list[str],
    generic_words: list[str],
    senses: Json,
    formulas: Json,
    words: Json,
    verdicts: pd.DataFrame,
    edits: list[Json],
    test_sets: daft.DataFrame,
    *,
    benchmarks: list[str],
    rules: Mapping[str, Mapping[str, float] | bool],
    repair: str | bool,
    attached_words: Mapping[str, float],
    derived_terms: Mapping[str, float],
    penalties: Mapping[str, float],
    weights: Mapping[str, float],
    review_below: float,
    reject_below: float,
    histogram_bin_chars: int,
    worst_pairs: int,
    memo: Memo,
) -> Scored:
    """Return a score, a verdict and flags with evidence for every pair.

    Damage that can be undone with certainty is undone in a copy first, and the copy is judged, as
    are people's edits of pairs that they accept; the pair itself is never changed and nothing is
    dropped here. People's verdicts (accept or reject) stand over the rules'. Grades depend on the
    texts that are judged, what the domain says and the params of grading alone, so memo keeps
    them; weights, verdicts and reports are cheap and made anew.

    test_sets has file, line and text of every item of the test sets, of which benchmarks names
    those that no pair may repeat. rules holds the limits of each rule by code
    (pipeline/quality/rules.py), repair is what is
    done with copies of damaged texts (off, report or apply). attached_words holds what
    pipeline/quality/attached.py takes for words of every topic's questions, derived_terms what
    pipeline/quality/subject_words.py takes for the subject's where no terms are listed.
    penalties are the shares of a part that one flag of a severity takes (0-1), weights the parts'
    shares in the score. review_below and reject_below are scores (0-100). The report's histogram
    has bins of
    histogram_bin_chars characters and lists the worst_pairs lowest scores. Raises UserError for
    params that fit no rule or part.
    """
    mode = checked_mode(repair)
    after = former_ids.successors(pairs)
    verdicts, edits = former_ids.followed(verdicts, after), former_ids.followed_edits(edits, after)
    names = sorted(set(plan["name"]))
    known = subject(names, terms, generic_words, senses, formulas, words)
    yardstick = Yardstick(known, rules, penalties)
    spoken = in_force(verdicts_of(verdicts)).of_one
    copies = repairs(
        pairs,
        mode,
        edits_in_force(edits_of(edits), spoken),
        kinds=[kind for kind in REPAIRS if rules.get(kind) is not False],
        memo=memo,
    )
    texts = with_repairs(pairs, copies)
    grades = memo.rows(
        "grades",
        keyed_by_text(texts),
        lambda unseen: graded(unseen, yardstick),
        names=names,
        terms=terms,
        generic_words=generic_words,
        senses=senses,
        formulas=formulas,
        language=known.language,
        rules=rules,
        penalties=penalties,
    )
    grades = keyed_by_pair(grades)
    grades = with_attached(grades, texts, **attached_words)
    for rule in TABLE_RULES:
        speaks = bound_alone(rule, rules)
        if speaks:
            reads = {
                TOO_SHORT.code: (grades,),
                OTHER_QUESTION.code: (grades,),
                CUT_QUESTION.code: (pairs, memo),
            }
            found = speaks(*reads.get(rule.code, (pairs,))).collect()
            grades = with_flag(grades, found, rule, penalties[rule.severity])
    reasons: dict[str, str] = {}
    if not known.is_listed and rules.get(OFF_TOPIC.code) is not False:
        astray = off_subject(texts, names, known.language, **derived_terms)
        grades = with_flag(grades, astray.found, OFF_TOPIC, penalties[OFF_TOPIC.severity])
        reasons[OFF_TOPIC.code] = astray.reason or ""
    overlaps = bound_alone(CONTAMINATED, rules)
    if overlaps and benchmarks:
        found = overlaps(pairs, test_sets, benchmarks).collect()
        grades = with_flag(grades, found, CONTAMINATED, penalties[CONTAMINATED.severity])
    ruled = scored(grades, weights, review_below=review_below, reject_below=reject_below)
    scores = decided(ruled, spoken).select(*_COLUMNS).collect()
    labelled = scores.join(pairs.select("pair_id", "indicator", "category"), on="pair_id")
    report = quality_analysis_report(
        daft.from_arrow(labelled.to_arrow()),  # without texts, and asked some forty times
        plan,
        unknown_verdicts=_unknown(scores, spoken),
        not_judged=not_judged(known, rules, reasons),
        histogram_bin_chars=histogram_bin_chars,
        worst_pairs=worst_pairs,
    )
    figures = {**flat_metrics(report), **repair_metrics(copies)}
    return Scored(scores, report, review_list(scores, texts), copies, figures)


def _unknown(scores: daft.DataFrame, spoken: Mapping[str, str]) -> list[str]:
    """Return the ids that people decided on and that no pair has, sorted."""
    found = (
        scores.where(col("decided_by") == lit("reviewer")).select("pair_id").to_pydict()["pair_id"]
    )
    return sorted(set(spoken) - set(found))
