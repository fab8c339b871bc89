"""How often rules and people agree, by the verdicts in force."""

from collections import Counter, defaultdict
from collections.abc import Collection
from typing import Any

import daft

from pipeline.faucet.lookup import SCORES, Row, by_pair_id
from pipeline.faucet.verdicts.book import read_book
from pipeline.quality.grading import PARTS, SEVERITIES
from pipeline.quality.scoring import scored
from pipeline.reviews.force import in_force
from pipeline.reviews.records import OF_ONE, OF_TWO
from pipeline.workspace.workspace import Workspace

_DIGITS = 4


def agreement(workspace: Workspace) -> dict[str, Any]:
    """Return what people said about what the rules say, by the verdicts in force.

    `pairs` has per verdict of the rules (accept, review, reject) how many people accepted and
    rejected, and the share that agrees; review asks a person and can be neither right nor wrong.
    `flags` has per flag how many of its pairs people rejected. `twos` has how many two pairs
    people merged and kept apart. `unknown` counts verdicts on pairs without a score.

    Raises UserError where qa has not run.
    """
    decided = in_force(read_book(workspace))
    of_one, of_two = decided.of_one, decided.of_two.values()
    scores = by_pair_id(workspace, SCORES, of_one) if of_one else {}
    by_rules = _rules_verdicts(workspace, scores)
    return {
        "pairs": _pairs(of_one, by_rules),
        "flags": _flags(of_one, scores),
        "twos": _twos(of_two),
        "unknown": len(of_one) - len(scores),
    }


def _rules_verdicts(workspace: Workspace, scores: dict[str, Row]) -> dict[str, str]:
    """Return what the rules alone say, from flags and parts: a score's verdict is a person's."""
    if not scores:
        return {}
    params = workspace.dag.params["qa"]
    grades = [
        {
            "pair_id": pair_id,
            "worst": max((f["severity"] for f in row["flags"]), key=SEVERITIES.index, default=""),
            **{f"part_{part}": row[f"part_{part}"] for part in PARTS},
        }
        for pair_id, row in scores.items()
    ]
    limits = {name: params[name] for name in ("review_below", "reject_below")}
    ruled = scored(daft.from_pylist(grades), params["weights"], **limits)
    return {row["pair_id"]: row["verdict"] for row in ruled.to_pylist()}


def _pairs(of_one: dict[str, str], by_rules: dict[str, str]) -> dict[str, Any]:
    counts = {rule: dict.fromkeys(OF_ONE, 0) for rule in ("accept", "review", "reject")}
    for pair_id, rule in by_rules.items():
        counts[rule][of_one[pair_id]] += 1
    decided = sum(sum(counts[rule].values()) for rule in OF_ONE)
    agreed = sum(counts[rule][rule] for rule in OF_ONE)
    table = {
        rule: {**found, "agreed": _share(found.get(rule, 0), sum(found.values()), rule)}
        for rule, found in counts.items()
    }
    return {"by_rules": table, "decided": decided, "agreed": _share(agreed, decided, "")}


def _share(part: int, whole: int, rule: str) -> float | None:
    return None if not whole or rule == "review" else round(part / whole, _DIGITS)


def _flags(of_one: dict[str, str], scores: dict[str, Row]) -> dict[str, dict[str, Any]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for pair_id, row in scores.items():
        for code in sorted({flag["code"] for flag in row["flags"] if flag["severity"] != "info"}):
            counts[code][of_one[pair_id]] += 1
    return {
        code: {
            **{verdict: found[verdict] for verdict in OF_ONE},
            "rejected_share": round(found["reject"] / found.total(), _DIGITS),
        }
        for code, found in sorted(counts.items())
    }


def _twos(verdicts: Collection[str]) -> dict[str, Any]:
    counts = {verdict: list(verdicts).count(verdict) for verdict in OF_TWO}
    return {**counts, "merged_share": _share(counts["merge"], len(verdicts), "")}
