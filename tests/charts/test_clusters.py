"""The largest clusters are the largest, with all their members and decisions counted."""

from typing import Any

import pytest

from pipeline.charts.clusters import ClusterView, cluster_cards, largest_clusters
from pipeline.charts.page import pair_link
from tests.charts.made_up import score, table


def pair_id(number: int) -> str:
    """Return the id of a numbered pair."""
    return f"{number:032x}"


def decision(number: int, members: tuple[int, int], action: str, **more: Any) -> dict[str, Any]:
    """Return a decision on two numbered pairs; the first one wins a merge."""
    first, second = members
    return {
        "decision_id": pair_id(number),
        "cluster_id": pair_id(min(members)),
        "kind": "near_duplicate" if action == "merge" else "look_alike",
        "action": action,
        "winner": pair_id(first) if action == "merge" else None,
        "members": sorted((pair_id(first), pair_id(second))),
        "question_similarity": 90.0,
        "why": f"reason {number}",
        **more,
    }


def clusters(
    groups: dict[int, dict[int, list[int]]],
    decisions: list[dict[str, Any]] | None = None,
    scores: dict[int, float] | None = None,
    listed_rows: int = 5,
) -> list[ClusterView]:
    """Return the largest of these groups: cluster -> pair that stays -> pairs merged into it."""
    kept = [
        {
            "pair_id": pair_id(stays),
            "cluster_id": pair_id(cluster),
            "aliases": [{"pair_id": pair_id(one), "question": "also asked"} for one in merged],
        }
        for cluster, members in groups.items()
        for stays, merged in members.items()
    ]
    everyone = {
        one for members in groups.values() for stays in members for one in (stays, *members[stays])
    }
    scored = [score(pair_id(one), (scores or {}).get(one, 50)) for one in sorted(everyone)]
    return largest_clusters(
        table("kept", kept),
        table("scores", scored),
        table("decisions", decisions or []),
        listed_rows,
    )


def test_clusters_stand_by_all_their_members() -> None:
    """Law: merged pairs count as much as kept ones; ties go by id; a pair alone is no cluster."""
    found = clusters(
        {
            1: {1: [], 2: []},
            3: {3: [4, 5, 6]},
            7: {7: []},
            8: {8: [], 9: [], 10: [11, 12]},
            13: {13: [14]},
        }
    )
    shown = [(cluster.cluster_id, cluster.stay, cluster.merged) for cluster in found]
    assert shown == [
        (pair_id(8), 3, 2),
        (pair_id(3), 1, 3),
        (pair_id(1), 2, 0),
        (pair_id(13), 1, 1),
    ]


def test_no_more_clusters_than_asked_for() -> None:
    """Law: listed_rows bounds the list from below, not from above."""
    groups = {10: {10: [11]}, 20: {20: [21, 22]}, 30: {30: [31, 32, 33]}}
    found = clusters(groups, listed_rows=2)
    assert [cluster.cluster_id for cluster in found] == [pair_id(30), pair_id(20)]


def test_the_best_members_stand_first() -> None:
    """Law: the highest score is first; at one score who stays, then the smaller id."""
    scores = {1: 40.0, 2: 70.0, 3: 70.0, 4: 70.0, 5: 90.0}
    (found,) = clusters({1: {1: [], 3: [2], 4: [], 5: []}}, scores=scores)
    assert [(row["pair_id"], row["is_merged"]) for row in found.best] == [
        (pair_id(5), False),
        (pair_id(3), False),
        (pair_id(4), False),
        (pair_id(2), True),
        (pair_id(1), False),
    ]
    assert [row["score"] for row in found.best] == [90.0, 70.0, 70.0, 70.0, 40.0]
    (card,) = cluster_cards([found], {pair_id(5): "What\nis it?"}).cards
    assert card.heading == "What is it?"
    assert card.facts == ["5 pairs: 4 stay, 1 merged"]
    assert card.key == pair_id(1)


def test_of_many_members_the_best_eight_are_shown() -> None:
    """Law: the size counts every member; the table holds the eight best, and says so."""
    (found,) = clusters({0: {number: [] for number in range(30)}}, scores={29: 51.0})
    (card,) = cluster_cards([found], {}).cards
    assert card.facts == ["30 pairs: 30 stay, 0 merged"]
    assert card.table.caption == "Cluster 1: the best 8 of 30 pairs"
    named = [row[2].copied for row in card.table.rows]
    assert named == [pair_id(number) for number in (29, 0, 1, 2, 3, 4, 5, 6)]


def test_each_decision_counts_once_in_each_cluster_it_touches() -> None:
    """Law: decisions count by kind and action, those with a pair outside too, others not."""
    decisions = [
        decision(1, (1, 2), "merge"),
        decision(2, (1, 3), "merge"),
        decision(3, (1, 4), "review"),
        decision(4, (4, 6), "keep"),
        decision(5, (8, 9), "merge"),
    ]
    found = clusters({1: {1: [2, 3], 4: []}, 6: {6: [], 7: []}, 8: {8: []}}, decisions)
    assert [cluster.decisions for cluster in found] == [
        [("look_alike", "keep", 1), ("look_alike", "review", 1), ("near_duplicate", "merge", 2)],
        [("look_alike", "keep", 1)],
    ]
    first = cluster_cards(found, {}).cards[0]
    assert first.facts[1:] == [
        "look_alike, keep: 1",
        "look_alike, review: 1",
        "near_duplicate, merge: 2",
    ]


def test_a_member_shows_what_was_decided_about_it() -> None:
    """Law: the merge that leaves a pair out goes first, then the likest; the rest is counted."""
    decisions = [
        decision(1, (1, 2), "merge", question_similarity=91.0, guards=["digits: 1 | 2"]),
        decision(2, (2, 3), "review", question_similarity=99.0),
        decision(3, (1, 3), "keep", question_similarity=95.0),
    ]
    (found,) = clusters({1: {1: [2], 3: [], 4: []}}, decisions, {1: 90, 2: 80, 3: 70, 4: 60})
    (card,) = cluster_cards([found], {pair_id(2): "two?"}).cards
    assert card.table.rows == [
        (
            90,
            "stays",
            pair_link(pair_id(1), ""),
            f"keep with {pair_id(3)}, and 1 more",
            "none",
            "reason 3",
        ),
        (
            80,
            "merged",
            pair_link(pair_id(2), "two?"),
            f"merge with {pair_id(1)}, and 1 more",
            ["digits: 1 | 2"],
            "reason 1",
        ),
        (
            70,
            "stays",
            pair_link(pair_id(3), ""),
            f"review with {pair_id(2)}, and 1 more",
            "none",
            "reason 2",
        ),
        (
            60,
            "stays",
            pair_link(pair_id(4), ""),
            None,
            None,
            "no decision names it: of pairs that stay only the nearest is recorded",
        ),
    ]


@pytest.mark.parametrize("groups", [{}, {1: {1: []}, 2: {2: []}}])
def test_without_duplicates_there_are_no_clusters(groups: dict[int, dict[int, list[int]]]) -> None:
    """Law: an empty corpus and one of single pairs have no cluster to show."""
    assert clusters(groups) == []
