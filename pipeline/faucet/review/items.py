"""What waits for a person: pairs that the rules do not accept, and proposed merges."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

import orjson
from daft import col, lit

from pipeline.core.errors import UserError
from pipeline.core.proposed import by_cluster
from pipeline.faucet.lookup import (
    CONFLICTS,
    DECISIONS,
    PAIRS,
    SCORES,
    Row,
    by_pair_id,
    find_pair_id,
    table,
)
from pipeline.faucet.responses.proposals import Proposal
from pipeline.faucet.responses.proposals import proposals as model_proposals
from pipeline.faucet.responses.wanted import REJECT
from pipeline.faucet.trace.duplicates import as_seen_from, decisions_about, decisions_naming
from pipeline.faucet.verdicts.book import read_book
from pipeline.quality.redaction import redacted
from pipeline.reviews.force import in_force
from pipeline.reviews.records import Verdict
from pipeline.store.fitting import fitting
from pipeline.workspace.workspace import Workspace

Kind = Literal["pair", "proposal"]

Models = Mapping[tuple[str, ...], list[Proposal]]

_TEXTS = ("question", "answer", "indicator")
_DIGITS = 2


class Item(NamedTuple):
    """One thing to decide: a flagged pair, or two pairs that may be one.

    Texts come without credentials. score (0-100), verdict and flags are the rules' on pair_id;
    other_* and decision (a row of data/dedup/decisions.parquet) are empty for a flagged pair.
    What models say stands among the flags; proposed are question and answer as one would mend them.
    """

    kind: Kind
    pair_id: str
    other_id: str
    score: float
    verdict: str
    flags: list[Row]
    indicator: str | None
    question: str
    answer: str
    other_question: str
    other_answer: str
    decision: Row | None
    proposed: tuple[str, str] | None = None

    @property
    def subject(self) -> tuple[str, ...]:
        """Return the ids that a verdict on this is about, sorted."""
        return tuple(sorted(filter(None, (self.pair_id, self.other_id))))


def open_items(workspace: Workspace, only: Kind | None = None) -> list[Item]:
    """Return what the rules leave to people and the book has no verdict on yet.

    Flagged pairs come first, worst first; then proposed merges, cluster by cluster, the surest
    first. A proposal about a pair that a person rejected is settled by that. only names one of
    the two kinds.

    Raises UserError where qa has not run.
    """
    book = in_force(read_book(workspace)).lines
    models = model_proposals(workspace)
    pairs = _flagged(workspace, book, models) if only != "proposal" else []
    merges = _proposals(workspace, book) if only != "pair" and workspace.has(DECISIONS) else []
    items = [*_pair_items(workspace, pairs), *_proposal_items(workspace, merges)]
    return [_with_models(item, models) for item in items]


def items_of(workspace: Workspace, start: str) -> list[Item]:
    """Return everything that can be decided about one pair, decided on already or not.

    That is the pair itself, and whatever was decided about it and another one: so a person
    takes back a verdict, or a merge that a rule made.

    Raises UserError where start is no beginning of one pair's id.
    """
    pair_id = find_pair_id(workspace, start)
    scores = by_pair_id(workspace, SCORES, [pair_id])
    decisions = decisions_about(workspace, pair_id) if workspace.has(DECISIONS) else []
    models = model_proposals(workspace)
    items = [*_pair_items(workspace, scores.values()), *_proposal_items(workspace, decisions)]
    return [_with_models(item, models) for item in items]


def item_of(workspace: Workspace, subject: tuple[str, ...]) -> Item:
    """Return what is to be decided about one pair, or about two; decided on already or not.

    Raises UserError where the pair has no score, and where no decision names the two.
    """
    if len(subject) == 1:
        found = _pair_items(workspace, by_pair_id(workspace, SCORES, subject).values())
    else:
        has_run = workspace.has(DECISIONS)
        found = _proposal_items(workspace, decisions_naming(workspace, subject) if has_run else [])
    if not found:
        named = " and ".join(one[:8] for one in subject)
        raise UserError(f"nothing was decided about {named} that a verdict could change")
    return _with_models(found[0], model_proposals(workspace))


def _flagged(
    workspace: Workspace, book: dict[tuple[str, ...], Verdict], models: Models
) -> list[Row]:
    """Return the scores of pairs that rules flag, or that a model would reject."""
    scores = table(workspace, SCORES)
    is_open = col("verdict") != lit("accept")
    rejected = [ids[0] for ids, found in models.items() if _is_rejected(ids, found)]
    if rejected:
        is_open |= col("pair_id").is_in(rejected)
    doubted = scores.where(is_open & (col("decided_by") == lit("rule")))
    rows: list[Row] = [row for row in doubted.to_pylist() if (row["pair_id"],) not in book]
    return sorted(rows, key=lambda row: (row["verdict"] != "reject", row["score"], row["pair_id"]))


def _proposals(workspace: Workspace, book: dict[tuple[str, ...], Verdict]) -> list[Row]:
    proposed = table(workspace, DECISIONS).where(
        (col("action") == lit("review")) & (col("decided_by") == lit("rule"))
    )
    rejected = {ids[0] for ids, line in book.items() if line.verdict == "reject"}
    rows: list[Row] = [
        row
        for row in proposed.to_pylist()
        if tuple(row["members"]) not in book and rejected.isdisjoint(row["members"])
    ]
    return by_cluster(rows)


def _pair_items(workspace: Workspace, scores: Iterable[Row]) -> list[Item]:
    rows = list(scores)
    texts = by_pair_id(workspace, PAIRS, [row["pair_id"] for row in rows], _TEXTS) if rows else {}
    return [_item("pair", row, texts[row["pair_id"]]) for row in rows if row["pair_id"] in texts]


def _proposal_items(workspace: Workspace, decisions: Iterable[Row]) -> list[Item]:
    """Return one item per decision; those whose pairs are gone since dedup ran are left out."""
    rows = list(decisions)
    ids = [pair_id for row in rows for pair_id in row["members"]]
    texts = by_pair_id(workspace, PAIRS, ids, _TEXTS) if ids else {}
    scores = by_pair_id(workspace, SCORES, ids) if ids else {}
    conflicts = _conflicts(workspace)
    items = []
    for row in rows:
        one, other = row["members"]
        if {one, other} <= texts.keys() & scores.keys():
            questions = {pair_id: texts[pair_id]["question"] for pair_id in (one, other)}
            decision = as_seen_from(one, row, questions)
            decision["conflicts"] = conflicts.get(frozenset((one, other)), [])
            item = _item("proposal", scores[one], texts[one])
            items.append(_with_other(item, decision, texts[other]))
    return items


def _conflicts(workspace: Workspace) -> dict[frozenset[str], list[str]]:
    """Return what the answers of two pairs state differently, a line each, by both pair_ids."""
    found: dict[frozenset[str], list[str]] = defaultdict(list)
    if not workspace.has(CONFLICTS):
        return found
    (file,) = fitting(workspace, workspace.output(CONFLICTS))
    for row in orjson.loads(file.read_bytes())["conflicts"]:
        left, right = (redacted(row[side]["span"].strip()) for side in ("left", "right"))
        ids = frozenset(row[side]["pair_id"] for side in ("left", "right"))
        found[ids].append(f"{row['kind']}: {left} | {right}")
    return found


def _item(kind: Kind, scores: Row, texts: Row) -> Item:
    flags = [{**flag, "evidence": redacted(flag["evidence"])} for flag in scores["flags"]]
    return Item(
        kind=kind,
        pair_id=scores["pair_id"],
        other_id="",
        score=round(scores["score"], _DIGITS),
        verdict=scores["verdict"],
        flags=flags,
        indicator=texts["indicator"],
        question=redacted(texts["question"]),
        answer=redacted(texts["answer"]),
        other_question="",
        other_answer="",
        decision=None,
    )


def _is_rejected(ids: tuple[str, ...], found: list[Proposal]) -> bool:
    return len(ids) == 1 and any(one.verdict == REJECT for one in found)


def _with_models(item: Item, models: Models) -> Item:
    """Return an item with what models say of it, behind what the rules say."""
    found = models.get(item.subject, [])
    if not found:
        return item
    texts = [(redacted(one), redacted(two)) for one, two in (p.texts for p in found if p.texts)]
    return item._replace(
        flags=[*item.flags, *(one.flag() for one in found)], proposed=texts[-1] if texts else None
    )


def _with_other(item: Item, decision: Row, texts: Row) -> Item:
    return item._replace(
        other_id=decision["other_id"],
        other_question=redacted(texts["question"]),
        other_answer=redacted(texts["answer"]),
        decision=decision,
    )
