"""The dashboard's lists name the right pairs, in the right order, with their evidence."""

from typing import Any

from pipeline.charts.addresses import delivery_address
from pipeline.charts.duplicates import (
    decisions_table,
    merged,
    merged_table,
    open_proposals,
    proposals,
    proposals_table,
    questions_of,
)
from pipeline.charts.intake import deliveries_table, quarantine_table
from pipeline.charts.page import Link, pair_link
from pipeline.charts.partition import splits_table
from pipeline.charts.suspects import flags_table, worst_scores, worst_table
from tests.charts.made_up import accounting, delivery, score, table


def flag(code: str, severity: str = "warn") -> dict[str, str]:
    """Return a flag with evidence."""
    return {"code": code, "severity": severity, "evidence": f"seen {code}"}


def test_flags_count_pairs_not_occurrences() -> None:
    """Law: a pair that has a flag twice counts once; the most frequent stand first."""
    rows = [
        score("0" * 32, 50, flags=[flag("cut_off"), flag("cut_off"), flag("refusal", "error")]),
        score("1" * 32, 50, flags=[flag("refusal", "error")]),
        score("2" * 32, 50),
    ]
    found = flags_table(table("scores", rows))
    assert found.rows == [
        (Link("refusal", "/pairs?flag=refusal"), "error", 2),
        (Link("cut_off", "/pairs?flag=cut_off"), "warn", 1),
    ]


def test_the_worst_are_listed_lowest_first_with_their_evidence() -> None:
    """Law: the lowest scores stand first, ties by id, and no more than asked for."""
    rows = [score(f"{n:032x}", value) for n, value in enumerate([50, 10, 70, 10])]
    rows[1]["flags"] = [flag("refusal", "error")]
    worst = worst_scores(table("scores", rows), 3)
    found = worst_table(worst, {f"{1:032x}": "What\nis it?"})
    assert [row[:3] for row in found.rows] == [
        (pair_link(f"{1:032x}", "What is it?"), 10.0, "reject"),
        (pair_link(f"{3:032x}", ""), 10.0, "reject"),
        (pair_link(f"{0:032x}", ""), 50.0, "review"),
    ]
    assert found.rows[0][3] == ["error refusal: seen refusal"]


def test_pairs_with_most_aliases_stand_first() -> None:
    """Law: merged counts all aliases and lists the pairs that took in most."""
    alias = {"pair_id": "a" * 32, "question": "also asked"}
    rows = [
        {"pair_id": f"{n:032x}", "question": f"question {n}", "aliases": [alias] * aliases}
        for n, aliases in enumerate([1, 0, 10, 1])
    ]
    found = merged(table("kept", rows), 2)
    assert found.merged_pairs == 12
    listed = merged_table(found.largest).rows
    assert [row[:2] for row in listed] == [
        (pair_link(f"{2:032x}", "question 2"), 10),
        (pair_link(f"{0:032x}", "question 0"), 1),
    ]
    assert listed[0][2] == ["also asked"] * 8 + ["and 2 more"]


def test_proposals_are_those_that_wait_most_alike_first() -> None:
    """Law: only decisions to review are listed, with both questions; the unmeasured stand last."""
    rows = [
        {
            "decision_id": f"{n:032x}",
            "kind": "look_alike",
            "action": action,
            "members": ["a", "b"],
            "question_similarity": alike,
            "cosine": 0.5,
            "guards": ["leftover: in | out"] if n == 3 else [],
            "difference": "inflow / outflow",
            "why": "words differ",
        }
        for n, (action, alike) in enumerate(
            [("review", 80), ("keep", 99), ("review", None), ("review", 90), ("merge", 97)]
        )
    ]
    decisions = table("decisions", rows)
    listed = proposals(decisions, 3)
    assert [row["decision_id"] for row in listed] == [f"{n:032x}" for n in (3, 0, 2)]
    shown = proposals_table(listed, {"a": "one?", "b": "other?"}, 3)
    assert shown.rows[0] == (
        [pair_link("a", "one?"), pair_link("b", "other?")],
        90.0,
        None,
        0.5,
        ["leftover: in | out"],
        "inflow / outflow",
        "words differ",
    )
    assert [row[1] for row in shown.rows] == [90.0, 80.0, None]
    assert shown.rows[1][4] == "none"
    assert open_proposals(decisions) == 3
    assert decisions_table(decisions).rows == [
        ("look_alike", "keep", 1),
        ("look_alike", "merge", 1),
        ("look_alike", "review", 3),
    ]


