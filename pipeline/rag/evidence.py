"""What the words of a question say for each candidate document."""

import json
import sqlite3
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.rag.matching import Question, any_of
from pipeline.rag.vectors import Ids

Scores = npt.NDArray[np.float64]

QUESTION_WEIGHT = 2.0
"""A word in a pair's question counts as two in its answer; 1 to 16 differ by a hundredth."""

FOUND_WEIGHT = 1.5
"""A lighter word, one of more than 18 % of the documents, finds none by itself where heavier ones
are there: it would name thousands and bring none near the top. It counts for those found."""

ENOUGH = 3000
"""Where heavier words found so many documents, a lighter one finds none by itself either."""

SHORTLIST = 300
"""Best documents by the words that find some, in which the others are looked for."""

_RANK = f"rank MATCH 'bm25({QUESTION_WEIGHT}, 1.0, 1.0, 1.0)'"
_SCORED = f"""SELECT rowid, -rank FROM documents_fts WHERE documents_fts MATCH :match
    AND {_RANK} ORDER BY rowid"""  # noqa: S608 - constants of this module
# The unary plus keeps SQLite from running the full-text query once per row of the list.
_OF_IDS = "AND +rowid IN (SELECT value FROM json_each(:ids))"
_SCORED_OF = _SCORED.replace("ORDER BY", f"{_OF_IDS} ORDER BY")
_SCORE = np.dtype([("id", np.int64), ("score", np.float64)])


class WordEvidence(NamedTuple):
    """One row per candidate. by_word: bm25 of each sought word, whose sum is that of them all.

    neighbours: bm25 of words that stand side by side in question and document alike.
    coverage: 0-1, the share of the question's weight that stands in the document.
    """

    by_word: Scores
    neighbours: Scores
    coverage: Scores


class WordScores(NamedTuple):
    """bm25 of each sought word (columns) in documents (rows), ids ascending."""

    ids: Ids
    by_word: Scores

    def best(self, count: int) -> Ids:
        """Return ids of the documents with the best bm25, best first; none without any word."""
        return _best(self.ids, self.by_word.sum(axis=1), count)


def word_scores(
    connection: sqlite3.Connection, question: Question, allowed: Ids | None, also: Ids
) -> WordScores:
    """Return what the words of a question score in the documents that they find, and in also.

    Each word is asked for by itself, the heaviest first, so that what it brought can be told; once
    ENOUGH documents are found, the others are looked for in the best of those alone.

    allowed: ids that may be found, ascending; None for all.
    """
    words = question.sought
    rare = any(word.weight >= FOUND_WEIGHT for word in words)
    scored: dict[int, tuple[Ids, Scores]] = {}
    found, sums = np.zeros(0, np.int64), np.zeros(0)
    order = sorted(range(len(words)), key=lambda place: -words[place].weight)
    for place in order:
        if len(found) >= ENOUGH or (rare and words[place].weight < FOUND_WEIGHT):
            break
        scored[place] = _scored(connection, any_of([words[place].sought]), allowed)
        both = np.union1d(found, scored[place][0])
        found, sums = both, _of(both, found, sums) + _of(both, *scored[place])
    ids = np.union1d(also, _best(found, sums, SHORTLIST))
    for place in order[len(scored) :]:
        scored[place] = _scored(connection, any_of([words[place].sought]), ids)
    columns = [_of(ids, *scored[place]) for place in range(len(words))]
    return WordScores(ids, np.stack(columns, axis=1) if columns else np.zeros((len(ids), 0)))


def word_evidence(
    connection: sqlite3.Connection, question: Question, scores: WordScores, candidates: Ids
) -> WordEvidence:
    """Return what the words of a question say for candidates, ascending, which have scores."""
    by_word = scores.by_word[np.searchsorted(scores.ids, candidates)]
    neighbours = np.zeros(len(candidates))
    for pair in question.neighbours:
        match = f'"{" ".join(pair)}"'
        neighbours += _of(candidates, *_scored(connection, match, candidates))
    weights = np.array([word.weight for word in question.sought])
    whole = sum(word.weight for word in question.words)
    coverage = (by_word > 0) @ weights / whole if len(weights) else np.zeros(len(candidates))
    return WordEvidence(by_word, neighbours, coverage)


def _scored(connection: sqlite3.Connection, match: str, allowed: Ids | None) -> tuple[Ids, Scores]:
    """Return ids, ascending, of the documents that match, of allowed ones alone, and their bm25."""
    if allowed is None:
        rows = connection.execute(_SCORED, {"match": match})
    else:
        rows = connection.execute(_SCORED_OF, {"match": match, "ids": json.dumps(allowed.tolist())})
    found = np.fromiter(rows, _SCORE)
    return found["id"], found["score"]


def _best(ids: Ids, scores: Scores, count: int) -> Ids:
    """Return the ids with the best scores, best first; none that has no score."""
    if len(ids) > count:
        kept = scores >= np.partition(scores, -count)[-count]
        ids, scores = ids[kept], scores[kept]
    best = np.lexsort((ids, -scores))[:count]
    found: Ids = ids[best[scores[best] > 0]]
    return found


def _of(asked: Ids, ids: Ids, scores: Scores) -> Scores:
    """Return the score of each id that is asked for, 0 where there is none; both ascending."""
    if not len(ids):
        return np.zeros(len(asked))
    place = np.minimum(np.searchsorted(ids, asked), len(ids) - 1)
    of: Scores = np.where(ids[place] == asked, scores[place], 0.0)
    return of
