"""The report on a corpus: lengths, evidence, coverage, flags, scores."""

from typing import Any

import daft
import pandas as pd
from daft import col

from pipeline.quality.coverage import categories, indicator_coverage
from pipeline.quality.distributions import counts, histogram, mean, pct, percentiles
from pipeline.quality.rules import INTERNAL, RULES
from pipeline.quality.scoring import VERDICTS

_SCORE_BIN = 10
_TOP_SCORE = 100
_EVIDENCE = ("sources", "examples", "formulas")
_INCOMPLETE = tuple(rule.code for rule in RULES if rule.part == "completeness")


def quality_analysis_report(
    scores: daft.DataFrame,
    plan: pd.DataFrame,
    *,
    unknown_verdicts: list[str],
    not_judged: list[dict[str, str]],
    histogram_bin_chars: int,
    worst_pairs: int,
) -> dict[str, Any]:
    """Return what is known about the quality of all pairs together.

    scores is the table of scores with each pair's indicator and category; plan names the
    indicators, their categories and target_pairs. unknown_verdicts are ids that people decided
    on and that no pair has, not_judged the rules that could not judge, with reasons;
    worst_pairs is the number of lowest scores to list.
    """
    total = scores.count_rows()
    flags = (
        scores.select("pair_id", "flags")
        .explode("flags")
        .where(col("flags").not_null())
        .select("pair_id", col("flags").get("code").alias("code"))
        .collect()
    )
    return {
        "pairs": total,
        "answer_length": _answer_length(scores, histogram_bin_chars),
        "completeness": _completeness(scores, flags, total),
        "specificity": _specificity(scores),
        "evidence": _evidence(scores, total),
        "indicator_coverage": indicator_coverage(scores, plan),
        "category_distribution": categories(scores, plan),
        "scores": _scores(scores),
        "score_per_pair": _score_per_pair(scores),
        "verdicts": _verdicts(scores, unknown_verdicts),
        "flags": _flags(flags, total),
        "worst_pairs": _worst(scores, worst_pairs),
        "not_judged": not_judged,
    }


def flat_metrics(report: dict[str, Any]) -> dict[str, float]:
    """Return the report's figures that are compared from run to run, by flat names."""
    coverage, evidence = report["indicator_coverage"], report["evidence"]
    return {
        "pairs": report["pairs"],
        "mean_score": report["scores"]["mean"],
        "accepted": report["verdicts"]["accept"],
        "review": report["verdicts"]["review"],
        "rejected": report["verdicts"]["reject"],
        "decided_by_reviewer": report["verdicts"]["decided_by_reviewer"],
        "complete_pct": report["completeness"]["complete_pct"],
        **{f"with_{kind}_pct": evidence[f"with_{kind}_pct"] for kind in _EVIDENCE},
        "answer_chars_mean": report["answer_length"]["mean"],
        "specificity_mean": report["specificity"]["mean"],
        "coverage_pct": coverage["coverage_pct"],
        "accepted_coverage_pct": coverage["accepted_coverage_pct"],
        "indicators_covered": coverage["indicators_covered"],
        "unassigned_pairs": coverage["unassigned_pairs"],
        **{f"flag_{flag['code']}": flag["pairs"] for flag in report["flags"]},
    }


def _answer_length(scores: daft.DataFrame, bin_chars: int) -> dict[str, Any]:
    lengths = counts(scores, col("answer_chars"))
    return {
        "unit": "characters",
        "mean": mean(lengths),
        "percentiles": percentiles(lengths),
        "bin_chars": bin_chars,
        "histogram": histogram(lengths, bin_chars),
    }


def _completeness(scores: daft.DataFrame, flags: daft.DataFrame, total: int) -> dict[str, Any]:
    """Return how many answers are whole, and the mean part of the score for it.

    Whole is an answer that no rule of completeness speaks against: neither refused nor a
    template, a stub, an echo or cut off.
    """
    incomplete = flags.where(col("code").is_in(_INCOMPLETE)).select("pair_id").distinct()
    complete = total - incomplete.count_rows()
    part = counts(scores, col("part_completeness").cast("float64"))
    return {"complete": complete, "complete_pct": pct(complete, total), "mean_part": mean(part)}


def _specificity(scores: daft.DataFrame) -> dict[str, Any]:
    shares = counts(scores, col("specificity").cast("float64"))
    return {"mean": mean(shares), "percentiles": percentiles(shares)}


def _evidence(scores: daft.DataFrame, total: int) -> dict[str, Any]:
    sums = scores.agg(
        *(col(f"has_{kind}").cast("int64").sum().alias(kind) for kind in _EVIDENCE)
    ).to_pylist()[0]
    found = {kind: sums[kind] or 0 for kind in _EVIDENCE}
    return {
        **{f"with_{kind}": found[kind] for kind in _EVIDENCE},
        **{f"with_{kind}_pct": pct(found[kind], total) for kind in _EVIDENCE},
    }


def _scores(scores: daft.DataFrame) -> dict[str, Any]:
    found = counts(scores, col("score").cast("float64"))
    return {
        "mean": mean(found),
        "percentiles": percentiles(found),
        "bin": _SCORE_BIN,
        "histogram": histogram(found, _SCORE_BIN, top=_TOP_SCORE),
    }


def _score_per_pair(scores: daft.DataFrame) -> dict[str, float]:
    columns = scores.select("pair_id", "score").to_pydict()
    found = zip(columns["pair_id"], columns["score"], strict=True)
    return {pair_id: round(score, 2) for pair_id, score in sorted(found)}


def _verdicts(scores: daft.DataFrame, unknown: list[str]) -> dict[str, Any]:
    grouped = scores.groupby("verdict", "decided_by").agg(col("pair_id").count().alias("pairs"))
    rows = grouped.to_pylist()
    return {
        **{
            verdict: sum(row["pairs"] for row in rows if row["verdict"] == verdict)
            for verdict in VERDICTS
        },
        "decided_by_reviewer": sum(row["pairs"] for row in rows if row["decided_by"] == "reviewer"),
        "unknown_pairs": unknown,
    }


def _flags(flags: daft.DataFrame, total: int) -> list[dict[str, Any]]:
    grouped = flags.groupby("code").agg(col("pair_id").count().alias("pairs")).to_pylist()
    found = {row["code"]: row["pairs"] for row in grouped}
    return [
        {
            "code": rule.code,
            "severity": rule.severity,
            "pairs": found.get(rule.code, 0),
            "pct": pct(found.get(rule.code, 0), total),
        }
        for rule in (*RULES, INTERNAL)
    ]


def _worst(scores: daft.DataFrame, number: int) -> list[dict[str, Any]]:
    lowest = scores.sort(["score", "pair_id"]).limit(number)
    return [
        {**row, "score": round(row["score"], 2)}
        for row in lowest.select("pair_id", "score", "verdict", "flags").to_pylist()
    ]
