"""The RAG database opened for reading; a damaged one is told in one sentence."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.text import excerpt


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield the database at path.

    Raises UserError where SQLite finds it damaged, whenever that is.
    """
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            yield database
    except (sqlite3.DatabaseError, UnicodeDecodeError) as damage:  # its messages quote the file
        found = excerpt(str(damage), 100)
        message = f"{path.name} is damaged ({found}): `faucet repro` makes it anew"
        raise UserError(message) from damage
