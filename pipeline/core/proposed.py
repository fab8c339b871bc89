"""The order in which a person is asked about proposals."""

from collections.abc import Iterable
from typing import Any


def by_cluster(proposals: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return decisions cluster by cluster, the surest cluster and the surest of each first.

    Sure is what lies near by the words of its questions or by their sense, whichever is nearer.
    """
    rows = list(proposals)
    surest: dict[str, float] = {}
    for row in rows:
        surest[row["cluster_id"]] = max(_nearness(row), surest.get(row["cluster_id"], 0.0))
    return sorted(
        rows,
        key=lambda row: (
            -surest[row["cluster_id"]],
            row["cluster_id"],
            -_nearness(row),
            row["members"],
        ),
    )


def _nearness(row: dict[str, Any]) -> float:
    """Return how near two questions are by words or by sense, 0-100."""
    return max(row["question_similarity"] or 0.0, 100 * (row["cosine"] or 0.0))
