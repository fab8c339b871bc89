"""The decisions as published: a table, a report and a matrix."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_array

from pipeline.core.text import excerpt
from pipeline.dedup.decisions import Decision, Settled
from pipeline.dedup.encounters import Encounters
from pipeline.dedup.population import Ints, Population
from pipeline.dedup.rules import Thresholds
from pipeline.dedup.text import plain, tokens
from pipeline.dedup.wording import difference, reason, reviewers_reason

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
    settled: Settled,
    people: Population,
    cluster_ids: list[str],
    questions: Mapping[str, str],
    notes: Mapping[tuple[str, str], str],
    at: Thresholds,
) -> list[Record]:
    """Return one record per decision, sorted by decision_id.

    cluster_ids holds one id per entry, questions the question of every pair_id that a decision
    names, notes what reviewers wrote about two pair_ids.
    """
    ids = people.pair_id.to_pylist()
    records = [
        _record(decision, ids, cluster_ids, questions, notes, at) for decision in settled.decisions
    ]
    return sorted(records, key=lambda record: str(record["decision_id"]))


def _record(
    decision: Decision,
    ids: list[str],
    cluster_ids: list[str],
    questions: Mapping[str, str],
    notes: Mapping[tuple[str, str], str],
    at: Thresholds,
) -> Record:
    seen = decision.seen
    left, right = ids[decision.left], ids[decision.right]
    members = sorted((left, right))
    kind, action = decision.ruling
    if decision.is_reviewers:
        why = reviewers_reason(action, notes.get((members[0], members[1]), ""))
    else:
        why = reason(kind, action, decision.seen, at)
    return {
        "decision_id": hashlib.blake2b("\n".join(members).encode(), digest_size=16).hexdigest(),
        "cluster_id": min(cluster_ids[decision.left], cluster_ids[decision.right]),
        "kind": kind,
        "action": action,
        "winner": None if decision.winner is None else ids[decision.winner],
        "members": members,
        "question_similarity": seen and seen.question_similarity,
        "answer_similarity": seen and seen.answer_similarity,
        "cosine": seen and seen.cosine,
        "guards": [*seen.guards, *seen.answer_guards] if seen else [],
        "difference": difference(tokens(plain(questions[left])), tokens(plain(questions[right]))),
        "why": why,
        "decided_by": "reviewer" if decision.is_reviewers else "rule",
    }


def analysis(
    records: list[Record],
    people: Population,
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
    entries = {pair_id: entry for entry, pair_id in enumerate(people.pair_id.to_pylist())}
    scores = people.score.to_pylist()

    def member(pair_id: str) -> Record:
        entry = entries[pair_id]
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
            "recommendation": _recommendation(found),
            "members": [member(m) for m in sorted({m for r in found for m in r["members"]})],
            "evidence": [_evidence(record) for record in found],
        }
        for cluster_id, found in sorted(by_cluster.items())
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


def similarity_matrix(met: Encounters, same_text: Ints, places: Ints, size: int) -> csr_array:
    """Return the verified question similarities, 0 to 1, as a symmetric matrix of size x size.

    places gives for each entry its row. An entry and its representative in same_text are alike in
    full; what was never brought together, or has nothing in common, is not stored.
    """
    twins = np.flatnonzero(same_text != np.arange(len(same_text)))
    left = places[np.concatenate([met.left, same_text[twins]])]
    right = places[np.concatenate([met.right, twins])]
    values = np.concatenate([met.question_similarity / np.float32(100), np.ones(len(twins))])
    values = np.concatenate([values, values]).astype(np.float32)
    rows, columns = np.concatenate([left, right]), np.concatenate([right, left])
    matrix = csr_array((values, (rows, columns)), shape=(size, size))
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix
