"""Which documents of the RAG database may be found."""

import sqlite3
from typing import NamedTuple

import numpy as np

from pipeline.rag.vectors import Ids

_FILTERED = {
    "group": '"group" = :group COLLATE NOCASE',
    "category": "category = :category COLLATE NOCASE",
    "indicator": "indicator = :indicator COLLATE NOCASE",
    "difficulty": "difficulty = :difficulty COLLATE NOCASE",
    "split": "split = :split COLLATE NOCASE",
    "agent": "EXISTS (SELECT 1 FROM json_each(agents) WHERE value = :agent COLLATE NOCASE)",
}


class Filters(NamedTuple):
    """Which documents may be found: those of this category, indicator ...; None for all of them.

    Upper and lower case are alike; agent is one of those that delivered the pair.
    """

    category: str | None = None
    indicator: str | None = None
    difficulty: str | None = None
    split: str | None = None
    agent: str | None = None
    group: str | None = None


def allowed_by(connection: sqlite3.Connection, filters: Filters) -> Ids | None:
    """Return the ids of the documents that pass all filters, None where there is no filter."""
    asked = {name: value for name, value in filters._asdict().items() if value is not None}
    if not asked:
        return None
    conditions = " AND ".join(_FILTERED[name] for name in asked)
    rows = connection.execute(
        f"SELECT id FROM documents WHERE {conditions} ORDER BY id",  # noqa: S608 - names of this module
        asked,
    )
    return np.array([document_id for (document_id,) in rows], np.int64)
