"""What the rules leave to people, in the order in which it is gone through."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, cast
from urllib.parse import parse_qs, urlencode

from pipeline.core.proposed import by_cluster
from pipeline.desk.index.catalog import Catalog
from pipeline.desk.selection import OPEN, Condition, Selection, conditions, selection_of
from pipeline.faucet.review.items import Kind
from pipeline.reviews.force import InForce
from pipeline.reviews.records import Verdict

Subject = tuple[str, ...]
"""The ids that a verdict is about, sorted: of one pair, or of two."""

_SUBJECT_SIGN = "+"


class ReviewList(NamedTuple):
    """Which list is gone through: of one kind, of the pairs of a selection, in plain view or not.

    rule and decided are about proposals: the kind of the decision, and a guard that spoke. A blind
    list hides what the rules say, and its order does not tell it either.
    """

    kind: Kind = "pair"
    selection: Selection = Selection()
    rule: str = ""
    guard: str = ""
    is_blind: bool = False

    def address(self, at: Subject = (), *, is_blind: bool | None = None) -> str:
        """Return the query of the address of this list, at one of its subjects."""
        blind = self.is_blind if is_blind is None else is_blind
        named = {
            "kind": self.kind,
            "rule": self.rule,
            "guard": self.guard,
            "blind": "1" if blind else "",
            "at": _SUBJECT_SIGN.join(at),
        }
        own = urlencode({name: value for name, value in named.items() if value})
        chosen = self.selection.address(page=1, sort="")
        return "&".join(filter(None, (own, chosen)))


class Progress(NamedTuple):
    """Where a subject stands in its list, and how far the list is decided."""

    place: int
    total: int
    decided: int
    before: Subject | None
    after: Subject | None


def asked_of(address: str) -> tuple[ReviewList, Subject]:
    """Return the list that an address names, and the subject that it stands at, or ()."""
    fields = {name: values[-1] for name, values in parse_qs(address).items()}
    kind: Kind = "proposal" if fields.get("kind") == "proposal" else "pair"
    at = tuple(sorted(filter(None, fields.get("at", "").replace(" ", "+").split(_SUBJECT_SIGN))))
    asked = ReviewList(
        kind,
        selection_of(address)._replace(sort="", page=1, is_open=False),
        fields.get("rule", ""),
        fields.get("guard", ""),
        fields.get("blind") == "1",
    )
    return asked, at[:2]


def subjects(catalog: Catalog, asked: ReviewList) -> list[Subject]:
    """Return what the last run left to people of this list, decided on since or not.

    Flagged pairs come worst first, proposals cluster by cluster, as `faucet review` has them.
    """
    where, parameters = _joined(conditions(asked.selection, catalog.sets))
    if asked.kind == "pair":
        order = "md5(pair_id)" if asked.is_blind else "verdict <> 'reject', score, pair_id"
        statement = f"SELECT pair_id FROM facts WHERE {OPEN} AND {where} ORDER BY {order}"
        return [(row["pair_id"],) for row in catalog.rows(statement, parameters)]
    extra, values = _of_proposals(asked)
    statement = (
        "WITH chosen AS MATERIALIZED (SELECT pair_id FROM facts WHERE " + where + ") "
        "SELECT one, other, cluster_id, question_similarity, cosine FROM deciding"
        f" WHERE {PROPOSED} AND {extra} AND (one IN (FROM chosen) OR other IN (FROM chosen))"
        " ORDER BY md5(one || other)"
    )
    rows = [
        {**row, "members": tuple(sorted((row["one"], row["other"])))}
        for row in catalog.rows(statement, [*parameters, *values])
    ]
    return [row["members"] for row in (rows if asked.is_blind else by_cluster(rows))]


PROPOSED = "action = 'review' AND decided_by = 'rule'"
"""What the rules leave to people about two pairs."""


def is_settled(subject: Subject, book: InForce) -> bool:
    """Return whether a person decided on a subject; who rejected a pair settled what it is in."""
    return subject in book.lines or any(book.of_one.get(one) == "reject" for one in subject)


def progress(listed: Sequence[Subject], at: Subject, book: InForce) -> Progress:
    """Return where a subject stands; one that is in the list no more stands before the first."""
    place = listed.index(at) if at in listed else -1
    return Progress(
        place + 1,
        len(listed),
        sum(is_settled(one, book) for one in listed),
        listed[place - 1] if place > 0 else None,
        listed[place + 1] if place + 1 < len(listed) else None,
    )


def first_open(listed: Sequence[Subject], book: InForce, after: Subject = ()) -> Subject | None:
    """Return the next subject that nobody decided on, from one on and then from the start."""
    start = listed.index(after) + 1 if after in listed else 0
    around = [*listed[start:], *listed[:start]]
    return next((one for one in around if not is_settled(one, book)), None)


def last_line(subject: Subject, book: InForce) -> Verdict | None:
    """Return the verdict in force on a subject, None where there is none."""
    return book.lines.get(subject)


def open_counts(catalog: Catalog, book: InForce) -> dict[Kind, int]:
    """Return how many pairs and proposals wait for a person."""
    return {
        kind: sum(not is_settled(one, book) for one in subjects(catalog, ReviewList(kind)))
        for kind in cast("tuple[Kind, ...]", ("pair", "proposal"))
    }


def rule_counts(catalog: Catalog) -> Mapping[str, Mapping[str, int]]:
    """Return how many proposals are of each kind (`rule`), and have each guard (`guard`)."""
    kinds = f"SELECT kind AS value, count(*) AS pairs FROM deciding WHERE {PROPOSED} GROUP BY 1"
    guards = (
        "SELECT value, count(*) AS pairs FROM (SELECT unnest(guards) AS value FROM deciding"
        f" WHERE {PROPOSED}) GROUP BY 1"
    )
    return {
        name: {row["value"]: row["pairs"] for row in catalog.rows(f"{query} ORDER BY 2 DESC, 1")}
        for name, query in (("rule", kinds), ("guard", guards))
    }


def _of_proposals(asked: ReviewList) -> tuple[str, list[str]]:
    parts, values = ["true"], []
    if asked.rule:
        parts.append("kind = ?")
        values.append(asked.rule)
    if asked.guard:
        parts.append("list_contains(guards, ?)")
        values.append(asked.guard)
    return " AND ".join(parts), values


def _joined(asked: Collection[Condition] | object) -> tuple[str, list[object]]:
    listed = list(cast("Collection[Condition]", asked))
    statement = " AND ".join(one.statement for one in listed) or "true"
    return statement, [value for one in listed for value in one.parameters]
