"""Pairs whose context differs are different pairs: no rule merges them, however alike the texts."""

import hashlib
from collections.abc import Iterable, Mapping

import daft
import numpy as np
from daft import col, lit

from pipeline.core.json_values import compact
from pipeline.dedup.entries import Entries
from pipeline.dedup.rules import Evidence

_GUARD = "context: another one | another one"


def contexts_of(pairs: daft.DataFrame) -> dict[str, str]:
    """Return the digest of its context for every pair that has one, by pair_id."""
    framed = pairs.where(col("context").list_count() > lit(0)).select("pair_id", "context")
    return {
        row["pair_id"]: hashlib.sha256(compact(row["context"]).encode()).hexdigest()
        for row in framed.to_pylist()
    }


def apart_by_context(entries: Entries, contexts: Mapping[str, str]) -> list[tuple[int, int]]:
    """Return (best, entry) of entries with the same texts and another context than the best."""
    if not contexts:
        return []
    ids = entries.pair_id.to_pylist()
    best: dict[tuple[int, int], int] = {}
    texts = zip(np.asarray(entries.question_id), np.asarray(entries.answer_id), strict=True)
    edges = []
    for entry, (question, answer) in enumerate(texts):
        first = best.setdefault((int(question), int(answer)), entry)
        if first != entry and contexts.get(ids[first]) != contexts.get(ids[entry]):
            edges.append((first, entry))
    return edges


def guarded(
    evidence: Iterable[Evidence], entries: Entries, contexts: Mapping[str, str]
) -> list[Evidence]:
    """Return evidence in which two entries of different contexts are no same question."""
    if not contexts:
        return list(evidence)
    ids = entries.pair_id.to_pylist()
    return [
        one
        if contexts.get(ids[one.left]) == contexts.get(ids[one.right])
        else one._replace(is_same_question=False, guards=(*one.guards, _GUARD))
        for one in evidence
    ]
