"""The way of one pair: where it came from, what was decided about it and why, where it ended."""

from collections.abc import Iterable, Mapping
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
    digits_of,
    find_pair_id,
    row_of,
)
from pipeline.faucet.removed import removed_in
from pipeline.faucet.trace.cleaning import CleanedCopy, cleaned_copy
from pipeline.faucet.trace.duplicates import decisions_about
from pipeline.faucet.trace.removed import RemovedPair, removed_pairs
from pipeline.faucet.verdicts.book import read_book
from pipeline.faucet.verdicts.standing import Standing, standings
from pipeline.quality.redaction import redacted
from pipeline.reviews.removals import Removal
from pipeline.store.plan import read_groups
from pipeline.workspace.layout import DELIVERIES
from pipeline.workspace.workspace import Workspace

_PLACED = (
    "indicator",
    "category",
    "subcategory",
    "group",
    "topic",
    "session",
    "difficulty",
    "created",
)
_DIGITS = 2
_NAMED_DIGITS = 12


class Trace(NamedTuple):
    """All that the outputs of the last run, and the book of verdicts, say about one pair.

    context is what a reader must have seen to understand the question, each with its role.
    resolved_by says what of its first delivery named its indicator (declared, topic, file_name,
    question); candidates are the indicators that it may mean, where it names several;
    origins are in the order of the books, the first one accepted, the later ones repeated; those
    of removed deliveries come last, with who removed the delivery, when and why.
    cleaned is the copy that qa made or a person wrote, None where there is none.
    quality is None where the pair has no score yet. ended has `state` (kept, merged, rejected,
    removed or unfinished), `why` in one sentence, and `into` (pair_id) of a merged pair, `split`
    of a kept one.
    """

    pair_id: str
    question: str
    answer: str
    context: list[dict[str, str]]
    placed: dict[str, str | None]
    resolved_by: str | None
    candidates: tuple[str, ...]
    origins: list[dict[str, Any]]
    cleaned: CleanedCopy | None
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
    removed = removed_pairs(workspace, digits_of(start))
    pair_id = find_pair_id(workspace, start, {one.pair.pair_id for one in removed})
    removed = [one for one in removed if one.pair.pair_id == pair_id]
    pair = by_pair_id(workspace, PAIRS, [pair_id]).get(pair_id)
    if pair is None:
        return _removed(workspace, removed)
    scores = row_of(workspace, SCORES, pair_id)
    kept = row_of(workspace, KEPT, pair_id)
    split = row_of(workspace, ASSIGNMENTS, pair_id)
    decisions = decisions_about(workspace, pair_id) if workspace.has(DECISIONS) else []
    reviews = standings(pair_id, read_book(workspace), scores, decisions)
    return Trace(
        pair_id=pair_id,
        question=redacted(pair["question"]),
        answer=redacted(pair["answer"]),
        context=_context(pair["context"]),
        placed={name: pair[name] for name in _PLACED},
        resolved_by=pair["resolved_by"],
        candidates=tuple(pair["candidates"]),
        origins=_origins(workspace, pair["origins"], removed),
        cleaned=cleaned_copy(workspace, pair),
        quality=None if scores is None else _quality(scores),
        reviews=reviews,
        decisions=decisions,
        aliases=[_alias(alias) for alias in kept["aliases"]] if kept else [],
        cluster_id=kept["cluster_id"] if kept else None,
        ended=_ended(workspace, pair_id, scores, kept, split, decisions, reviews),
    )


def as_json(found: Trace) -> dict[str, Any]:
    """Return a trace as one JSON object."""
    copy = found.cleaned
    return {
        **found._asdict(),
        "cleaned": copy and {**copy._asdict(), "steps": [step._asdict() for step in copy.steps]},
        "reviews": [review._asdict() for review in found.reviews],
    }


def _removed(workspace: Workspace, removed: list[RemovedPair]) -> Trace:
    """Return the way of a pair that only removed deliveries hold."""
    pair, _, removal = removed[0]
    group = read_groups(workspace).of(pair.category, pair.topic)
    back = f"faucet remove --undo {removal.delivery[:_NAMED_DIGITS]}"
    why = f"its delivery was removed {removal.because}; `{back}` takes it back"
    return Trace(
        pair_id=pair.pair_id,
        question=redacted(pair.question),
        answer=redacted(pair.answer),
        context=_context(pair.context),
        placed={**{name: getattr(pair, name, None) for name in _PLACED}, "group": group},
        resolved_by=pair.resolved_by,
        candidates=tuple(pair.candidates),
        origins=_origins(workspace, [], removed),
        cleaned=None,
        quality=None,
        reviews=standings(pair.pair_id, read_book(workspace), None, []),
        decisions=[],
        aliases=[],
        cluster_id=None,
        ended={"state": "removed", "why": why, "into": None, "split": None},
    )


def _origins(
    workspace: Workspace, origins: list[Row], removed: list[RemovedPair]
) -> list[dict[str, Any]]:
    """Return the origins that the last run counted, then those that only removed ones hold."""
    out = removed_in(workspace).by_place
    booked = [
        _origin(origin, "repeated" if turn else "accepted", out.get(_place(origin)))
        for turn, origin in enumerate(origins)
    ]
    known = {(_place(origin), origin["pointer"]) for origin in origins}
    left = [one for one in removed if (_place(one.origin), one.origin["pointer"]) not in known]
    return [*booked, *(_origin(one.origin, "removed", one.removal) for one in left)]


def _place(origin: Row) -> tuple[str, str]:
    return origin["agent"], origin["delivery"]


def _origin(origin: Row, books: str, removal: Removal | None) -> dict[str, Any]:
    name = original_name(origin["delivery"]).decode("utf-8", "backslashreplace")
    return {
        **origin,
        "name": name,
        "path": (DELIVERIES / origin["agent"] / origin["delivery"]).as_posix(),
        "extra": redacted(origin["extra"]),
        "books": books,
        "removed": None if removal is None else removal.because,
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


def _context(context: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    return [{"role": part["role"], "text": redacted(part["text"])} for part in context]


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
        rejections = [one for one in reviews if one.verdict == "reject" and one.state != "replaced"]
        return f"by {rejections[-1].who}, {rejections[-1].when}" if rejections else "by a reviewer"
    codes = [flag["code"] for flag in scores["flags"] if flag["severity"] == "error"]
    if codes:
        return f"by the rules: {', '.join(codes)}"
    return f"by the rules: score {scores['score']:.2f} is below qa.reject_below"
