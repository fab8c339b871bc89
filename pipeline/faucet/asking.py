"""Questions to the finished data set."""

import sqlite3

from pipeline.core.errors import UserError
from pipeline.embedding.encoders import encoder_of
from pipeline.rag.search import Hit, search
from pipeline.store.models import read_models
from pipeline.workspace.workspace import Workspace

DATABASE = "rag.sqlite"


def ask(workspace: Workspace, question: str, *, limit: int) -> list[Hit]:
    """Return the pairs of the workspace at root that answer question best, best first.

    Raises UserError where the data set has not been exported yet.
    """
    if not workspace.has(DATABASE):
        raise UserError(f"{DATABASE} is missing: `faucet repro` makes it")
    path = workspace / workspace.output(DATABASE)
    made = encoder_of(workspace.dag.params["embed"], read_models(workspace.root))
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        return search(
            connection,
            question,
            limit=limit,
            embed=lambda text: made.encode([text], "question")[0],
        )
    finally:
        connection.close()
