"""What deduplication decided about a pair, with the evidence."""

from collections.abc import Iterable, Mapping
from typing import Any

from daft import col, lit
from daft.functions import list_contains

from pipeline.faucet.lookup import DECISIONS, KEPT, Row, find_pair_id, questions_of, table
from pipeline.quality.redaction import redacted
from pipeline.workspace.workspace import Workspace

_DIGITS = 4


def duplicates(workspace: Workspace, start: str) -> dict[str, Any]:
    """Return a pair's duplicate decisions, and the pairs that share its cluster.

    start is the beginning of its id, enough to tell it from all others. Raises UserError where
    it is not, and where the last run did not come as far as dedup.
    """
    pair_id = find_pair_id(workspace, start)
    decisions = decisions_about(workspace, pair_id)
    return {
        "pair_id": pair_id,
        "question": redacted(questions_of(workspace, [pair_id])[pair_id]),
        "decisions": decisions,
        "kept_in_cluster": _kept_beside(workspace, pair_id, decisions),
    }


def _kept_beside(workspace: Workspace, pair_id: str, decisions: list[Row]) -> list[str]:
    """Return the other kept pairs of a pair's cluster, of its winner's where it was merged.

    Not every decision tells the cluster: look-alikes stand in two, and of many links only the
    nearest is recorded.
    """
    winners = (row["winner"] for row in decisions if row["winner"] not in (None, pair_id))
    kept = table(workspace, KEPT).select("pair_id", "cluster_id")
    standing = kept.where(col("pair_id") == lit(next(winners, pair_id)))
    beside = kept.join(standing.select("cluster_id"), on="cluster_id").to_pydict()["pair_id"]
    return sorted(other for other in beside if other != pair_id)


def decisions_about(workspace: Workspace, pair_id: str) -> list[Row]:
    """Return the decisions of the last run that name a pair: merges first, then by members.

    Each has the columns of data/dedup/decisions.parquet, the other pair as `other_id` and its
    question as `other_question`, credentials removed.
    """
    found = decisions_naming(workspace, [pair_id])
    questions = questions_of(workspace, [other_of(row, pair_id) for row in found])
    return [as_seen_from(pair_id, row, questions) for row in found]


def decisions_naming(workspace: Workspace, pair_ids: Iterable[str]) -> list[Row]:
    """Return the decisions of the last run that name all of these pairs, as they were written.

    Merges come first, then by members.
    """
    found = table(workspace, DECISIONS)
    for pair_id in pair_ids:
        found = found.where(list_contains(col("members"), lit(pair_id)))
    return sorted(found.to_pylist(), key=lambda row: (row["winner"] is None, row["members"]))


def other_of(decision: Row, pair_id: str) -> str:
    """Return the other pair that a decision about a pair names."""
    return str(next((one for one in decision["members"] if one != pair_id), pair_id))


def as_seen_from(pair_id: str, decision: Row, questions: Mapping[str, str]) -> Row:
    """Return a decision for one of its two pairs, with the other one's id and question."""
    other_id = other_of(decision, pair_id)
    measured = {
        name: round(decision[name], _DIGITS)
        for name in ("question_similarity", "answer_similarity", "cosine")
        if decision[name] is not None
    }
    texts = {
        "guards": [redacted(guard) for guard in decision["guards"]],
        "difference": redacted(decision["difference"]),
        "why": redacted(decision["why"]),
    }
    other_question = redacted(questions.get(other_id, ""))
    return {**decision, **measured, **texts, "other_id": other_id, "other_question": other_question}
