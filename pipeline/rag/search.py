"""Hybrid search over the RAG database: words by bm25, meaning by cosine, fused by rank."""

import sqlite3
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.core.errors import UserError
from pipeline.core.text import excerpt
from pipeline.rag.database import VECTOR_DTYPE, read_meta
from pipeline.rag.fusion import Fused, reciprocal_rank_fusion
from pipeline.rag.matching import full_text_query, readable

Vector = npt.NDArray[np.float32]

CANDIDATES = 100
"""Documents that each method ranks at least. Below rank 100 a place adds less than 1/160 to a
fused score whose best is 2/61: it reorders nothing near the top."""

VECTORS_AT_ONCE = 4096
"""Vectors held in memory at a time: 4 MB at 256 numbers each, whatever the size of the corpus."""

COSINE_DIGITS = 6
"""Digits of a cosine that count. Float32 sums of one vector differ in the seventh with the place
it stands at; rounded, equal vectors are equal and the order of ids decides."""

SNIPPET_TOKENS = 40
"""Words of a snippet, about two lines of a terminal; FTS5 allows 64."""

_FILTER = """SELECT id FROM documents
    WHERE (:category IS NULL OR category = :category COLLATE NOCASE)
    AND (:indicator IS NULL OR indicator = :indicator COLLATE NOCASE)
    AND (:split IS NULL OR split = :split)"""
# The unary plus keeps SQLite from running the full-text query once per filtered row.
_TEXT_RANKING = f"""SELECT rowid FROM documents_fts
    WHERE documents_fts MATCH :match AND +rowid IN ({_FILTER})
    ORDER BY rank, rowid LIMIT :depth"""  # noqa: S608 - constants of this module
_VECTORS = f"""SELECT document_id, vector FROM vectors
    WHERE document_id IN ({_FILTER}) ORDER BY document_id"""  # noqa: S608 - constants of this module
_DOCUMENT = """SELECT pair_id, question, answer, indicator, category, split
    FROM documents WHERE id = ?"""
_SNIPPET = """SELECT snippet(documents_fts, 1, '', '', '…', :tokens) FROM documents_fts
    WHERE documents_fts MATCH :match AND rowid = :document_id"""


class Hit(NamedTuple):
    """One document found: its text, its fused score and its rank by each method that found it."""

    pair_id: str
    question: str
    answer: str
    indicator: str | None
    category: str | None
    split: str
    score: float
    ranks: dict[str, int]
    snippet: str


def search(
    connection: sqlite3.Connection,
    query: str,
    *,
    limit: int,
    embed: Callable[[str], Vector],
    category: str | None = None,
    indicator: str | None = None,
    split: str | None = None,
) -> list[Hit]:
    """Return the documents that answer a question best, best first, the same for the same call.

    Words find what is named exactly (a ticker, a formula), vectors find what is worded otherwise;
    reciprocal rank fusion needs no weight between them. Vectors are compared one by one with
    numpy: exact and without a loadable extension. 18,000 documents of 256 numbers take 0.05 CPU
    seconds, and 0.1 to 0.2 with the words; a corpus of millions wants an index over the BLOBs.
    All columns of text weigh the same: over 105 questions on indicators of the master plan,
    weighting the question 2 to 16 times the answer moved the fused precision of the first ten
    by 0.01 (0.67; vectors alone 0.65, words alone 0.49).

    connection: the RAG database, open for reading.
    query: any text whatever; none of it is read as syntax. Without a word it finds nothing.
    limit: most hits to return, 1 or more.
    embed: gives a question's vector, made by the embedder that meta.provider names.
    category, indicator: only documents of this one, upper and lower case alike; None for all.
    split: train, validation or test; None for all.

    Raises UserError when the query's vector has another size than the stored ones, or when the
    file is no RAG database of this version.
    """
    text = readable(query)
    match = full_text_query(text)
    dimension = read_meta(connection).dimension
    if not match:
        return []
    filters = {"category": category, "indicator": indicator, "split": split}
    depth = max(limit, CANDIDATES)
    direction = _query_direction(embed(text), dimension)
    rankings = {
        "text": _rank_by_text(connection, match, filters, depth),
        "vector": _rank_by_vector(connection, direction, filters, depth),
    }
    return [_hit(connection, match, place) for place in reciprocal_rank_fusion(rankings)[:limit]]


def _rank_by_text(
    connection: sqlite3.Connection, match: str, filters: dict[str, str | None], depth: int
) -> list[int]:
    """Return the ids of the documents that share a word with the query, best bm25 first."""
    rows = connection.execute(_TEXT_RANKING, {**filters, "match": match, "depth": depth})
    return [document_id for (document_id,) in rows]


def _query_direction(vector: Vector, dimension: int) -> Vector:
    """Return the query's vector at unit length, or all zeros when it has no direction."""
    direction = np.asarray(vector, dtype=np.float32).reshape(-1)
    if direction.size != dimension:
        raise UserError(
            f"The question's vector has {direction.size} numbers, the database's have "
            f"{dimension}: ask with the embedder that the database was made with."
        )
    length = float(np.linalg.norm(direction))
    return direction / np.float32(length) if length > 0 else direction


def _rank_by_vector(
    connection: sqlite3.Connection, direction: Vector, filters: dict[str, str | None], depth: int
) -> list[int]:
    """Return the ids of the documents nearest by cosine, nearest first; never one at or below 0."""
    if not direction.any():
        return []
    best: list[tuple[float, int]] = []
    rows = connection.execute(_VECTORS, filters)
    while chunk := rows.fetchmany(VECTORS_AT_ONCE):
        ids, blobs = zip(*chunk, strict=True)
        matrix = np.frombuffer(b"".join(blobs), dtype=VECTOR_DTYPE).reshape(len(ids), -1)
        cosines = np.round((matrix @ direction).astype(np.float64), COSINE_DIGITS)
        nearest = np.lexsort((np.asarray(ids), -cosines))[:depth]
        best += [(-float(cosines[i]), ids[i]) for i in nearest if cosines[i] > 0]
        best = sorted(best)[:depth]
    return [document_id for _, document_id in best]


def _hit(connection: sqlite3.Connection, match: str, place: Fused) -> Hit:
    """Return a ranked document with its text and snippet."""
    pair_id, question, answer, indicator, category, split = connection.execute(
        _DOCUMENT, (place.document_id,)
    ).fetchone()
    return Hit(
        pair_id=pair_id,
        question=question,
        answer=answer,
        indicator=indicator,
        category=category,
        split=split,
        score=round(place.score, 6),
        ranks=place.ranks,
        snippet=_snippet(connection, match, place) or excerpt(answer),
    )


def _snippet(connection: sqlite3.Connection, match: str, place: Fused) -> str:
    """Return the part of the answer where most of the query's words stand, "" if none does."""
    if "text" not in place.ranks:
        return ""
    values = {"match": match, "document_id": place.document_id, "tokens": SNIPPET_TOKENS}
    row = connection.execute(_SNIPPET, values).fetchone()
    return excerpt(row[0], limit_chars=400) if row else ""
