"""The way of one pair: where it came from, what was decided about it and why, where it ended."""

from typing import Any, NamedTuple

from pipeline.deliveries.stored import original_name
from pipeline.faucet.lookup import (
    ASSIGNMENTS,
    DECISIONS,
    KEPT,
    PAIRS,
    SCORES,
    Row,
    by_pair_id,
    find_pair_id,
    row_of,
)
from pipeline.faucet.trace.duplicates import decisions_about
from pipeline.faucet.verdicts.book import read_book
from pipeline.faucet.verdicts.standing import Standing, standings
from pipeline.quality.redaction import redacted
from pipeline.workspace.layout import DELIVERIES
from pipeline.workspace.workspace import Workspace

_PLACED = ("indicator", "category", "subcategory", "topic", "session", "difficulty", "created")
_DIGITS = 2


class Trace(NamedTuple):
    """All that the outputs of the last run, and the book of verdicts, say about one pair.

    resolved_by says what of its first delivery named its indicator (declared, topic, file_name,
    question); candidates are the indicators that it may mean, where it names several;
    origins are in the order of the books, the first one accepted, the later ones repeated.
    quality is None where the pair has no score yet. ended has `state` (kept, merged, rejected or
    unfinished), `why` in one sentence, and `into` (pair_id) of a merged pair, `split` of a kept
    one.
    """

    pair_id: str
    question: str
    answer: str
    placed: dict[str, str | None]
    resolved_by: str | None
    candidates: tuple[str, ...]
    origins: list[dict[str, Any]]
    quality: dict[str, Any] | None
    reviews: list[Standing]
    decisions: list[Row]
    aliases: list[Row]
    cluster_id: str | None
    ended: dict[str, str | None]


def trace(workspace: Workspace, start: str) -> Trace:
    """Return the way of the pair whose id begins with start, credentials removed from its texts.

    A stage that has not run yet has nothing to say. Raises UserError where start names no pair
    or several, and where integrate has not run.
    """
    pair_id = find_pair_id(workspace, start)
    pair = by_pair_id(workspace, PAIRS, [pair_id])[pair_id]
    scores = row_of(workspace, SCORES, pair_id)
    kept = row_of(workspace, KEPT, pair_id)
    split = row_of(workspace, ASSIGNMENTS, pair_id)
    decisions = decisions_about(workspace, pair_id) if workspace.has(DECISIONS) else []
    reviews = standings(pair_id, read_book(workspace), scores, decisions)
    return Trace(
        pair_id=pair_id,
        question=redacted(pair["question"]),
        answer=redacted(pair["answer"]),
        placed={name: pair[name] for name in _PLACED},
        resolved_by=pair["resolved_by"],
        candidates=tuple(pair["candidates"]),
        origins=[_origin(origin, turn) for turn, origin in enumerate(pair["origins"])],
        quality=None if scores is None else _quality(scores),
        reviews=reviews,
        decisions=decisions,
        aliases=[_alias(alias) for alias in kept["aliases"]] if kept else [],
        cluster_id=kept["cluster_id"] if kept else None,
        ended=_ended(workspace, pair_id, scores, kept, split, decisions, reviews),
    )


def as_json(told: Trace) -> dict[str, Any]:
    """Return a trace as one JSON object."""
    return {**told._asdict(), "reviews": [review._asdict() for review in told.reviews]}


def _origin(origin: Row, turn: int) -> dict[str, Any]:
    name = original_name(origin["delivery"]).decode("utf-8", "backslashreplace")
    return {
        **origin,
        "name": name,
        "path": (DELIVERIES / origin["agent"] / origin["delivery"]).as_posix(),
        "extra": redacted(origin["extra"]),
        "books": "repeated" if turn else "accepted",
    }


def _quality(scores: Row) -> dict[str, Any]:
    parts, points = (
        {
            name.removeprefix(prefix): round(value, _DIGITS)
            for name, value in scores.items()
            if name.startswith(prefix)
        }
        for prefix in ("part_", "points_")
    )
    return {
        "score": round(scores["score"], _DIGITS),
        "verdict": scores["verdict"],
        "decided_by": scores["decided_by"],
        "flags": [{**flag, "evidence": redacted(flag["evidence"])} for flag in scores["flags"]],
        "parts": parts,
        "points": points,
        "answer_chars": scores["answer_chars"],
    }


def _alias(alias: Row) -> Row:
    return {**alias, "question": redacted(alias["question"])}


def _ended(
    workspace: Workspace,
    pair_id: str,
    scores: Row | None,
    kept: Row | None,
    split: Row | None,
    decisions: list[Row],
    reviews: list[Standing],
) -> dict[str, str | None]:
    ended: dict[str, str | None] = {"state": "unfinished", "why": "", "into": None, "split": None}
    merges = [d for d in decisions if d["action"] in ("merge", "alias")]
    merge = next((d for d in merges if d["winner"] != pair_id), None)
    if kept is not None:
        where = split["split"] if split else None
        return {**ended, "state": "kept", "split": where, "why": _why_kept(kept, where)}
    if merge is not None:
        return {**ended, "state": "merged", "into": merge["winner"], "why": merge["why"]}
    if scores is None:
        return {**ended, "why": "qa has not run on this pair yet"}
    if scores["verdict"] == "reject":
        return {**ended, "state": "rejected", "why": _why_rejected(scores, reviews)}
    if workspace.has(KEPT):
        return {**ended, "why": "dedup has not run since this pair was scored"}
    return {**ended, "why": "dedup has not run on this pair yet"}


def _why_kept(kept: Row, split: str | None) -> str:
    stays = f"{len(kept['aliases'])} merged into it" if kept["aliases"] else "not merged"
    return f"{stays}; in {split}" if split else f"{stays}; split has not run on it yet"


def _why_rejected(scores: Row, reviews: list[Standing]) -> str:
    if scores["decided_by"] == "reviewer":
        said = [one for one in reviews if one.verdict == "reject" and one.state != "replaced"]
        return f"by {said[-1].who}, {said[-1].when}" if said else "by a reviewer"
    codes = [flag["code"] for flag in scores["flags"] if flag["severity"] == "error"]
    if codes:
        return f"by the rules: {', '.join(codes)}"
    return f"by the rules: score {scores['score']:.2f} is below qa.reject_below"
