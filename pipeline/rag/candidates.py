"""The documents that may be hits, with what speaks for each, and the order that follows."""

import sqlite3
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.core.errors import UserError
from pipeline.embedding.encoder import Encoder
from pipeline.embedding.encoders import word_vectors_of
from pipeline.rag.evidence import WordEvidence, word_evidence, word_scores
from pipeline.rag.fusion import Fused, fused, lessened
from pipeline.rag.matching import Question
from pipeline.rag.meta import Meta, VectorMeta
from pipeline.rag.questions import QuestionMatch, WordVectors, match_questions
from pipeline.rag.ranker import features, ranked, weights
from pipeline.rag.vectors import (
    COMPARED,
    ROLES,
    Floats,
    Ids,
    StoredVectors,
    cosines,
    exact,
    nearest,
)

CANDIDATES = 100
"""Documents that words and vectors of each role name for the ranking: at rank 100 none has a share
of the best score that brings it under the first ten."""

READ = 80
"""The best candidates, whose questions are read for how they fit what was asked."""


class Asker(NamedTuple):
    """What makes a question's vector, and which encoder it is: that of the stored vectors.

    word_vectors: which words are near in sense, where the encoder makes vectors of words.
    """

    encoder: str
    revision: str
    encode: Callable[[str], npt.NDArray[np.floating]]
    word_vectors: WordVectors | None = None

    @classmethod
    def of(cls, encoder: Encoder) -> "Asker":
        """Return what asks with the vectors of an encoder."""
        return cls(
            encoder.name,
            encoder.revision,
            lambda text: np.asarray(encoder.encode([text], "question")[0]),
            word_vectors_of(encoder),
        )


class CandidateDocuments(NamedTuple):
    """Documents that may be hits, by ascending id, with what speaks for each."""

    ids: list[int]
    words: WordEvidence
    cosines: dict[str, npt.NDArray[np.float64]]
    fused: Fused


def direction_of(meta: VectorMeta, asker: Asker | None, query: str) -> Floats | None:
    """Return the question's vector, None where vectors do not rank.

    Raises UserError where the asker encodes into another space than the stored vectors lie in.
    """
    if asker is None or not meta.has_meaning:
        return None
    if (asker.encoder, asker.revision) != (meta.encoder, meta.revision):
        raise UserError(
            f"the question would be encoded by {asker.encoder}@{asker.revision}, the vectors of "
            f"the database are of {meta.encoder}@{meta.revision}: run `faucet repro`, or set "
            "embed.encoder in params.yaml back"
        )
    readable_query = query.encode("utf-8", "replace").decode("utf-8")
    vector = np.asarray(asker.encode(readable_query), dtype=np.float32).reshape(-1)
    if vector.size != meta.dimension:
        raise UserError(
            f"The question's vector has {vector.size} numbers, the database's have "
            f"{meta.dimension}: ask with the encoder that the database was made with."
        )
    return vector if vector.any() else None


def find_candidates(
    connection: sqlite3.Connection,
    meta: Meta,
    question: Question,
    direction: Floats | None,
    allowed: Ids | None,
) -> CandidateDocuments:
    """Return the documents that words name, and vectors of each role, with what speaks for them.

    direction: the question's vector; None where vectors do not rank.
    allowed: ids that may be named, ascending; None for all.
    """
    dimension = meta.vectors.dimension
    near: StoredVectors | None = None
    if direction is not None:
        near = _nearest_exactly(connection, direction, allowed, dimension)
    by_vector = near.ids if near else np.zeros(0, np.int64)
    scores = word_scores(connection, question, allowed, by_vector)
    ids = np.union1d(by_vector, scores.best(CANDIDATES))
    if near is None or direction is None:
        words = word_evidence(connection, question, scores, ids)
        return CandidateDocuments(
            ids.tolist(), words, {}, fused(words, None, None, None, question.telling)
        )
    stored = _joined(near, exact(connection, np.setdiff1d(ids, by_vector).tolist(), dimension))
    words = word_evidence(connection, question, scores, stored.ids)
    cosine = {role: cosines(getattr(stored, role), direction) for role in ROLES}
    both = fused(words, cosine["question"], cosine["document"], stored.question, question.telling)
    return CandidateDocuments(stored.ids.tolist(), words, cosine, both)


def ordered(
    connection: sqlite3.Connection,
    meta: Meta,
    question: Question,
    found: CandidateDocuments,
    word_vectors: WordVectors | None,
) -> Fused:
    """Return the scores by how the best candidates' questions fit what was asked, too.

    The weights are learned for an encoder's vectors (docs/adr/0156, 0163); where nobody learned
    any, and without vectors, a surplus costs.
    """
    if found.cosines and word_vectors is not None:
        of = features_of(connection, meta, question, found, word_vectors)
        return ranked(found.fused, of, weights(meta.vectors.encoder))
    best, match = _matched(connection, meta, question, found, None)
    return lessened(found.fused, best, match.surplus)


def features_of(
    connection: sqlite3.Connection,
    meta: Meta,
    question: Question,
    found: CandidateDocuments,
    word_vectors: WordVectors,
) -> dict[str, npt.NDArray[np.float64]]:
    """Return what the candidates are ranked by (ranker.FEATURES); they have cosines."""
    best, match = _matched(connection, meta, question, found, word_vectors)
    return features(found.fused, found.words, found.cosines, best, match)


def _matched(
    connection: sqlite3.Connection,
    meta: Meta,
    question: Question,
    found: CandidateDocuments,
    word_vectors: WordVectors | None,
) -> tuple[npt.NDArray[np.int64], QuestionMatch]:
    """Return the places of the best candidates, ascending, and how their questions fit."""
    best = np.sort(np.argsort(-np.round(found.fused.score, 9), kind="stable")[:READ])
    match = match_questions(
        connection,
        question,
        [found.ids[place] for place in best],
        documents=meta.documents,
        language=meta.language,
        word_vectors=word_vectors,
    )
    return best, match


def _nearest_exactly(
    connection: sqlite3.Connection, direction: Floats, allowed: Ids | None, dimension: int
) -> StoredVectors:
    """Return the exact vectors of the nearest documents of each role."""
    near = {role: nearest(connection, role, direction, allowed, COMPARED) for role in ROLES}
    compared = exact(connection, sorted(set().union(*near.values())), dimension)
    kept = np.zeros(len(compared.ids), bool)
    for role in ROLES:
        cosine = cosines(getattr(compared, role), direction)
        best = np.lexsort((compared.ids, -cosine))[:CANDIDATES]
        kept[best[cosine[best] > 0]] = True
    return StoredVectors(compared.ids[kept], compared.question[kept], compared.document[kept])


def _joined(some: StoredVectors, others: StoredVectors) -> StoredVectors:
    """Return the vectors of both, which have no document in common."""
    ids = np.concatenate([some.ids, others.ids])
    order = np.argsort(ids)
    return StoredVectors(
        ids[order],
        np.concatenate([some.question, others.question])[order],
        np.concatenate([some.document, others.document])[order],
    )
