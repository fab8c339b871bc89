"""What the questions of pairs have in common with what was asked, and what they ask beyond it."""

import json
import sqlite3
from collections import defaultdict
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
    """Some words: their stems, what the base weighs them, their vectors where there are any.

    having: the places of the words that have a stem.
    """

    stems: Mapping[str, Sequence[str]]
    weights: Mapping[str, float]  # by stem
    places: Mapping[str, int]
    having: Mapping[str, Sequence[int]]
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
    fits = np.stack([*(_having(some, known) for some in users), _having(asked, known)])
    if known.vectors is not None and users:
        near = known.vectors[[known.places[word] for word in sought]] @ known.vectors.T
        near = np.clip((near - STRANGERS) / (1 - STRANGERS), 0, 1)
        fits = np.maximum(fits, np.concatenate([near, near.max(axis=0, keepdims=True)]))
    covered, shared = _shares(
        texts, known, fits, np.array([word.weight for word in question.words])
    )
    whole = RARE_WORDS * weight(1, documents)
    more = [_weight_besides(asked, words, known) for words in texts]
    quality = np.array([row[2] or 0 for row in rows], np.float64) / 100
    return QuestionMatch(np.minimum(np.array(more) / whole, 1.0), covered, shared, quality)


def _shares(
    texts: Sequence[Sequence[str]], known: _Words, fits: Scores, user_weights: Scores
) -> tuple[Scores, Scores]:
    """Return which share of the users' words each text has, and which of its own the user has.

    fits: how well each word that is known fits each of the users' words, and in the last row any
    of them; rounded, for products of float32 differ in the last digits between machines.
    """
    covered, shared = np.zeros(len(texts)), np.zeros(len(texts))
    filled = np.array([bool(words) for words in texts], bool)
    if not filled.any():
        return covered, shared
    at = np.array([known.places[word] for words in texts for word in words])
    starts = np.cumsum([0, *(len(words) for words in texts if words)])[:-1]
    weights = np.array([_heaviest(known.stems[word], known.weights) for word in known.places])
    best = np.maximum.reduceat(fits[:-1, at], starts, axis=1)
    covered[filled] = _part(user_weights @ best, np.full(len(starts), user_weights.sum()))
    parts, wholes = (np.add.reduceat(of[at], starts) for of in (fits[-1] * weights, weights))
    shared[filled] = _part(parts, wholes)
    return covered, shared


def _part(parts: Scores, wholes: Scores) -> Scores:
    """Return parts of wholes, rounded, 0 where the whole is."""
    shares = np.divide(parts, wholes, out=np.zeros_like(wholes), where=wholes > 0)
    return np.asarray(shares.round(6), np.float64)


def _weight_besides(asked: set[str], words: Sequence[str], known: _Words) -> float:
    """Return what the stems of words weigh together that were not asked for."""
    more = {stem for word in words for stem in known.stems[word]} - asked
    return sum(known.weights.get(stem, 0.0) for stem in sorted(more))


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
    having: dict[str, list[int]] = defaultdict(list)
    for word, place in places.items():
        for stem in stems[word]:
            having[stem].append(place)
    vectors = word_vectors(words) if word_vectors and words else None
    return _Words(stems, weights, places, having, vectors)


def _having(stems: set[str], known: _Words) -> Scores:
    """Return 1 for each of the known words that has one of the stems, 0 for others."""
    having = np.zeros(len(known.places))
    having[[place for stem in stems for place in known.having.get(stem, ())]] = 1
    return having


def _heaviest(stems: Sequence[str], weights: Mapping[str, float]) -> float:
    return max((weights.get(stem, 0.0) for stem in stems), default=0.0)
