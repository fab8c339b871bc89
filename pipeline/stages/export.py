"""Export: what others use - the splits, the data set card and the RAG database."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import daft
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from daft import col, lit

from pipeline.core.json_values import Json
from pipeline.core.memo import Memo
from pipeline.core.models import ModelFile
from pipeline.core.ranges import Ranges, between, limits_of
from pipeline.core.scratch import Chosen, Scratch
from pipeline.core.splits import SPLITS
from pipeline.domain.documents import NAMES
from pipeline.embedding.encoder import Encoder, Space, parse_space, space_of, the_one_space
from pipeline.embedding.encoders import RECORDED, encoder_of
from pipeline.rag.candidates import Asker
from pipeline.rag.card import data_set_card
from pipeline.rag.columns import FIELDS
from pipeline.rag.contents import contents_metrics, contents_of
from pipeline.rag.database import DOCUMENT_COLUMNS, METADATA_COLUMNS, filled, indexed
from pipeline.rag.examples import examples_of
from pipeline.rag.meta import VectorMeta
from pipeline.rag.recall import AT, Target, recall, sampled
from pipeline.rag.search import best_ids
from pipeline.rag.vectors import ROLES
from pipeline.secrets.masking import Mode
from pipeline.training.formats import training_files

_OF_LETTERS = {"hashing"}
"""Encoders whose near vectors tell of letters alone: a question is not ranked by them."""

_DOCUMENTS_AT_ONCE = 1024

_VECTORS = tuple(f"{role}_vector" for role in ROLES)


class Exported(NamedTuple):
    """What the export stage gives; field names are the file names' stems.

    The database and what it is asked for are made by a thread while the other files are written.
    """

    train: Ranges
    validation: Ranges
    test: Ranges
    preferences: Ranges
    training: dict[str, Iterator[Json] | Json]
    README: str
    rag: "Future[sqlite3.Connection]"
    rag_vectors: Ranges
    metrics: "Future[dict[str, float]]"


def export(
    kept: daft.DataFrame,
    assignments: daft.DataFrame,
    vectors: daft.DataFrame,
    split_metadata: Json,
    words: Json,
    encoders: Sequence[ModelFile],
    *,
    include: str,
    secrets: Mode,
    csv: str,
    formats: Sequence[str],
    system_prompt: str,
    chunk_chars: int,
    retrieval_questions: int,
    embed_encoder: str,
    embed_model: str,
    embed_windows: int,
    embed_hashing: Mapping[str, int],
    memo: Memo,
) -> Exported:
    """Return one table per split, the card that describes them and the database to ask.

    A pair is in one split at most and, with the same text, in the database: what a model was
    tested on can be told from what it may look up by the database's column split, which also
    says why a pair is in none: waiting (under review), withheld, alternative.

    kept: the pairs that dedup kept.
    assignments: pair_id and split, one row per kept pair.
    vectors: pair_id, question_vector and document_vector, unit-length fixed_size_list<float32>,
        and the space that all of them lie in, for every kept pair at least; those of other pairs
        are left out.
    split_metadata: what the split stage says of the splits; the card repeats how alike they are
        and why pairs wait.
    words: how the data set and the entries of its plan are called; what it leaves out, by NAMES.
    include: accepted, or all where pairs under review are in the splits like the others.
    secrets: what becomes of credentials in texts: mask, drop (the pair) or keep.
    csv: safe (cells that a spreadsheet would run are text) or exact; the card says which.
    formats: training files that are made as well (pipeline/training/formats.py); system_prompt
        stands at the head of each of their rows, "" is none.
    chunk_chars: characters of a passage in the database; 0 cuts none.
    retrieval_questions: kept pairs that are asked for in other words; 0 asks none.
    encoders, embed_encoder, embed_model, embed_hashing: the encoder that made the vectors, which
        encodes those questions (none does where they are recorded); embed_windows: how many windows
        of an answer it looked at.

    A kept pair that has no vector yet, as recorded ones may (embed), is found by its words alone
    and counted. Raises ValueError when a kept pair has no split or several splits, and when one
    under review is in a split that takes accepted pairs alone.
    """
    names = {**NAMES, **words}
    language = str(names["language"])
    examples = examples_of(kept, assignments, include, secrets, memo)
    ids = examples.counted.select("pair_id").to_arrow()["pair_id"]
    dimension = _dimension(vectors)
    encoding = {"encoder": embed_encoder, "model": embed_model, "hashing": embed_hashing}
    encoder = None if embed_encoder == RECORDED else encoder_of(encoding, encoders)
    space = _space(vectors, encoder)
    about = VectorMeta(
        space.encoder,
        space.revision,
        dimension,
        has_meaning=space.encoder not in _OF_LETTERS,
        limit_words=encoder.window_words if encoder else 0,
        windows=embed_windows,
    )
    rag = filled(
        _documents(examples.rows, vectors), about, language=language, chunk_chars=chunk_chars
    )
    asker = Asker.of(encoder) if encoder else None
    if asker:  # vectors may be of an earlier revision, which the metric is of then
        asker = asker._replace(encoder=space.encoder, revision=space.revision)
    contents = contents_of(examples.counted, split_metadata)
    contents = contents._replace(secrets=examples.with_secrets)
    of_splits = {split: Chosen(examples.rows, "split", split) for split in SPLITS}
    compared = {split: Chosen(examples.preferences, "split", split) for split in SPLITS}
    training = training_files(
        {split: rows.tables for split, rows in of_splits.items()},
        {split: rows.tables for split, rows in compared.items()},
        formats,
        system_prompt,
    )
    card = data_set_card(
        contents,
        names=names,
        dimension=dimension,
        provider=space.encoder,
        secrets=secrets,
        csv=csv,
        training=list(training),
        columns=examples.rows.schema.remove(len(FIELDS)),
    )
    counted = {
        **contents_metrics(contents, dimension),
        "preferences": examples.preferences.num_rows,
        "without_vector": _without_vector(ids, vectors),
    }
    beside = ThreadPoolExecutor(1)
    searchable = beside.submit(indexed, rag)
    metrics = beside.submit(
        lambda: {
            **counted,
            **_retrieval(
                ids.to_pylist(), searchable.result(), asker, language, retrieval_questions
            ),
        }
    )
    asked = beside.submit(searchable.result)  # no database is written while somebody asks it
    beside.shutdown(wait=False)
    return Exported(
        **{split: Ranges(rows) for split, rows in of_splits.items()},
        preferences=Ranges(examples.preferences),
        training=training,
        README=card,
        rag=asked,
        rag_vectors=_rag_vectors(ids, vectors, space),
        metrics=metrics,
    )


def _without_vector(ids: pa.ChunkedArray, vectors: daft.DataFrame) -> int:
    """Return how many kept pairs have no vector yet."""
    given = vectors.select("pair_id").to_arrow()["pair_id"]
    return len(ids) - int(pc.sum(pc.is_in(ids, value_set=given)).as_py() or 0)


def _dimension(vectors: daft.DataFrame) -> int:
    """Return how many numbers a vector has."""
    return int(vectors.schema().to_pyarrow_schema().field("document_vector").type.list_size)


def _space(vectors: daft.DataFrame, encoder: Encoder | None) -> Space:
    """Return the space of the vectors, the encoder's where there are none."""
    space = the_one_space(vectors.select("space").distinct().to_pydict()["space"], "vectors")
    if space:
        return parse_space(space)
    return space_of(encoder) if encoder else Space(RECORDED, "none", _dimension(vectors))


