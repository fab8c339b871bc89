"""An SQLite database as a file whose bytes are those of its rows, whichever SQLite writes it."""

import sqlite3
from pathlib import Path

from pipeline.store.atomic import replacing

_WRITER_AT = 96
_WRITER = 3_040_001
"""The version that stands in every file: the oldest whose bytes are held by a test. It informs
alone; no reader of SQLite decides by it."""


def write_database(database: sqlite3.Connection, path: Path) -> None:
    """Write a database that no transaction is open in, whole or not at all.

    VACUUM INTO lays rows out by their content alone. Two things would still tell the library
    that wrote them: what is left of moved cells in the free space of a page, which some builds
    clear and others keep (compile option SECURE_DELETE), and the version number in the header.
    The first is cleared by pragma, the second is set to one value.
    """
    database.execute("PRAGMA secure_delete = ON")
    with replacing(path) as temporary:
        database.execute("VACUUM INTO ?", (str(temporary),))
        with temporary.open("r+b") as file:
            file.seek(_WRITER_AT)
            file.write(_WRITER.to_bytes(4, "big"))
