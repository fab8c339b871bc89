"""Vectors in SQLite: exact ones as rows, their signs in blocks that are quick to look through."""

import json
import sqlite3
from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

ROLES = ("question", "document")
"""A vector of each per document: of its question, and of the question with its answer."""

VECTOR_DTYPE = np.dtype("<f4")
"""What a vector's BLOB holds: what sqlite-vec, numpy and every other reader of float32 expect."""

BLOCK = 4096
"""Documents whose signs stand in one row: 96 KB at 192 numbers."""

COMPARED = 250
"""Documents whose signs differ least that are compared exactly: those of the first ten by cosine
are hardly ever farther than this by signs."""

COSINE_DIGITS = 6
"""Digits of a cosine that count. Float32 sums of one vector differ in the seventh with the place
it stands at; rounded, equal vectors are equal and the order of ids decides."""

VECTOR_TABLES = (
    """CREATE TABLE vectors (
        document_id INTEGER PRIMARY KEY REFERENCES documents (id),
        question BLOB NOT NULL,
        document BLOB NOT NULL
    )""",
    """CREATE TABLE vector_signs (
        first_id INTEGER NOT NULL,
        role TEXT NOT NULL,
        signs BLOB NOT NULL,
        PRIMARY KEY (role, first_id)
    )""",
)
_INSERT = "INSERT INTO vectors (document_id, question, document) VALUES (?, ?, ?)"
_INSERT_SIGNS = "INSERT INTO vector_signs (first_id, role, signs) VALUES (?, ?, ?)"
_SIGNS = "SELECT first_id, signs FROM vector_signs WHERE role = ? ORDER BY first_id"
_EXACT = """SELECT document_id, question, document FROM vectors
    WHERE document_id IN (SELECT value FROM json_each(?)) ORDER BY document_id"""


class StoredVectors(NamedTuple):
    """Exact vectors of some documents: ids ascending, one row of each role per id."""

    ids: Ids
    question: Floats
    document: Floats


def insert_vectors(
    connection: sqlite3.Connection, ids: range, columns: Sequence[pa.Array], dimension: int
) -> None:
    """Write the vectors of documents, one column per role; a document without has none in either.

    Raises ValueError for vectors that have not dimension numbers.
    """
    owners = list(compress(ids, columns[0].is_valid().to_pylist()))
    matrices = [_matrix(column.drop_null(), len(owners), dimension) for column in columns]
    blobs = ([row.tobytes() for row in matrix] for matrix in matrices)
    connection.executemany(_INSERT, zip(owners, *blobs, strict=True))


def insert_signs(connection: sqlite3.Connection, documents: int, dimension: int) -> None:
    """Write the signs of all vectors that were inserted, in blocks of BLOCK documents.

    A document without a vector holds its place with no sign above zero.
    """
    for first in range(1, documents + 1, BLOCK):
        block = range(first, min(first + BLOCK, documents + 1))
        stored = exact(connection, block, dimension)
        for role, matrix in zip(ROLES, stored[1:], strict=True):
            there = signs_of(matrix)
            signs = np.zeros((len(block), there.shape[1]), np.uint8)
            signs[stored.ids - first] = there
            connection.execute(_INSERT_SIGNS, (first, role, signs.tobytes()))


def signs_of(matrix: Floats) -> npt.NDArray[np.uint8]:
    """Return which numbers of each row are above zero, eight to a byte, in whole words of 64."""
    spare = -matrix.shape[1] % 64
    return np.packbits(np.pad(matrix > 0, ((0, 0), (0, spare))), axis=1)


def nearest(
    connection: sqlite3.Connection, role: str, direction: Floats, allowed: Ids | None, count: int
) -> list[int]:
    """Return ids of the documents whose vector of a role differs from direction in fewest signs.

    The signs of a vector are a thirty-second of it and compared by counting bits: of two hundred
    numbers they tell enough to leave the exact comparison to a few hundred documents, and a
    million documents take 24 MB. Equal ones are ordered by id.

    allowed: ids that may be named, ascending; None for all.
    count: most ids to return.
    """
    asked = signs_of(direction[None, :]).view(np.uint64)[0]
    ids, differing = [], []
    for first, signs in connection.execute(_SIGNS, (role,)):
        words = np.frombuffer(signs, np.uint64).reshape(-1, len(asked))
        ids.append(np.arange(first, first + len(words)))
        differing.append(_differing(words, asked))
    if not ids:
        return []
    all_ids, distances = np.concatenate(ids), np.concatenate(differing)
    if allowed is not None:
        kept = np.isin(all_ids, allowed)
        all_ids, distances = all_ids[kept], distances[kept]
    best = np.argsort(distances, kind="stable")[:count]
    return [int(document_id) for document_id in all_ids[best]]


def _differing(
    words: npt.NDArray[np.uint64], asked: npt.NDArray[np.uint64]
) -> npt.NDArray[np.uint16]:
    """Return per row in how many bits it differs from asked."""
    count = np.zeros(len(words), np.uint16)  # numbers of 16 bits are sorted in one pass
    for column, word in enumerate(asked):
        count += np.bitwise_count(words[:, column] ^ word)
    return count


def exact(connection: sqlite3.Connection, ids: Sequence[int], dimension: int) -> StoredVectors:
    """Return the exact vectors of documents."""
    rows = connection.execute(_EXACT, (json.dumps(list(ids)),)).fetchall()
    found = np.array([row[0] for row in rows], np.int64)
    matrices = [
        np.frombuffer(b"".join(row[column] for row in rows), VECTOR_DTYPE).reshape(-1, dimension)
        for column in (1, 2)
    ]
    return StoredVectors(found, *matrices)


def cosines(matrix: Floats, direction: Floats) -> npt.NDArray[np.float64]:
    """Return the cosine of each row with direction, both of unit length, rounded."""
    products: npt.NDArray[np.float64] = np.asarray(matrix @ direction, np.float64)
    return products.round(COSINE_DIGITS)


def _matrix(vectors: pa.Array, rows: int, dimension: int) -> Floats:
    numbers = vectors.flatten().to_numpy(zero_copy_only=False)
    if numbers.size != rows * dimension:
        raise ValueError(f"{rows} vectors of {dimension} numbers hold {numbers.size} numbers")
    matrix: Floats = numbers.astype(VECTOR_DTYPE, copy=False).reshape(rows, dimension)
    return matrix
