"""Search over the RAG database: words by bm25 and sense by cosine, their scores added."""

import sqlite3
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.core.errors import UserError
from pipeline.rag.evidence import WordEvidence, ranked_by_words, word_evidence
from pipeline.rag.filters import Filters, allowed_by
from pipeline.rag.fusion import Fused, fused, lessened
from pipeline.rag.matching import Question, Word, parse
from pipeline.rag.meta import Meta, VectorMeta, read_meta
from pipeline.rag.spans import Spans, spans_of
from pipeline.rag.surplus import surplus
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

READ = 60
"""The best candidates, whose questions are read for what they ask beyond what was asked."""

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


class Asker(NamedTuple):
    """What makes a question's vector, and which encoder it is: that of the stored vectors."""

    encoder: str
    revision: str
    encode: Callable[[str], npt.NDArray[np.floating]]


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


class _Candidates(NamedTuple):
    """Documents that may be hits, by ascending id, with what speaks for each."""

    ids: list[int]
    words: WordEvidence
    cosines: dict[str, npt.NDArray[np.float64]]
    fused: Fused


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
) -> tuple[Question, _Candidates, list[int]] | None:
    """Return what was asked, the candidates, and the places of those near enough, best first.

    None where nothing was asked.
    """
    meta = read_meta(connection)
    direction = _direction(meta.vectors, asker, query)
    question = parse(connection, query, documents=meta.documents, language=meta.language)
    if not question.words:
        return None
    found = _candidates(connection, meta, question, direction, allowed_by(connection, filters))
    found = found._replace(fused=_of_what_was_asked(connection, meta, question, found))
    order = np.lexsort((np.asarray(found.ids), -np.round(found.fused.score, 9))).tolist()
    floor = min_score if min_score is not None else CLOSE_BY_WORDS if direction is None else CLOSE
    return question, found, [place for place in order if found.fused.closeness[place] >= floor]


def _direction(meta: VectorMeta, asker: Asker | None, query: str) -> Floats | None:
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


def _candidates(
    connection: sqlite3.Connection,
    meta: Meta,
    question: Question,
    direction: Floats | None,
    allowed: Ids | None,
) -> _Candidates:
    ids = set(
        ranked_by_words(
            connection, question, None if allowed is None else allowed.tolist(), CANDIDATES
        )
    )
    stored: StoredVectors | None = None
    if direction is not None:
        stored = _nearest_exactly(connection, direction, allowed, meta.vectors.dimension, ids)
        ids = set(stored.ids.tolist())
    ordered = sorted(ids)
    words = word_evidence(connection, question, ordered)
    if stored is None or direction is None:
        return _Candidates(ordered, words, {}, fused(words, None, None, None, question.telling))
    near = {role: cosines(getattr(stored, role), direction) for role in ROLES}
    scores = fused(words, near["question"], near["document"], stored.question, question.telling)
    return _Candidates(ordered, words, near, scores)


def _of_what_was_asked(
    connection: sqlite3.Connection, meta: Meta, question: Question, found: _Candidates
) -> Fused:
    """Return the scores less what the best candidates' questions ask beyond the question."""
    best = np.sort(np.argsort(-np.round(found.fused.score, 9), kind="stable")[:READ])
    more = surplus(
        connection,
        question,
        [found.ids[place] for place in best],
        documents=meta.documents,
        language=meta.language,
    )
    return lessened(found.fused, best, more)


def _nearest_exactly(
    connection: sqlite3.Connection,
    direction: Floats,
    allowed: Ids | None,
    dimension: int,
    ids: set[int],
) -> StoredVectors:
    """Return the exact vectors of the nearest documents of each role, and of ids."""
    near = {role: nearest(connection, role, direction, allowed, COMPARED) for role in ROLES}
    compared = exact(connection, sorted(ids.union(*near.values())), dimension)
    kept = np.isin(compared.ids, sorted(ids))
    for role in ROLES:
        cosine = cosines(getattr(compared, role), direction)
        best = np.lexsort((compared.ids, -cosine))[:CANDIDATES]
        kept[best[cosine[best] > 0]] = True
    return StoredVectors(compared.ids[kept], compared.question[kept], compared.document[kept])


def _hit(connection: sqlite3.Connection, question: Question, found: _Candidates, place: int) -> Hit:
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
