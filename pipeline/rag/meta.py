"""Table meta of the RAG database: what it says of itself, as it is written and as it is read."""

import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from pipeline.core.errors import UserError

SCHEMA_VERSION = 4
"""Goes into PRAGMA user_version; raised when a reader of the former tables would misread these."""


class VectorMeta(NamedTuple):
    """What somebody must know who encodes a question: the vectors' encoder and what it takes in.

    has_meaning: whether near vectors tell of near sense; those of letters do not, and rank nothing.
    limit_words: words of a text that the encoder takes in at once; windows: of a long answer, how
    many stretches of that length were looked at, the nearest to the question being kept.
    prefix_question, prefix_document: what is put before a text of either role.
    """

    encoder: str
    revision: str
    dimension: int
    has_meaning: bool
    limit_words: int
    windows: int
    prefix_question: str = ""
    prefix_document: str = ""


class Meta(NamedTuple):
    """What a reader must know before it asks: how much there is, its language, the vectors."""

    schema_version: int
    documents: int
    language: str
    chunk_chars: int
    vectors: VectorMeta


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
    values: dict[str, Any] = dict(connection.execute("SELECT key, value FROM meta"))
    of_type: dict[type, Callable[[str], Any]] = {int: int, bool: "1".__eq__, str: str}
    kinds = VectorMeta.__annotations__
    try:
        vectors = VectorMeta(**{name: of_type[kind](values[name]) for name, kind in kinds.items()})
        documents, chunk_chars = int(values["documents"]), int(values["chunk_chars"])
        return Meta(version, documents, values["language"], chunk_chars, vectors)
    except (KeyError, ValueError) as damage:
        message = f"its table meta does not say what it must ({type(damage).__name__}: {damage})"
        raise UserError(f"The RAG database is damaged: {message}.") from damage


def _user_version(connection: sqlite3.Connection) -> int:
    """Return PRAGMA user_version; 0 is what a file that is no RAG database says."""
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.DatabaseError as fault:
        raise UserError(f"The RAG database cannot be read: {fault}.") from fault


def meta_rows(meta: Meta) -> list[tuple[str, str]]:
    """Return the meta table; the constants tell readers other than this program how to read."""
    values = {**meta._asdict(), **meta.vectors._asdict()}
    del values["vectors"]
    return [
        *(
            (key, str(int(value) if isinstance(value, bool) else value))
            for key, value in values.items()
        ),
        ("vector_encoding", "float32 little-endian"),
        ("vector_distance", "cosine"),
        ("vector_normalised", "1"),
    ]
