"""The RAG database: documents, a full-text index over them and their vectors, in SQLite."""

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
import pyarrow as pa

from pipeline.rag.meta import SCHEMA_VERSION, Meta, VectorMeta, meta_rows
from pipeline.rag.passages import passage_spans
from pipeline.rag.vectors import ROLES, VECTOR_TABLES, insert_signs, insert_vectors

PAGE_BYTES = 16_384
"""Named, because builds of SQLite differ in their default and the bytes of the file with it; this
large, because four answers of 3 KB fill such a page and one leaves a quarter of 4 KB empty."""

DOCUMENT_COLUMNS = (
    "pair_id",
    "indicator",
    "category",
    "subcategory",
    "group",
    "topic",
    "difficulty",
    "split",
    "score",
    "verdict",
    "cluster_id",
    "question",
    "answer",
)
METADATA_COLUMNS = (
    "aliases",
    "citations",
    "context",
    "flags",
    "repairs",
    "sources",
    "tags",
)

# The short columns stand before question and answer, so that reading them touches no overflow
# page of a long answer. One covering index serves every combination of filters. The full-text
# index keeps no copy of the text: it refers to documents, so each answer is stored once; the
# table's name stands in double quotes, by which Datasette and sqlite-utils find the index. Porter
# stemming, because a question rarely uses the inflection that the answer does. score has no type:
# some versions of SQLite store a whole number in a REAL column as an integer, and others do not.
TABLES = (
    """CREATE TABLE meta (
        key TEXT PRIMARY KEY NOT NULL,
        value TEXT NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE documents (
        id INTEGER PRIMARY KEY,
        pair_id TEXT NOT NULL UNIQUE,
        indicator TEXT,
        category TEXT,
        subcategory TEXT,
        "group" TEXT NOT NULL,
        topic TEXT,
        difficulty TEXT,
        split TEXT NOT NULL,
        score,
        verdict TEXT NOT NULL,
        cluster_id TEXT NOT NULL,
        agents TEXT NOT NULL,
        question TEXT NOT NULL,
        answer TEXT NOT NULL,
        metadata TEXT NOT NULL
    )""",
    """CREATE VIRTUAL TABLE documents_fts USING fts5(
        question, answer, indicator, topic,
        content="documents", content_rowid="id",
        tokenize="porter unicode61 remove_diacritics 2"
    )""",
    """CREATE TABLE words (
        stem TEXT PRIMARY KEY NOT NULL,
        documents INTEGER NOT NULL
    ) WITHOUT ROWID""",
    """CREATE TABLE passages (
        id INTEGER PRIMARY KEY,
        document_id INTEGER NOT NULL REFERENCES documents (id),
        start_char INTEGER NOT NULL,
        end_char INTEGER NOT NULL
    )""",
    """CREATE VIEW passage_texts AS
        SELECT passages.id, pair_id, question, start_char, end_char,
            substr(answer, start_char + 1, end_char - start_char) AS text
        FROM passages JOIN documents ON documents.id = passages.document_id""",
    *VECTOR_TABLES,
)
FILTER_INDEX = """CREATE INDEX documents_filters
    ON documents ("group", category, indicator, split, difficulty, agents)"""
COUNT_WORDS = (
    "CREATE VIRTUAL TABLE temp.counted USING fts5vocab(main, documents_fts, row)",
    "INSERT INTO words (stem, documents) SELECT term, doc FROM temp.counted",
    "DROP TABLE temp.counted",
)

_COLUMNS = (*DOCUMENT_COLUMNS[:-2], "agents", *DOCUMENT_COLUMNS[-2:], "metadata")
_QUOTED = ", ".join(f'"{name}"' for name in _COLUMNS)  # group is a word of SQL
INSERT_DOCUMENT = (
    f"INSERT INTO documents (id, {_QUOTED}) "  # noqa: S608 - names of this module
    f"VALUES ({', '.join('?' * (len(_COLUMNS) + 1))})"
)
INSERT_PASSAGE = "INSERT INTO passages (document_id, start_char, end_char) VALUES (?, ?, ?)"


_ON_DISK = ""
"""What SQLite calls a database in a file of its own, gone with the connection."""

_CACHE_KB = 65_536
"""Pages in memory: the index is merged in them, and of a small base all."""