def test_the_hint_says_how_many_proposals_wait() -> None:
    """Law: the total counts what is not listed too; where nothing waits there is no hint."""
    row = {
        "members": ["a", "b"],
        "question_similarity": 90.0,
        "answer_similarity": None,
        "cosine": None,
        "guards": [],
        "difference": "",
        "why": "close",
    }
    said = [
        proposals_table([row] * listed, {}, total).hint for listed, total in ((2, 1234), (1, 1))
    ]
    assert [hint and hint.text for hint in said] == [
        ("1,234 proposals wait for a reviewer; these 2 are the surest. To decide on them:"),
        "1 proposal waits for a reviewer. To decide on them:",
    ]
    assert said[0]
    assert said[0].command == "faucet review --only proposals"
    assert proposals_table([], {}, 0).hint is None


def test_questions_are_those_asked_for() -> None:
    """Law: questions come by id; unknown ids have none, and no id asks for nothing."""
    pairs = table("pairs", [{"pair_id": n, "question": f"{n}?"} for n in "abc"])
    assert questions_of(pairs, ["c", "a", "c", "z"]) == {"a": "a?", "c": "c?"}
    assert questions_of(pairs, []) == {}


def linked(books: dict[str, Any], place: int) -> Link:
    entry = books["deliveries"][place]
    return Link(entry["name"], delivery_address(entry["agent"], entry["delivery"]))


def test_books_are_shown_as_they_are() -> None:
    """Law: a row per delivery by agent and name, each figure under its heading."""
    books = accounting(
        delivery("zai", 3, None, declared=9), delivery("droid", 5, "2025-01-02", family=None)
    )
    found = deliveries_table(books)
    assert found.headings[4:] == ("Declared", "Found", "Accepted", "Repeated", "Quarantined")
    assert found.rows == [
        ("droid", linked(books, 1), "", "2025-01-02", None, 7, 5, 1, 1),
        ("zai", linked(books, 0), "json", "", 9, 5, 3, 1, 1),
    ]


def test_reasons_count_every_refused_record() -> None:
    """Law: every quarantined record is counted under its reason; the example is the first."""
    refused = [
        {"agent": agent, "delivery": "d", "pointer": f"/{n}", "reason": reason, "message": "no"}
        for n, (agent, reason) in enumerate([("b", "x"), ("a", "y"), ("a", "x"), ("b", "x")])
    ]
    found = quarantine_table(refused)
    assert found.rows == [("x", 3, "a, b", "d /2: no"), ("y", 1, "a", "d /1: no")]
    assert quarantine_table(list(reversed(refused))) == found


def test_splits_add_up() -> None:
    """Law: every assignment is in one cell, and the sums hold them all."""
    rows = [
        {"pair_id": str(n), "split": split, "category": "x", "group": group, "cluster_id": "c"}
        for n, (split, group) in enumerate(
            [("train", "B"), ("train", "none"), ("train", "A"), ("test", "A"), ("train", "A")]
        )
    ]
    found = splits_table(table("assignments", rows))
    assert found.rows == [("A", 2, 0, 1), ("B", 1, 0, 0), ("none", 1, 0, 0)]
    assert found.total == ("all", 4, 0, 1)
    assert splits_table(table("assignments", [])).rows == []
