"""Search by words over all pairs, refused and merged ones among them: an FTS5 index of its own.

rag.sqlite holds what training and retrieval may use; a person looks for what is not in there, too.
The index keeps no text, only where words stand: rowid is the row of facts.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from pipeline.desk.index.sources import Sources
from pipeline.rag.matching import readable

MOST_ROWS = 100_000
"""Rows that a search finds at most: whoever finds more narrows the search."""

RANKED_ROWS = 5_000
"""Rows up to which a search is in order of bm25; more of them are in order of pair_id."""

_BATCH_ROWS = 4096
_QUOTED = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"\w+")


def build_words(sources: Sources, path: Path, is_wanted: Callable[[], bool] = lambda: True) -> bool:
    """Write the index of the questions and answers in sources to path; return whether it is whole.

    is_wanted is asked after every batch of rows: it is given up where the answer is no.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "CREATE VIRTUAL TABLE words USING fts5(question, answer, content='',"
            " tokenize='porter unicode61 remove_diacritics 2')"
        )
        connection.execute("BEGIN")
        for rows in _numbered_rows(sources):
            if not is_wanted():
                return False
            connection.executemany(
                "INSERT INTO words(rowid, question, answer) VALUES (?, ?, ?)", rows
            )
        connection.execute("COMMIT")
    finally:
        connection.close()
    return True


def match(path: Path, text: str) -> tuple[list[int], bool]:
    """Return the rows of facts that hold all words of text, and whether they are ranked.

    Words in double quotes must stand one after the other; the last word of an unfinished text may
    be the beginning of one. Nothing of text is read as FTS5's grammar.
    """
    query = expression(text)
    if not query:
        return [], False
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        rows = _rows(connection, query, "", MOST_ROWS)
        if len(rows) > RANKED_ROWS:
            return rows, False
        return _rows(connection, query, "ORDER BY rank, rowid", RANKED_ROWS), True
    finally:
        connection.close()


def expression(text: str) -> str:
    """Return an FTS5 expression that all words of text match, "" where it has no word."""
    terms = []
    for quoted, bare in _QUOTED.findall(readable(text)):
        words = _WORD.findall(quoted or bare)
        if quoted and words:
            terms.append('"' + " ".join(words) + '"')
        else:
            terms += [f'"{word}"' for word in words]
    return " AND ".join(terms)


def _rows(connection: sqlite3.Connection, query: str, order: str, most: int) -> list[int]:
    # order is one of two constants of this module
    statement = f"SELECT rowid FROM words WHERE words MATCH ? {order} LIMIT ?"
    return [row for (row,) in connection.execute(statement, (query, most))]


def _numbered_rows(sources: Sources) -> Iterator[list[tuple[int, str, str]]]:
    number = 0
    for file in sources.pairs:
        with pq.ParquetFile(file) as table:
            for batch in table.iter_batches(_BATCH_ROWS, columns=["question", "answer"]):
                texts = zip(*(column.to_pylist() for column in batch.columns), strict=True)
                yield [(number + place, *both) for place, both in enumerate(texts, start=1)]
                number += batch.num_rows
