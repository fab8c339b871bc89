"""Search over the RAG database: words by bm25 and sense by cosine, their scores added."""

import sqlite3
from typing import NamedTuple

import numpy as np

from pipeline.rag.candidates import (
    Asker,
    CandidateDocuments,
    direction_of,
    find_candidates,
    ordered,
)
from pipeline.rag.filters import Filters, allowed_by
from pipeline.rag.matching import Question, Word, parse
from pipeline.rag.meta import read_meta
from pipeline.rag.spans import Spans, spans_of

CLOSE = 0.5
CLOSE_BY_WORDS = 0.3
"""How close a document must be where no floor is given: with vectors and by words alone. Of
questions that the base answers hardly one is refused, of questions on other subjects most are."""

_COLUMNS = (
    *("pair_id", "question", "answer"),
    *("indicator", "category", "group", "difficulty", "split", "agents"),
)
_NAMED = ", ".join(f'"{name}"' for name in _COLUMNS)  # group is a word of SQL
_DOCUMENT = f"SELECT {_NAMED} FROM documents WHERE id = ?"  # noqa: S608 - names above


class Hit(NamedTuple):
    """One document found. score ranks, the best has 1; closeness says how near it is at all, 0-1.

    words: what each word of the question brought, as a share of the best score by words.
    vectors: cosines of question and document vector with the question's, where they were asked.
    spans: where in question and answer those words stand, and which stretch of the answer
    snippet shows: starts and ends in characters.
    """

    pair_id: str
    question: str
    answer: str
    indicator: str | None
    category: str | None
    group: str
    difficulty: str | None
    split: str
    agents: str
    score: float
    closeness: float
    words: dict[str, float]
    vectors: dict[str, float]
    spans: dict[str, list[list[int]]]
    snippet: str


def search(
    connection: sqlite3.Connection,
    query: str,
    *,
    limit: int,
    asker: Asker | None = None,
    filters: Filters = Filters(),  # noqa: B008 - a value that nobody can change
    min_score: float | None = None,
) -> list[Hit]:
    """Return the documents that answer a question best, best first, the same for the same call.

    Words find what is named exactly (a ticker, a formula), vectors what is said otherwise. Texts
    of hits alone are read; vectors are sifted by their signs and compared exactly where those are
    alike (pipeline/rag/vectors.py).

    connection: the RAG database, open for reading.
    query: any text whatever; none of it is read as syntax. Without a word it finds nothing.
    limit: most hits to return, 1 or more.
    asker: the encoder; None, and one whose vectors tell of letters alone, leave it to the words.
    filters: which documents may be found.
    min_score: 0-1, how close a document must be; none that is farther is returned. None for what
        CLOSE and CLOSE_BY_WORDS say.

    Raises UserError when the asker is not the encoder of the stored vectors, or when the file is
    no RAG database of this version.
    """
    ranked = _ranked(connection, query, asker, filters, min_score)
    if ranked is None:
        return []
    question, found, best = ranked
    return [_hit(connection, question, found, place) for place in best[:limit]]


def best_ids(
    connection: sqlite3.Connection, query: str, *, limit: int, asker: Asker | None
) -> list[int]:
    """Return ids of the documents that `search` would return with min_score 0, and read no text."""
    ranked = _ranked(connection, query, asker, Filters(), 0)
    return [ranked[1].ids[place] for place in ranked[2][:limit]] if ranked else []


def _ranked(
    connection: sqlite3.Connection,
    query: str,
    asker: Asker | None,
    filters: Filters,
    min_score: float | None,
) -> tuple[Question, CandidateDocuments, list[int]] | None:
    """Return what was asked, the candidates, and the places of those near enough, best first.

    None where nothing was asked.
    """
    meta = read_meta(connection)
    question = parse(connection, query, documents=meta.documents, language=meta.language)
    direction = direction_of(meta.vectors, asker, question.respelt)
    if not question.words:
        return None
    found = find_candidates(connection, meta, question, direction, allowed_by(connection, filters))
    word_vectors = asker.word_vectors if asker else None
    found = found._replace(fused=ordered(connection, meta, question, found, word_vectors))
    order = np.lexsort((np.asarray(found.ids), -np.round(found.fused.score, 9))).tolist()
    floor = min_score if min_score is not None else CLOSE_BY_WORDS if direction is None else CLOSE
    return question, found, [place for place in order if found.fused.closeness[place] >= floor]


def _hit(
    connection: sqlite3.Connection, question: Question, found: CandidateDocuments, place: int
) -> Hit:
    """Return a candidate as a hit, with its texts and what brought it."""
    row = connection.execute(_DOCUMENT, (found.ids[place],)).fetchone()
    texts = dict(zip(_COLUMNS, row, strict=True))
    spans: Spans = spans_of(
        connection, found.ids[place], question, texts["question"], texts["answer"]
    )
    best = found.words.by_word.sum(axis=1).max(initial=0.0) or 1.0
    brought = zip(question.sought, found.words.by_word[place] / best, strict=True)
    return Hit(
        **texts,
        score=round(float(found.fused.score[place]), 6),
        closeness=round(float(found.fused.closeness[place]), 6),
        words={_shown(word): round(float(share), 4) for word, share in brought if share > 0},
        vectors={role: float(near[place]) for role, near in found.cosines.items()},
        spans={"question": spans.question, "answer": spans.answer, "snippet": [spans.shown]},
        snippet=spans.snippet,
    )


def _shown(word: Word) -> str:
    """Return a word as typed, and how the base spells it where that is otherwise."""
    return word.typed if word.typed == word.sought else f"{word.typed} ({word.sought})"