def build(
    documents: Iterable[pa.RecordBatch], vectors: VectorMeta, *, language: str, chunk_chars: int = 0
) -> sqlite3.Connection:
    """Return a database of documents, byte for byte the same for the same rows.

    It lies in a file without a name that ends with the connection, in SQLite's folder for such
    files (SQLITE_TMPDIR, else the system's), so that memory does not grow with the documents.

    Document ids count from 1 in the order given, so rows must come sorted by pair_id. Everything
    is written in one transaction and the full-text index is built once, over all rows, and merged
    into one segment: the bytes then depend on the rows alone. Table words says of every stem in
    how many documents it stands: by it a question's words are weighed, and misspelt ones mended.

    documents: batches with DOCUMENT_COLUMNS, METADATA_COLUMNS, question_vector and
        document_vector, fixed_size_list<float32>[dimension] of unit length.
    vectors: what the vectors are.
    language: ISO 639-1, whose stop words a question is asked without.
    chunk_chars: characters of a passage (table passages); 0 cuts none.

    Raises sqlite3.IntegrityError for a repeated pair_id, ValueError for a vector of another size.
    """
    return indexed(filled(documents, vectors, language=language, chunk_chars=chunk_chars))


def filled(
    documents: Iterable[pa.RecordBatch], vectors: VectorMeta, *, language: str, chunk_chars: int
) -> sqlite3.Connection:
    """Return what `build` returns before its texts are indexed, its transaction still open.

    Another thread than this one may go on with it.
    """
    connection = sqlite3.connect(_ON_DISK, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        _fill(connection, documents, vectors, language=language, chunk_chars=chunk_chars)
    except BaseException:
        connection.close()
        raise
    return connection


def indexed(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Return a database that `filled` gave as `build` returns it.

    SQLite does all of it, and lets other threads of Python run meanwhile.
    """
    try:
        connection.execute("INSERT INTO documents_fts (documents_fts) VALUES ('rebuild')")
        connection.execute("INSERT INTO documents_fts (documents_fts) VALUES ('optimize')")
        connection.execute("COMMIT")
        for statement in COUNT_WORDS:
            connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


def _fill(
    connection: sqlite3.Connection,
    documents: Iterable[pa.RecordBatch],
    vectors: VectorMeta,
    *,
    language: str,
    chunk_chars: int,
) -> None:
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    connection.execute("BEGIN")
    for statement in TABLES:
        connection.execute(statement)
    inserted = 0
    for batch in documents:
        ids = range(inserted + 1, inserted + 1 + batch.num_rows)
        connection.executemany(INSERT_DOCUMENT, _document_rows(ids, batch))
        connection.executemany(INSERT_PASSAGE, _passage_rows(ids, batch, chunk_chars))
        columns = [batch.column(f"{role}_vector") for role in ROLES]
        insert_vectors(connection, ids, columns, vectors.dimension)
        inserted += batch.num_rows
    insert_signs(connection, inserted, vectors.dimension)
    connection.execute(FILTER_INDEX)
    meta = Meta(SCHEMA_VERSION, inserted, language, chunk_chars, vectors)
    connection.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", meta_rows(meta))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _document_rows(ids: range, batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of table documents, metadata as one JSON object with sorted keys."""
    columns = {name: batch.column(name).to_pylist() for name in DOCUMENT_COLUMNS}
    details = {name: batch.column(name).to_pylist() for name in METADATA_COLUMNS}
    metadata = (
        orjson.dumps(dict(zip(details, values, strict=True)), option=orjson.OPT_SORT_KEYS).decode()
        for values in zip(*details.values(), strict=True)
    )
    agents = (_agents(sources) for sources in details["sources"])
    made = {**columns, "agents": agents, "metadata": metadata}
    return zip(ids, *(made[name] for name in _COLUMNS), strict=True)


def _agents(sources: list[dict[str, str]]) -> str:
    """Return who delivered a pair as a JSON array, each once, sorted."""
    return orjson.dumps(sorted({source["agent"] for source in sources})).decode()


def _passage_rows(
    ids: range, batch: pa.RecordBatch, chunk_chars: int
) -> Iterator[tuple[int, int, int]]:
    """Yield the rows of table passages: where in its answer each passage starts and ends."""
    if chunk_chars:
        for document_id, answer in zip(ids, batch.column("answer").to_pylist(), strict=True):
            for start, end in passage_spans(answer, chunk_chars):
                yield document_id, start, end
