"""One ranking out of what words and vectors say."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.rag.evidence import WordEvidence

Scores = npt.NDArray[np.float64]

VECTOR_WEIGHT = 0.5
"""The vectors' share of a score where the words are not sure of themselves: .4 to .6 are alike."""

SURE_WORDS = (3, 7)
"""With three words a pair that has them all may still be a wrong one; with seven it is hardly."""

SURE_POWER = 8
"""How fast sureness falls with a word that the best pair lacks."""

SURE_CUT = 0.8
"""What sure words take of the vectors' weight."""

FEEDBACK_HITS = 5
FEEDBACK_SHARE = 0.2
"""A fifth of a vector's score is nearness to the questions of the five best so far: what they have
in common is what was asked, in the words of the base."""


SURPLUS_COSTS = 0.2
"""What a score loses where the pair's question asks much more than was asked: .15 to .25 are alike.
A sentence out of a pair loses nothing: who has one asks for that pair, whatever its question."""


class Fused(NamedTuple):
    """One row per candidate: its score (0-1), and how close it is to the question (0-1).

    score ranks; its best is 1, whatever was asked. closeness is what a floor is held against.
    sureness is how far words alone decide (0-1).
    """

    score: Scores
    closeness: Scores
    sureness: float


def fused(
    words: WordEvidence,
    question: npt.NDArray[np.floating] | None,
    document: Scores | None,
    questions: npt.NDArray[np.floating] | None,
    asked: int,
) -> Fused:
    """Return the score of every candidate from words and vectors together.

    Scores are added, not ranks: how far the best is ahead says how sure a side is. A question
    whose words all stand in one pair is a sentence out of it, and words decide; one in a user's
    own words is told by its sense, and vectors have their weight.

    question, document: cosines with the vectors of each role; None without an encoder whose
        vectors tell of sense.
    questions: the candidates' question vectors, for feedback.
    asked: words of the question.
    """
    by_words = of_best(words.by_word.sum(axis=1))
    sure = _sureness(words, asked)
    exact = of_best((words.by_word.sum(axis=1) + words.neighbours) * words.coverage)
    text = (1 - sure) * by_words + sure * exact
    if question is None or document is None or questions is None or not len(question):
        return Fused(text, words.coverage, sure)
    weight = VECTOR_WEIGHT * (1 - SURE_CUT * sure)
    nearness = (question + document) / 2
    first = (1 - weight) * by_words + weight * of_best(nearness)
    nearness = (1 - FEEDBACK_SHARE) * nearness + FEEDBACK_SHARE * _feedback(first, questions)
    score = (1 - weight) * text + weight * of_best(nearness)
    closest = np.clip(np.maximum(question, document), 0, 1)
    return Fused(score, 1 - (1 - words.coverage) * (1 - closest), sure)


def lessened(by: Fused, places: npt.NDArray[np.int64], surplus: Scores) -> Fused:
    """Return scores less what the surplus of their pairs' questions costs, as shares of the best.

    surplus (0-1) is of the candidates at places; any other is taken to have all of it.
    """
    costs = np.ones_like(by.score)
    costs[places] = surplus
    return by._replace(score=of_best(by.score - SURPLUS_COSTS * (1 - by.sureness) * costs))


def _sureness(words: WordEvidence, asked: int) -> float:
    """Return 0-1: how much of the question one pair has, given that it has words enough."""
    few, enough = SURE_WORDS
    length = min(1.0, max(0.0, (asked - few) / (enough - few)))
    best = float(words.coverage.max(initial=0.0))
    return float(best**SURE_POWER * length)


def of_best(scores: Scores) -> Scores:
    """Return scores as shares of the best of them, 0 where none is above 0."""
    best = scores.max(initial=0.0)
    if best < np.finfo(np.float64).tiny:  # a quotient by less may be more than a number holds
        return np.zeros_like(scores)
    shares: Scores = np.clip(scores, 0, None) / best
    return shares


def _feedback(scores: Scores, questions: npt.NDArray[np.floating]) -> Scores:
    """Return each candidate's nearness to the questions of the best by scores."""
    best = np.argsort(-scores, kind="stable")[:FEEDBACK_HITS]
    common = questions[best].mean(axis=0)
    length = float(np.linalg.norm(common))
    cosines: Scores = np.round((questions @ common).astype(np.float64) / (length or 1.0), 6)
    return cosines
