"""One ranking out of several."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

RRF_K = 60
"""Constant of reciprocal rank fusion: Cormack, Clarke and Buettcher (SIGIR 2009) found 60 near
the best on four TREC collections, with little difference around it."""


class Fused(NamedTuple):
    """A document's place in the fused ranking."""

    document_id: int
    score: float
    ranks: dict[str, int]


def reciprocal_rank_fusion(rankings: Mapping[str, Sequence[int]]) -> list[Fused]:
    """Return all ranked documents, best first, by the sum of 1 / (RRF_K + rank) over methods.

    Ranks are compared and never scores: a bm25 value and a cosine share no unit, and any weight
    between them would have to be measured anew for each corpus and embedder. Equal sums are
    ordered by document id.

    rankings: per method its document ids, best first, each at most once; ranks count from 1.
    """
    ranks: dict[int, dict[str, int]] = {}
    for method in sorted(rankings):
        for rank, document_id in enumerate(rankings[method], start=1):
            ranks.setdefault(document_id, {})[method] = rank
    fused = [
        Fused(document_id, sum(1 / (RRF_K + rank) for rank in by_method.values()), by_method)
        for document_id, by_method in ranks.items()
    ]
    return sorted(fused, key=lambda place: (-place.score, place.document_id))
