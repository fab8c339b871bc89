"""What the questions of pairs have in common with what was asked, and what they ask beyond it."""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.rag.matching import Question, distinct_words, documents_of, readable, stems_of, weight
from pipeline.rag.stop_words import stop_words

Scores = npt.NDArray[np.float64]
WordVectors = Callable[[Sequence[str]], npt.NDArray[np.float32]]
"""Words -> a unit vector each, by which words of near sense lie near."""

RARE_WORDS = 3
"""So many words that one document alone has make a surplus of 1."""

STRANGERS = 0.3
"""Two words of one subject are so near whatever they mean; what is above counts, 1 as the same."""

_QUESTIONS = """SELECT id, question, score FROM documents
    WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"""


class QuestionMatch(NamedTuple):
    """How the questions of documents fit what was asked, 0-1 for each document.

    surplus: how much a question asks that the user did not ask, by words that are not the same.
    covered: which share of the weight of the user's words it has, those near in sense in part.
    asked: which share of the weight of its own words the user has, likewise.
    quality: the pair's score by the rules of qa.
    """

    surplus: Scores
    covered: Scores
    asked: Scores
    quality: Scores


class _Words(NamedTuple):
    """Some words: their stems, what the base weighs them, their vectors where there are any."""

    stems: Mapping[str, list[str]]
    weights: Mapping[str, float]  # by stem
    places: Mapping[str, int]
    vectors: npt.NDArray[np.float32] | None


def match_questions(
    connection: sqlite3.Connection,
    question: Question,
    ids: Sequence[int],
    *,
    documents: int,
    language: str,
    word_vectors: WordVectors | None,
) -> QuestionMatch:
    """Return how the questions of documents fit a question.

    A base of many pairs on one subject has its general question among a hundred on the subject in
    some special light; who asks in general is served by the first. Words count by their inverse
    document frequency, stop words of the language for nothing. Words of one stem are the same;
    with word_vectors those of near sense are so in part.

    ids: ascending.
    documents: of the whole base.
    """
    rows = connection.execute(_QUESTIONS, (json.dumps(list(ids)),)).fetchall()
    empty = stop_words(language)
    texts = [[w for w in distinct_words(readable(text)) if w not in empty] for _, text, _ in rows]
    typed = distinct_words(question.text)
    sought = [word.sought for word in question.words]
    known = _known(connection, sorted({*typed, *sought}.union(*texts)), documents, word_vectors)
    asked = {stem for word in (*typed, *sought) for stem in known.stems[word]}
    users = [{*known.stems[w.typed], *known.stems[w.sought]} for w in question.words]
    user_weights = np.array([word.weight for word in question.words])
    fits = np.array([[not some.isdisjoint(known.stems[w]) for w in known.places] for some in users])
    fits = fits.reshape(len(users), len(known.places)).astype(np.float64)
    shared = np.array(
        [not asked.isdisjoint(known.stems[word]) for word in known.places], np.float64
    )
    if known.vectors is not None and users:
        near = known.vectors[[known.places[word] for word in sought]] @ known.vectors.T
        near = np.clip((near - STRANGERS) / (1 - STRANGERS), 0, 1)
        fits, shared = np.maximum(fits, near), np.maximum(shared, near.max(axis=0))
    weights = np.array([_heaviest(known.stems[word], known.weights) for word in known.places])
    whole = RARE_WORDS * weight(1, documents)
    found = np.zeros((3, len(rows)))
    for column, words in enumerate(texts):
        more = {stem for word in words for stem in known.stems[word]} - asked
        found[0, column] = sum(known.weights.get(stem, 0.0) for stem in sorted(more))
        if words:
            at = [known.places[word] for word in words]
            found[1, column] = _share(fits[:, at].max(axis=1), user_weights)
            found[2, column] = _share(shared[at], weights[at])
    quality = np.array([row[2] or 0 for row in rows], np.float64) / 100
    return QuestionMatch(np.minimum(found[0] / whole, 1.0), found[1], found[2], quality)


def _known(
    connection: sqlite3.Connection,
    words: list[str],
    documents: int,
    word_vectors: WordVectors | None,
) -> _Words:
    stems = stems_of(words)
    counts = documents_of(connection, {stem for found in stems.values() for stem in found})
    weights = {stem: weight(known, documents) for stem, known in counts.items()}
    places = {word: place for place, word in enumerate(words)}
    vectors = word_vectors(words) if word_vectors and words else None
    return _Words(stems, weights, places, vectors)


def _having(stems: set[str], known: _Words) -> Scores:
    """Return 1 for each of the known words that has one of the stems, 0 for others."""
    return np.array([not stems.isdisjoint(of) for of in known.stems.values()], np.float64)


def _heaviest(stems: Sequence[str], weights: Mapping[str, float]) -> float:
    return max((weights.get(stem, 0.0) for stem in stems), default=0.0)


def _share(parts: Scores, weights: Scores) -> float:
    """Return the mean of parts by weights, 0 where nothing weighs anything; rounded.

    Products of float32 differ in the last digits between machines.
    """
    whole = float(weights.sum())
    return round(float(parts @ weights) / whole, 6) if whole else 0.0
