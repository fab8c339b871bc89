"""Questions to the finished data set."""

from pipeline.core.errors import UserError
from pipeline.embedding.encoders import RECORDED, encoder_of
from pipeline.rag.candidates import Asker
from pipeline.rag.filters import Filters
from pipeline.rag.meta import read_meta
from pipeline.rag.opening import opened
from pipeline.rag.search import Hit, search
from pipeline.store.models import read_models
from pipeline.workspace.workspace import Workspace

DATABASE = "rag.sqlite"


def ask(
    workspace: Workspace,
    question: str,
    *,
    limit: int,
    filters: Filters = Filters(),  # noqa: B008 - a value that nobody can change
    min_score: float | None = None,
) -> list[Hit]:
    """Return the pairs of the workspace that answer question best, best first.

    The database says which encoder its vectors are of; none is loaded where they rank nothing.

    filters, min_score: as in pipeline.rag.search.search.

    Raises UserError where the data set has not been exported yet, or was by another encoder than
    params.yaml names now, or the database is damaged.
    """
    if not workspace.has(DATABASE):
        raise UserError(f"{DATABASE} is missing: `faucet repro` makes it")
    path = workspace / workspace.output(DATABASE)
    with opened(path) as connection:
        asker = _asker(workspace) if read_meta(connection).vectors.has_meaning else None
        return search(
            connection, question, limit=limit, asker=asker, filters=filters, min_score=min_score
        )


def _asker(workspace: Workspace) -> Asker | None:
    """Return what encodes a question: the encoder that params.yaml names.

    None where vectors are recorded: they are of the base's texts, and a question is asked by words.
    """
    params = workspace.dag.params["embed"]
    if params["encoder"] == RECORDED:
        return None
    return Asker.of(encoder_of(params, read_models(workspace.root)))
