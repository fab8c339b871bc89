"""What dedup did: decisions by kind, the pairs that took in most others, and open proposals."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import daft
from daft import col, lit

from pipeline.charts.page import Hint, Table, pair_link
from pipeline.core.text import counted, excerpt
from pipeline.secrets.masking import masked

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
    """Return the listed_rows open proposals whose questions are most alike, most alike first."""
    return (
        decisions.where(col("action") == lit("review"))
        .select("decision_id", "members", *_MEASURED, "guards", "difference", "why")
        .with_column("likeness", col("question_similarity").fill_null(0.0))
        .sort(["likeness", "decision_id"], desc=[True, False])
        .limit(listed_rows)
        .to_pylist()
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
    shown = "" if listed == total else f"; these {listed:,} have the questions most alike"
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
