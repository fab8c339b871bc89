"""A made-up corpus with everything that the charts and the dashboard are made from."""

import random
from collections.abc import Sequence
from typing import Any

import daft
import pandas as pd
import pyarrow as pa

from pipeline.core.schemas import arrow_schema
from pipeline.domain.plan_table import COLUMNS
from tests.conftest import origin, schema

PARTS = ("completeness", "answering", "substance", "exactness", "question", "cleanliness")
ATTACKS = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; alert(1); //",
    "<!--<script>",
    "]]></style><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; & \u2028 \u2029",
    "\u202eesrever\x00\x0b\x1b[31m",
    "javascript:alert(1)",
)


def table(name: str, rows: Sequence[dict[str, Any]]) -> daft.DataFrame:
    """Return rows as the published table of that name; columns not given are null, 0 or empty."""
    columns = arrow_schema(schema(name))
    nothing = {field.name: _nothing(field) for field in columns}
    return daft.from_arrow(
        pa.Table.from_pylist([{**nothing, **row} for row in rows], schema=columns)
    )


def _nothing(field: pa.Field) -> object:
    if pa.types.is_large_list(field.type):
        return []
    if field.nullable:
        return None
    return "" if pa.types.is_large_string(field.type) else 0


def plan(*names: tuple[str, str], target: int = 10) -> pd.DataFrame:
    """Return a master plan of (indicator, category) names."""
    rows = [
        {
            "name": name,
            "category": category,
            "subcategory": "",
            "target": target,
            "aliases": "",
        }
        for name, category in names
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"target": "int64"})


def score(pair_id: str, value: float, **more: Any) -> dict[str, Any]:
    """Return a row of scores; its parts are all value / 100."""
    verdict = "accept" if value >= 60 else "review" if value >= 40 else "reject"
    return {
        "pair_id": pair_id,
        "score": value,
        "verdict": verdict,
        "decided_by": "rule",
        "answer_chars": 1000 + round(value),
        "question_chars": 20,
        "answer_words": 200,
        "specificity": 0.5,
        "has_sources": True,
        "has_examples": False,
        "has_formulas": False,
        **{f"part_{part}": value / 100 for part in PARTS},
        **more,
    }


def delivery(agent: str, accepted: int, date: str | None, **more: Any) -> dict[str, Any]:
    """Return the books of a delivery of which one record was repeated and one refused."""
    return {
        "agent": agent,
        "delivery": f"0123456789ab-{agent}-{date}.json",
        "name": f"{agent}-{date}.json",
        "bytes": 100,
        "family": "json",
        "declared": None,
        "first_created": date,
        "found": accepted + 2,
        "accepted": accepted,
        "repeated": 1,
        "quarantined": 1,
        "reasons": {"answer_missing": 1},
        **more,
    }


def accounting(*deliveries: dict[str, Any]) -> dict[str, Any]:
    """Return books whose totals add up."""
    columns = ("found", "accepted", "repeated", "quarantined")
    totals = {name: sum(entry[name] for entry in deliveries) for name in columns}
    return {
        "deliveries": list(deliveries),
        "totals": {"deliveries": len(deliveries), **totals},
    }


def corpus(count: int, plan: pd.DataFrame, hostile: str = "") -> dict[str, Any]:
    """Return the inputs of visualize with count pairs; hostile stands in every delivered text.

    Every fifth pair has no indicator, every tenth is merged into the one before it, and every
    twentieth waits for a reviewer.
    """
    chance = random.Random(count)
    ids = [f"{number:032x}" for number in range(count)]
    names = list(zip(plan["name"], plan["category"], strict=True))
    pairs, scores, kept, decisions = [], [], [], []
    for number, pair_id in enumerate(ids):
        indicator, category = names[number % len(names)] if number % 5 else (None, None)
        pair = {
            "pair_id": pair_id,
            "question": f"What is number {number}? {hostile}",
            "answer": f"It is {number}. {hostile}",
            "indicator": indicator,
            "category": category,
            "group": category or "none",
            "origins": [origin()],
        }
        flags = [{"code": "refusal", "severity": "warn", "evidence": f"{number} {hostile}"}]
        value = round(chance.uniform(20, 99), 2)
        pairs.append(pair)
        scores.append(score(pair_id, value, flags=flags if number % 3 else []))
        if number % 10 == 9:
            alias = {"pair_id": pair_id, "question": pair["question"]}
            kept[-1]["aliases"] = [alias]
            decisions.append(_decision(number, [ids[number - 1], pair_id], "merge", hostile))
            continue
        kept.append({**pair, "cluster_id": pair_id, "score": value, "aliases": []})
        if number % 20 == 1:
            decisions.append(_decision(number, ids[number - 1 : number + 1], "review", hostile))
    assignments = [
        {
            "pair_id": pair["pair_id"],
            "split": ("train", "validation", "test")[number % 3],
            "category": pair["category"] or "unassigned",
            "group": pair["group"],
            "cluster_id": pair["pair_id"],
        }
        for number, pair in enumerate(kept)
    ]
    hostile_delivery = delivery(f"zai{hostile}", 2, None, name=f"x{hostile}.json")
    books = [delivery("droid", 3, "2025-01-02"), delivery("zai", 4, "2025-03-04")]
    refused = {
        "agent": "droid",
        "delivery": "0123456789ab-a.json",
        "pointer": f"/qa_pairs/0{hostile}",
        "reason": "answer_missing",
        "message": f"no answer {hostile}",
        "record": "{}",
    }
    return {
        "accounting": accounting(*books, hostile_delivery) if count else accounting(),
        "quarantine": [refused] * min(count, 3),
        "pairs": table("pairs", pairs),
        "scores": table("scores", scores),
        "kept": table("kept", kept),
        "decisions": table("decisions", decisions),
        "conflicts": conflicts(pairs[:2]),
        "assignments": table("assignments", assignments),
        "plan": plan,
    }


def conflicts(two: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the report that the answers of two pairs contradict each other, of fewer none."""
    sides = [
        {
            "pair_id": pair["pair_id"],
            "question": pair["question"],
            "span": pair["answer"],
            "start": 0,
            "end": len(pair["answer"]),
        }
        for pair in two
    ]
    if len(sides) < 2:
        return {"conflicts": [], "summary": {"conflicts": 0}}
    row = {"cluster_id": "0" * 32, "kind": "number", "left": sides[0], "right": sides[1]}
    return {"conflicts": [row], "summary": {"conflicts": 1}}


def _decision(number: int, members: list[str], action: str, hostile: str) -> dict[str, Any]:
    return {
        "decision_id": f"{number:032x}",
        "cluster_id": members[0],
        "kind": "near_duplicate" if action == "merge" else "look_alike",
        "action": action,
        "winner": members[0] if action == "merge" else None,
        "members": members,
        "question_similarity": 90.0 + number % 10,
        "answer_similarity": None,
        "cosine": None,
        "difference": f"inflow / outflow {hostile}",
        "why": f"a word is left over {hostile}",
        "decided_by": "rule",
    }
