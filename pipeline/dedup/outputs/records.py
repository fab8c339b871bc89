"""The decisions as published: a table and a report."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pipeline.core.text import excerpt
from pipeline.dedup.clusters.decisions import Decision, DecisionSet
from pipeline.dedup.entries import Entries
from pipeline.dedup.outputs.wording import difference, reason, reviewers_reason
from pipeline.dedup.rules import Thresholds
from pipeline.dedup.text import plain, tokens

Record = dict[str, Any]

_TEXT = pa.large_string()
DECISIONS = pa.schema(
    [
        ("decision_id", _TEXT),
        ("cluster_id", _TEXT),
        ("kind", _TEXT),
        ("action", _TEXT),
        ("winner", _TEXT),
        ("members", pa.large_list(_TEXT)),
        ("question_similarity", pa.float32()),
        ("answer_similarity", pa.float32()),
        ("cosine", pa.float32()),
        ("guards", pa.large_list(_TEXT)),
        ("difference", _TEXT),
        ("why", _TEXT),
        ("decided_by", _TEXT),
    ]
)


def decision_records(
    resolution: DecisionSet,
    entries: Entries,
    cluster_ids: list[str],
    questions: Mapping[str, str],
    notes: Mapping[tuple[str, str], str],
    thresholds: Thresholds,
) -> list[Record]:
    """Return one record per decision, sorted by decision_id.

    cluster_ids holds one id per entry, questions the question of every pair_id that a decision
    names, notes what reviewers wrote about two pair_ids.
    """
    ids = entries.pair_id.to_pylist()
    records = [
        _record(decision, ids, cluster_ids, questions, notes, thresholds)
        for decision in resolution.decisions
    ]
    return sorted(records, key=lambda record: str(record["decision_id"]))


def _record(
    decision: Decision,
    ids: list[str],
    cluster_ids: list[str],
    questions: Mapping[str, str],
    notes: Mapping[tuple[str, str], str],
    thresholds: Thresholds,
) -> Record:
    evidence = decision.evidence
    left, right = ids[decision.left], ids[decision.right]
    members = sorted((left, right))
    kind, action = decision.ruling
    if decision.is_by_reviewer:
        why = reviewers_reason(kind, action, notes.get((members[0], members[1]), ""))
    else:
        why = reason(kind, action, evidence, thresholds)
    return {
        "decision_id": hashlib.blake2b("\n".join(members).encode(), digest_size=16).hexdigest(),
        "cluster_id": min(cluster_ids[decision.left], cluster_ids[decision.right]),
        "kind": kind,
        "action": action,
        "winner": None if decision.winner is None else ids[decision.winner],
        "members": members,
        "question_similarity": evidence and evidence.question_similarity,
        "answer_similarity": evidence and evidence.answer_similarity,
        "cosine": evidence and evidence.cosine,
        "guards": [*evidence.guards, *evidence.answer_guards] if evidence else [],
        "difference": difference(tokens(plain(questions[left])), tokens(plain(questions[right]))),
        "why": why,
        "decided_by": "reviewer" if decision.is_by_reviewer else "rule",
    }


def analysis(
    records: list[Record],
    entries: Entries,
    cluster_ids: list[str],
    merged: Mapping[int, int],
    questions: Mapping[str, str],
) -> Record:
    """Return duplicate_analysis_detailed: counts, and every cluster with its evidence.

    A cluster is whatever shares a cluster_id, and the look-alikes that were recorded beside it.
    questions holds the text of every pair_id that records name, and is cut to 200 characters.
    """
    by_cluster: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_cluster[record["cluster_id"]].append(record)
    entry_of = {pair_id: entry for entry, pair_id in enumerate(entries.pair_id.to_pylist())}
    scores = entries.score.to_pylist()

    def member(pair_id: str) -> Record:
        entry = entry_of[pair_id]
        return {
            "pair_id": pair_id,
            "question": excerpt(questions[pair_id]),
            "score": round(scores[entry], 4),
            "cluster_id": cluster_ids[entry],
            "is_kept": entry not in merged,
        }

    clusters = [
        {
            "cluster_id": cluster_id,
            "recommendation": _recommendation(rows),
            "members": [member(m) for m in sorted({m for r in rows for m in r["members"]})],
            "evidence": [_evidence(record) for record in rows],
        }
        for cluster_id, rows in sorted(by_cluster.items())
    ]
    return {"summary": _summary(records, clusters), "clusters": clusters}


def _summary(records: list[Record], clusters: list[Record]) -> Record:
    return {
        "decisions": len(records),
        "clusters": len(clusters),
        "by_kind": dict(sorted(Counter(r["kind"] for r in records).items())),
        "by_action": dict(sorted(Counter(r["action"] for r in records).items())),
        "by_kind_and_action": dict(
            sorted(Counter(f"{r['kind']}/{r['action']}" for r in records).items())
        ),
        "by_recommendation": dict(sorted(Counter(c["recommendation"] for c in clusters).items())),
        "by_decided_by": dict(sorted(Counter(r["decided_by"] for r in records).items())),
    }


def _recommendation(records: list[Record]) -> str:
    actions = {record["action"] for record in records}
    if "review" in actions:
        return "review"
    return "merge" if actions & {"merge", "alias"} else "keep"


def _evidence(record: Record) -> Record:
    shown = {key: value for key, value in record.items() if key != "cluster_id"}
    for name in ("question_similarity", "answer_similarity", "cosine"):
        shown[name] = None if shown[name] is None else round(shown[name], 4)
    return shown
