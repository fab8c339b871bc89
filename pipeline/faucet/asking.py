"""Questions to the finished data set."""

import sqlite3
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.embedding.providers import embedder
from pipeline.rag.search import Hit, search
from pipeline.store.dag import Dag

DATABASE = Path("data/export/rag.sqlite")


def ask(root: Path, question: str, *, limit: int) -> list[Hit]:
    """Return the pairs of the workspace at root that answer question best, best first.

    Raises UserError where the data set has not been exported yet.
    """
    path = root / DATABASE
    if not path.is_file():
        raise UserError(f"{DATABASE} is missing: `faucet repro` makes it")
    made = embedder(**Dag(root).params["embed"])
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        return search(connection, question, limit=limit, embed=made.embed_query)
    finally:
        connection.close()
