"""What the questions of pairs ask beyond what was asked."""

import json
import sqlite3
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.rag.matching import Question, distinct_words, documents_of, readable, stems_of, weight
from pipeline.rag.stop_words import stop_words

Scores = npt.NDArray[np.float64]

RARE_WORDS = 3
"""So many words that one document alone has make a surplus of 1."""

_QUESTIONS = """SELECT id, question FROM documents
    WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"""


def surplus(
    connection: sqlite3.Connection,
    question: Question,
    ids: Sequence[int],
    *,
    documents: int,
    language: str,
) -> Scores:
    """Return 0-1 for each document: how much its question asks that the user did not ask.

    A base of many pairs on one subject has its general question among a hundred on the subject in
    some special light; who asks in general is served by the first. Counted is the weight of the
    question's words that were not asked for, rare ones for more than common ones, stop words of
    the language for nothing.

    ids: ascending.
    documents: of the whole base.
    """
    rows = connection.execute(_QUESTIONS, (json.dumps(list(ids)),)).fetchall()
    empty = stop_words(language)
    texts = [set(distinct_words(readable(text))) - empty for _, text in rows]
    typed = distinct_words(question.text)
    sought = [word.sought for word in question.words]
    every = sorted({word for text in texts for word in text}.union(typed, sought))
    stems = stems_of(every)
    counts = documents_of(connection, {stem for found in stems.values() for stem in found})
    asked = {stem for word in (*typed, *sought) for stem in stems[word]}.union(sought)
    weights = {stem: weight(known, documents) for stem, known in counts.items()}
    whole = RARE_WORDS * weight(1, documents)
    more = [{stem for word in text for stem in stems[word]} - asked for text in texts]
    scores = [sum(weights.get(stem, 0.0) for stem in sorted(stems)) / whole for stems in more]
    return np.minimum(np.array(scores, np.float64), 1.0)
