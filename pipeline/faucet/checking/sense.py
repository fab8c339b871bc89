"""Which kept pairs lie near new ones by sense, measured as in dedup on the last run's vectors."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing

import numpy as np

from pipeline.embedding.encoder import Encoder
from pipeline.embedding.encoders import RECORDED, encoder_of
from pipeline.embedding.windows import document_vectors
from pipeline.faucet.asking import DATABASE
from pipeline.faucet.lookup import Row
from pipeline.rag.meta import read_meta
from pipeline.rag.vectors import COMPARED, exact, nearest
from pipeline.store.models import read_models
from pipeline.workspace.workspace import Workspace

_IDS = "SELECT id, pair_id FROM documents WHERE id IN (SELECT value FROM json_each(?))"


def near_by_sense(
    workspace: Workspace, new: Sequence[Row], cosine_threshold: float
) -> list[dict[str, float]]:
    """Return for each new pair the kept ones near by sense, pair_id -> cosine.

    The cosine is the mean of that of the questions and that of the questions with their answers,
    of at least cosine_threshold. Looked for are they by the signs of their questions' vectors in
    the database of the last run; none is where there is no such database, where it is of another
    encoder than params.yaml names now, and where vectors are recorded.
    """
    params = workspace.dag.params["embed"]
    if params["encoder"] == RECORDED or not workspace.has(DATABASE):
        return [{} for _ in new]
    made = encoder_of(params, read_models(workspace.root))
    path = workspace / workspace.output(DATABASE)
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        of = read_meta(connection).vectors
        if (of.encoder, of.revision, of.dimension) != (made.name, made.revision, made.dimension):
            return [{} for _ in new]
        return _near(connection, made, new, params["windows"], cosine_threshold)


def _near(
    connection: sqlite3.Connection,
    encoder: Encoder,
    new: Sequence[Row],
    windows: int,
    cosine_threshold: float,
) -> list[dict[str, float]]:
    questions, answers = ([row[name] for row in new] for name in ("question", "answer"))
    asked = encoder.encode(questions, "question")
    answered = document_vectors(encoder, questions, answers, windows)
    found = []
    for question, document in zip(asked, answered, strict=True):
        ids = nearest(connection, "question", question, None, COMPARED)
        kept = exact(connection, ids, encoder.dimension)
        cosines = (kept.question @ question + kept.document @ document) / 2
        is_near = cosines >= np.float32(cosine_threshold)
        near = dict(zip(kept.ids[is_near].tolist(), cosines[is_near].tolist(), strict=True))
        named = connection.execute(_IDS, (json.dumps(sorted(near)),))
        found.append({pair_id: near[document_id] for document_id, pair_id in named})
    return found