def _rag_vectors(ids: pa.ChunkedArray, vectors: daft.DataFrame, space: Space) -> Ranges:
    """Return both vectors of every kept pair, for stores other than rag.sqlite."""
    kept = daft.from_arrow(pa.table({"pair_id": ids}))
    both = vectors.select("pair_id", *_VECTORS)
    parts = (
        between(kept, "pair_id", *limits).join(between(both, "pair_id", *limits), on="pair_id")
        for limits in limits_of(ids)
    )
    of_space = {"encoder": lit(space.encoder), "revision": lit(space.revision)}
    return Ranges(tuple(part.with_columns(of_space) for part in parts))


def _retrieval(
    pair_ids: list[str], rag: sqlite3.Connection, asker: Asker | None, language: str, count: int
) -> dict[str, float]:
    """Return how many of count kept pairs are found by their questions in other words."""
    asked = sampled(pair_ids, count)

    def find(question: str) -> list[Target]:
        return _targets(rag, "id", best_ids(rag, question, limit=AT, asker=asker))

    return {
        "retrieval_questions": len(asked),
        "retrieval_recall_at_10": recall(_targets(rag, "pair_id", asked), find, language),
    }


def _targets(rag: sqlite3.Connection, key: str, values: Sequence[str | int]) -> list[Target]:
    """Return the documents of the database whose key, a column, is among values."""
    query = (
        f"SELECT cluster_id, question FROM documents WHERE {key} IN "  # noqa: S608 - a name of ours
        "(SELECT value FROM json_each(?))"
    )
    return [Target(*row) for row in rag.execute(query, (orjson.dumps(values).decode(),))]


def _documents(examples: Scratch, vectors: daft.DataFrame) -> Iterator[pa.RecordBatch]:
    """Yield the rows of the RAG database, each with its vectors, null without; ordered as given."""
    both = vectors.select("pair_id", *_VECTORS)
    for table in filter(len, examples.tables()):
        ids = table["pair_id"]
        here = (col("pair_id") >= lit(ids[0].as_py())) & (col("pair_id") <= lit(ids[-1].as_py()))
        of_pairs = both.where(here).to_arrow().combine_chunks()
        places = pc.index_in(ids, of_pairs["pair_id"]).combine_chunks()
        texts = table.select([*DOCUMENT_COLUMNS, *METADATA_COLUMNS])
        for start in range(0, table.num_rows, _DOCUMENTS_AT_ONCE):
            batch = texts.slice(start, _DOCUMENTS_AT_ONCE)
            given = of_pairs.take(places.slice(start, _DOCUMENTS_AT_ONCE))
            for name in _VECTORS:
                batch = batch.append_column(name, given[name])
            yield from batch.combine_chunks().to_batches()
