"""What dedup did: decisions by kind, the pairs that took in most others, and open proposals."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import daft
from daft import col, lit

from pipeline.charts.page import Hint, Table, pair_link
from pipeline.core.proposed import by_cluster
from pipeline.core.text import counted, excerpt
from pipeline.secrets.hiding import masked

_LISTED_ALIASES = 8
_MEASURED = ("question_similarity", "answer_similarity", "cosine")


class Merged(NamedTuple):
    """The kept pairs that took in most others, and how many others all of them took in."""

    largest: list[dict[str, Any]]
    merged_pairs: int


def decisions_table(decisions: daft.DataFrame) -> Table:
    """Return the number of decisions by kind and action."""
    each = decisions.groupby("kind", "action").agg(col("decision_id").count().alias("count"))
    rows = sorted((row["kind"], row["action"], row["count"]) for row in each.to_pylist())
    return Table("Decisions on likenesses", ("Kind", "Action", "Decisions"), rows, "no likenesses")


def merged(kept: daft.DataFrame, listed_rows: int) -> Merged:
    """Return the listed_rows kept pairs with most aliases, with their questions."""
    taken = kept.with_column("count", col("aliases").length()).where(col("count") > lit(0))
    total = taken.agg(col("count").sum()).to_pydict()["count"][0]
    largest = (
        taken.select("pair_id", "question", "aliases", "count")
        .sort(["count", "pair_id"], desc=[True, False])
        .limit(listed_rows)
    )
    return Merged(largest.to_pylist(), int(total or 0))


def merged_table(largest: Iterable[Mapping[str, Any]]) -> Table:
    """Return the pairs that took in most others: what stays, and what became an alias of it."""
    rows = [
        (
            pair_link(row["pair_id"], excerpt(masked(row["question"]))),
            row["count"],
            _first([excerpt(masked(alias["question"])) for alias in row["aliases"]]),
        )
        for row in largest
    ]
    return Table(
        "Pairs that took in most others",
        ("Pair that stays", "Merged", "Questions merged into it"),
        rows,
        "no pair was merged into another",
    )


def proposals(decisions: daft.DataFrame, listed_rows: int) -> list[dict[str, Any]]:
    """Return the first listed_rows open proposals, cluster by cluster, the surest first."""
    names = ("decision_id", "cluster_id", "members", *_MEASURED, "guards", "difference", "why")
    rows = decisions.where(col("action") == lit("review")).select(*names).to_pylist()
    return by_cluster(rows)[:listed_rows]


def conflicts_table(conflicts: Mapping[str, Any], listed_rows: int) -> Table:
    """Return the first listed_rows conflicts: what each of two answers to one question says."""
    listed = conflicts["conflicts"][:listed_rows]
    sides = ("left", "right")
    rows = [
        (
            row["kind"],
            [pair_link(row[s]["pair_id"], excerpt(masked(row[s]["question"]))) for s in sides],
            [excerpt(masked(row[s]["span"])) for s in sides],
        )
        for row in listed
    ]
    total = conflicts["summary"]["conflicts"]
    shown = "" if total == len(listed) else f" ({len(listed)} of {total:,})"
    return Table(
        f"Answers in conflict{shown}",
        ("Kind", "Pairs", "What each of them states"),
        rows,
        "no two answers of one cluster contradict each other",
    )


def proposals_table(
    listed: list[dict[str, Any]], questions: Mapping[str, str], total: int
) -> Table:
    """Return what a person is asked to decide: both questions, the evidence, why it is open.

    total is how many proposals are open, listed or not.
    """
    rows = [
        (
            [pair_link(one, excerpt(questions.get(one, ""))) for one in row["members"]],
            *(None if row[name] is None else round(row[name], 2) for name in _MEASURED),
            row["guards"] or "none",
            row["difference"],
            row["why"],
        )
        for row in listed
    ]
    return Table(
        "Proposals to review",
        ("Pairs", "Question", "Answer", "Cosine", "Guards", "Difference", "Why"),
        rows,
        "nothing waits for a reviewer",
        hint=_hint(len(listed), total) if total else None,
    )


def _hint(listed: int, total: int) -> Hint:
    waiting = f"{counted(total, 'proposal')} {'waits' if total == 1 else 'wait'} for a reviewer"
    shown = "" if listed == total else f"; these {listed:,} are the surest"
    return Hint(f"{waiting}{shown}. To decide on them:", "faucet review --only proposals")


def open_proposals(decisions: daft.DataFrame) -> int:
    """Return how many decisions wait for a reviewer."""
    return decisions.where(col("action") == lit("review")).count_rows()


def questions_of(pairs: daft.DataFrame, pair_ids: Iterable[str]) -> dict[str, str]:
    """Return the questions of the given pairs by pair_id; other columns are not read."""
    wanted = sorted(set(pair_ids))
    if not wanted:
        return {}
    rows = pairs.select("pair_id", "question").where(col("pair_id").is_in(wanted)).to_pylist()
    return {row["pair_id"]: masked(row["question"]) for row in rows}


def _first(items: list[str]) -> list[str]:
    rest = len(items) - _LISTED_ALIASES
    return [*items[:_LISTED_ALIASES], f"and {rest:,} more"] if rest > 0 else items
