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

_RANK = f"rank MATCH 'bm25({QUESTION_WEIGHT}, 1.0, 1.0, 1.0)'"
_RANKED = f"""SELECT rowid FROM documents_fts WHERE documents_fts MATCH :match
    AND {_RANK} ORDER BY rank, rowid LIMIT :count"""  # noqa: S608 - constants of this module
# The unary plus keeps SQLite from running the full-text query once per row of the list.
_OF_IDS = "AND +rowid IN (SELECT value FROM json_each(:ids))"
_RANKED_OF = _RANKED.replace(f"AND {_RANK}", f"{_OF_IDS} AND {_RANK}")
_SCORED = f"""SELECT rowid, -rank FROM documents_fts WHERE documents_fts MATCH :match
    {_OF_IDS} AND {_RANK}"""  # noqa: S608 - constants of this module


class WordEvidence(NamedTuple):
    """One row per candidate. by_word: bm25 of each sought word, whose sum is that of them all.

    neighbours: bm25 of words that stand side by side in question and document alike.
    coverage: 0-1, the share of the question's weight that stands in the document.
    """

    by_word: Scores
    neighbours: Scores
    coverage: Scores


def ranked_by_words(
    connection: sqlite3.Connection, question: Question, allowed: list[int] | None, count: int
) -> list[int]:
    """Return ids of the documents that share words with a question, best bm25 first."""
    if not question.sought:
        return []
    rare = [word for word in question.sought if word.weight >= FOUND_WEIGHT] or question.sought
    values = {"match": any_of(word.sought for word in rare), "count": count}
    if allowed is None:
        rows = connection.execute(_RANKED, values)
    else:
        rows = connection.execute(_RANKED_OF, {**values, "ids": json.dumps(allowed)})
    return [document_id for (document_id,) in rows]


def word_evidence(
    connection: sqlite3.Connection, question: Question, candidates: list[int]
) -> WordEvidence:
    """Return what the words of a question say for candidates, ids in ascending order.

    Each word is asked for by itself, so that what it brought can be told.
    """
    words = question.sought
    by_word = np.zeros((len(candidates), len(words)))
    asked = np.array(candidates, np.int64), json.dumps(candidates)
    for column, word in enumerate(words):
        by_word[:, column] = _scores(connection, any_of([word.sought]), *asked)
    neighbours = np.zeros(len(candidates))
    for pair in question.neighbours:
        neighbours += _scores(connection, f'"{" ".join(pair)}"', *asked)
    weights = np.array([word.weight for word in words])
    whole = sum(word.weight for word in question.words)
    coverage = (by_word > 0) @ weights / whole if words else np.zeros(len(candidates))
    return WordEvidence(by_word, neighbours, coverage)


def _scores(connection: sqlite3.Connection, match: str, ids: Ids, listed: str) -> Scores:
    """Return bm25 for each of ids, ascending, which listed holds as JSON."""
    scores = np.zeros(len(ids))
    if found := connection.execute(_SCORED, {"match": match, "ids": listed}).fetchall():
        owners, ranks = zip(*found, strict=True)
        scores[np.searchsorted(ids, owners)] = ranks
    return scores
