"""qa.search: questions to an exported data set."""

from pathlib import Path

from pipeline.api.inputs import Folder, source_of
from pipeline.core.errors import UserError
from pipeline.embedding.encoders import ENCODERS, encoder_of
from pipeline.faucet.asking import DATABASE, ask
from pipeline.rag.candidates import Asker
from pipeline.rag.filters import Filters
from pipeline.rag.meta import VectorMeta, read_meta
from pipeline.rag.opening import opened
from pipeline.rag.search import Hit
from pipeline.rag.search import search as search_database
from pipeline.workspace.layout import DVC_YAML
from pipeline.workspace.workspace import Workspace


def search(
    path: Folder,
    question: str,
    *,
    limit: int = 10,
    min_score: float | None = None,
    category: str | None = None,
    indicator: str | None = None,
    difficulty: str | None = None,
    split: str | None = None,
    agent: str | None = None,
    group: str | None = None,
) -> list[Hit]:
    """Return the pairs that answer a question best, best first, and none that is not close.

    path: a workspace, a folder of its exports, or a rag.sqlite alone. Alone it is searched with
        the encoder that it names, at the packaged params; by words where that is a base's own.
    question: any text; none of it is read as syntax.
    limit: most hits, 1 or more.
    min_score: 0-1, how close a pair must be; None for what pipeline.rag.search says.
    category, indicator, difficulty, split, agent, group: which pairs may be found; None for all.

    Raises UserError where there is no such database, or it is damaged or of another version.
    """
    place = Path(path)
    filters = Filters(category, indicator, difficulty, split, agent, group)
    if (place / DVC_YAML).is_file():
        return ask(Workspace(place), question, limit=limit, filters=filters, min_score=min_score)
    file = place / DATABASE if place.is_dir() else place
    if not file.is_file():
        raise UserError(f"{file} is missing: name a {DATABASE}, or a workspace that exported one")
    with opened(file) as connection:
        return search_database(
            connection,
            question,
            limit=limit,
            asker=_asker(read_meta(connection).vectors),
            filters=filters,
            min_score=min_score,
        )


def _asker(meta: VectorMeta) -> Asker | None:
    """Return the encoder of a database's vectors; None where they rank nothing or it is not here.

    An encoder of the same name may be another one: a table of words that a base made for itself.
    """
    if not meta.has_meaning or meta.encoder not in ENCODERS:
        return None
    params = source_of(("embed",), {"encoder": meta.encoder, "model": ""}, None, None).params
    made = encoder_of(params["embed"])
    if (made.name, made.revision) != (meta.encoder, meta.revision):
        return None
    return Asker.of(made)
