"""The RAG database: documents, a full-text index over them and their vectors, in SQLite."""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
import orjson
import pyarrow as pa

from pipeline.core.errors import UserError

SCHEMA_VERSION = 2
"""Goes into PRAGMA user_version; raised when a reader of the former tables would misread these."""

VECTOR_DTYPE = np.dtype("<f4")
"""What a vector's BLOB holds: what sqlite-vec, numpy and every other reader of float32 expect."""

PAGE_BYTES = 16_384
"""Named, because builds of SQLite differ in their default and the bytes of the file with it; this
large, because four answers of 3 KB fill such a page and one leaves a quarter of 4 KB empty."""

DOCUMENT_COLUMNS = (
    "pair_id",
    "indicator",
    "category",
    "subcategory",
    "topic",
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
    "difficulty",
    "flags",
    "repairs",
    "sources",
    "tags",
)

# The short columns stand before question and answer, so that reading them touches no overflow
# page of a long answer. One covering index serves every combination of filters. The full-text
# index keeps no copy of the text: it refers to documents, so each answer is stored once. Porter
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
        topic TEXT,
        split TEXT NOT NULL,
        score,
        verdict TEXT NOT NULL,
        cluster_id TEXT NOT NULL,
        question TEXT NOT NULL,
        answer TEXT NOT NULL,
        metadata TEXT NOT NULL
    )""",
    """CREATE VIRTUAL TABLE documents_fts USING fts5(
        question, answer, indicator, topic,
        content = 'documents', content_rowid = 'id',
        tokenize = 'porter unicode61 remove_diacritics 2'
    )""",
    """CREATE TABLE vectors (
        document_id INTEGER PRIMARY KEY REFERENCES documents (id),
        vector BLOB NOT NULL
    )""",
)
FILTER_INDEX = "CREATE INDEX documents_filters ON documents (category, indicator, split)"

INSERT_DOCUMENT = """INSERT INTO documents (
    id, pair_id, indicator, category, subcategory, topic, split, score, verdict,
    cluster_id, question, answer, metadata
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
INSERT_VECTOR = "INSERT INTO vectors (document_id, vector) VALUES (?, ?)"


class Meta(NamedTuple):
    """What a reader must know before it asks: which embedder made the vectors, and their size."""

    schema_version: int
    documents: int
    dimension: int
    provider: str


def build(
    documents: Iterable[pa.RecordBatch], *, dimension: int, provider: str
) -> sqlite3.Connection:
    """Return an in-memory database of documents, byte for byte the same for the same rows.

    Document ids count from 1 in the order given, so rows must come sorted by pair_id. Everything
    is written in one transaction and the full-text index is built once, over all rows, and merged
    into one segment: the bytes then depend on the rows alone.

    documents: batches with DOCUMENT_COLUMNS, METADATA_COLUMNS and vector, a
        fixed_size_list<float32>[dimension] of unit length.
    dimension: numbers per vector.
    provider: name of the embedder that made the vectors, for readers that encode a question.

    Raises sqlite3.IntegrityError for a repeated pair_id, ValueError for a vector of another size.
    """
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    connection.execute("BEGIN")
    for statement in TABLES:
        connection.execute(statement)
    inserted = 0
    for batch in documents:
        ids = range(inserted + 1, inserted + 1 + batch.num_rows)
        connection.executemany(INSERT_DOCUMENT, _document_rows(ids, batch))
        connection.executemany(INSERT_VECTOR, _vector_rows(ids, batch.column("vector"), dimension))
        inserted += batch.num_rows
    connection.execute(FILTER_INDEX)
    connection.execute("INSERT INTO documents_fts (documents_fts) VALUES ('rebuild')")
    connection.execute("INSERT INTO documents_fts (documents_fts) VALUES ('optimize')")
    meta = Meta(SCHEMA_VERSION, inserted, dimension, provider)
    connection.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", _meta_rows(meta))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("COMMIT")
    return connection


def read_meta(connection: sqlite3.Connection) -> Meta:
    """Return what the database says of itself.

    Raises UserError when the file is no RAG database or one of another schema version.
    """
    version = _user_version(connection)
    if version != SCHEMA_VERSION:
        raise UserError(
            f"The RAG database has schema version {version}, this program reads "
            f"{SCHEMA_VERSION}: run the export stage again."
        )
    values = dict(connection.execute("SELECT key, value FROM meta"))
    return Meta(
        version, int(values["documents"]), int(values["dimension"]), str(values["provider"])
    )


def _user_version(connection: sqlite3.Connection) -> int:
    """Return PRAGMA user_version; 0 is what a file that is no RAG database says."""
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.DatabaseError as fault:
        raise UserError(f"The RAG database cannot be read: {fault}.") from fault


def _meta_rows(meta: Meta) -> list[tuple[str, str]]:
    """Return the meta table; the constants tell readers other than this program how to read."""
    return [
        *((key, str(value)) for key, value in meta._asdict().items()),
        ("vector_encoding", "float32 little-endian"),
        ("vector_distance", "cosine"),
        ("vector_length", "1"),
    ]


def _document_rows(ids: range, batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of table documents, metadata as one JSON object with sorted keys."""
    columns = [batch.column(name).to_pylist() for name in DOCUMENT_COLUMNS]
    details = [batch.column(name).to_pylist() for name in METADATA_COLUMNS]
    metadata = (
        orjson.dumps(
            dict(zip(METADATA_COLUMNS, values, strict=True)), option=orjson.OPT_SORT_KEYS
        ).decode()
        for values in zip(*details, strict=True)
    )
    return zip(ids, *columns, metadata, strict=True)


def _vector_rows(ids: range, vectors: pa.Array, dimension: int) -> Iterator[tuple[int, bytes]]:
    """Yield the rows of table vectors; a document that has no vector (yet) has none."""
    present = vectors.drop_null()
    numbers = present.flatten().to_numpy(zero_copy_only=False)
    if numbers.size != len(present) * dimension:
        sizes = f"{len(present)} vectors of {dimension} numbers"
        raise ValueError(f"{sizes} hold {numbers.size} numbers")
    matrix = numbers.astype(VECTOR_DTYPE, copy=False).reshape(len(present), dimension)
    owners = compress(ids, vectors.is_valid().to_pylist())
    return ((i, row.tobytes()) for i, row in zip(owners, matrix, strict=True))
