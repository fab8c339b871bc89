"""Proposals are asked about cluster by cluster, the surest first."""

from random import Random
from typing import Any

from pipeline.core.proposed import by_cluster


def row(cluster: str, words: float | None, cosine: float | None, number: int) -> dict[str, Any]:
    return {
        "cluster_id": cluster,
        "question_similarity": words,
        "cosine": cosine,
        "members": [f"{number:032x}", "f" * 32],
    }


def test_the_surest_cluster_comes_first_and_stays_together() -> None:
    """Near by sense counts as near by words; the order of the rows does not matter."""
    rows = [
        row("b", 60.0, 0.99, 1),
        row("b", 86.0, None, 2),
        row("a", 97.0, None, 3),
        row("a", None, 0.5, 4),
        row("c", 97.0, None, 5),
    ]
    for seed in range(5):
        shuffled = rows[:]
        Random(seed).shuffle(shuffled)
        assert by_cluster(shuffled) == rows
