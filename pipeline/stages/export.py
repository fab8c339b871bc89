"""Export: what others use - the splits, the data set card and the RAG database."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import daft
import pyarrow as pa
import pyarrow.compute as pc
from daft import DataType, col, lit

from pipeline.core.json_values import Json
from pipeline.core.memo import Memo
from pipeline.core.models import ModelFile
from pipeline.core.splits import IN_NO_SPLIT, SPLITS
from pipeline.domain.documents import NAMES
from pipeline.embedding.encoder import Encoder, Space, parse_space, space_of, the_one_space
from pipeline.embedding.encoders import RECORDED, encoder_of
from pipeline.rag.card import data_set_card
from pipeline.rag.columns import FIELDS
from pipeline.rag.contents import contents_metrics, contents_of
from pipeline.rag.database import DOCUMENT_COLUMNS, METADATA_COLUMNS, build
from pipeline.rag.meta import VectorMeta
from pipeline.rag.preferences import preferences_of
from pipeline.rag.recall import AT, Target, recall, sampled
from pipeline.rag.search import Asker, best_ids
from pipeline.rag.vectors import ROLES
from pipeline.secrets.masking import Mode, without_secrets
from pipeline.training.formats import training_files

SOURCES = DataType.list(
    DataType.struct({"agent": DataType.string(), "delivery": DataType.string()})
)
_OF_LETTERS = {"hashing"}
"""Encoders whose near vectors tell of letters alone: a question is not ranked by them."""

_DOCUMENTS_AT_ONCE = 1024

_TEXTS = ("question", "answer", "context", "topic", "tags", "citations", "aliases")
_OF_PREFERENCES = ("question", "context", "chosen", "rejected")


class Exported(NamedTuple):
    """What the export stage gives; field names are the file names' stems."""

    train: daft.DataFrame
    validation: daft.DataFrame
    test: daft.DataFrame
    preferences: daft.DataFrame
    training: dict[str, Iterator[Json] | Json]
    README: str
    rag: sqlite3.Connection
    rag_vectors: daft.DataFrame
    metrics: dict[str, float]


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
    examples = _examples(kept, assignments).sort("pair_id").collect()
    _check_conserved(kept, examples)
    _check_accepted(examples, include)
    copied = without_secrets(examples.to_arrow(), _TEXTS, secrets, memo)
    examples = daft.from_arrow(copied.table)
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
    rag = build(
        _documents(copied.table, vectors), about, language=language, chunk_chars=chunk_chars
    )
    asker = _asker(encoder, space)
    contents = contents_of(examples, split_metadata)._replace(secrets=copied.rows_with_secrets)
    compared = preferences_of(kept.select("pair_id", "origins").to_arrow(), copied.table)
    compared = without_secrets(compared, _OF_PREFERENCES, secrets, memo).table
    preferences = daft.from_arrow(compared)
    training = training_files(examples, preferences, formats, system_prompt)
    card = data_set_card(
        contents,
        names=names,
        dimension=dimension,
        provider=space.encoder,
        secrets=secrets,
        csv=csv,
        training=list(training),
        columns=examples.exclude("split").schema().to_pyarrow_schema(),
    )
    return Exported(
        train=_split(examples, "train"),
        validation=_split(examples, "validation"),
        test=_split(examples, "test"),
        preferences=preferences,
        training=training,
        README=card,
        rag=rag,
        rag_vectors=_rag_vectors(examples, vectors, space),
        metrics={
            **contents_metrics(contents, dimension),
            "preferences": compared.num_rows,
            "without_vector": examples.join(vectors, on="pair_id", how="anti").count_rows(),
            **_retrieval(examples, rag, asker, language, retrieval_questions),
        },
    )


def _examples(kept: daft.DataFrame, assignments: daft.DataFrame) -> daft.DataFrame:
    """Return the kept pairs with the fields of an example, in their order, and the split."""
    splits = assignments.select("pair_id", "split")
    return (
        kept.with_column("sources", sources(col("origins")))
        .select(*FIELDS)
        .join(splits, on="pair_id", how="left")
        .select(*FIELDS, "split")
    )


def _split(examples: daft.DataFrame, split: str) -> daft.DataFrame:
    """Return the examples of one split."""
    return examples.where(col("split") == lit(split)).exclude("split")


@daft.func.batch(return_dtype=SOURCES)
def sources(origins: daft.Series) -> pa.Array:
    """Return per pair who delivered it and in which delivery, each once, sorted."""
    rows: pa.Array = origins.to_arrow()
    flat = rows.flatten()
    agents = pc.struct_field(flat, "agent").to_pylist()
    deliveries = pc.struct_field(flat, "delivery").to_pylist()
    named = iter(zip(agents, deliveries, strict=True))
    counts = pc.fill_null(pc.list_value_length(rows), 0).to_pylist()
    return pa.array(
        [_named_once([next(named) for _ in range(count)]) for count in counts],
        type=SOURCES.to_arrow_dtype(),
    )


def _named_once(sources_of_pair: list[tuple[str, str]]) -> list[dict[str, str]]:
    """Return sources without repeats, sorted."""
    return [
        {"agent": agent, "delivery": delivery} for agent, delivery in sorted(set(sources_of_pair))
    ]


def _check_conserved(kept: daft.DataFrame, examples: daft.DataFrame) -> None:
    """Raise ValueError unless every kept pair has one split, or a reason to be in none."""
    before, after = kept.count_rows(), examples.count_rows()
    if before != after:
        raise ValueError(f"{before} kept pairs have {after} splits")
    unsplit = examples.where(col("split").is_null() | ~col("split").is_in([*SPLITS, *IN_NO_SPLIT]))
    if lost := unsplit.count_rows():
        raise ValueError(f"{lost} kept pairs are in none of the splits {', '.join(SPLITS)}")


def _check_accepted(examples: daft.DataFrame, include: str) -> None:
    """Raise ValueError where a split has a pair under review that it must not have."""
    doubted = (col("verdict") != lit("accept")) & col("split").is_in(list(SPLITS))
    if include == "accepted" and (found := examples.where(doubted).count_rows()):
        raise ValueError(f"{found} pairs under review are in a split: run split again")


def _dimension(vectors: daft.DataFrame) -> int:
    """Return how many numbers a vector has."""
    return int(vectors.schema().to_pyarrow_schema().field("document_vector").type.list_size)


def _space(vectors: daft.DataFrame, encoder: Encoder | None) -> Space:
    """Return the space of the vectors, the encoder's where there are none."""
    space = the_one_space(vectors.select("space").distinct().to_pydict()["space"], "vectors")
    if space:
        return parse_space(space)
    return space_of(encoder) if encoder else Space(RECORDED, "none", _dimension(vectors))


def _asker(encoder: Encoder | None, space: Space) -> Asker | None:
    """Return what encodes a question; None where vectors are recorded: words alone find then."""
    if encoder is None:
        return None
    made = encoder
    return Asker(space.encoder, space.revision, lambda text: made.encode([text], "question")[0])


def _rag_vectors(examples: daft.DataFrame, vectors: daft.DataFrame, space: Space) -> daft.DataFrame:
    """Return both vectors of every kept pair, for stores other than rag.sqlite."""
    of_pairs = vectors.select("pair_id", *(f"{role}_vector" for role in ROLES))
    return (
        examples.select("pair_id")
        .join(of_pairs, on="pair_id")
        .with_columns({"encoder": lit(space.encoder), "revision": lit(space.revision)})
    )


def _retrieval(
    examples: daft.DataFrame,
    rag: sqlite3.Connection,
    asker: Asker | None,
    language: str,
    count: int,
) -> dict[str, float]:
    """Return how many of count kept pairs are found by their questions in other words."""
    rows = examples.select("pair_id", "cluster_id", "question").sort("pair_id").to_pydict()
    targets = [Target(*row) for row in zip(*rows.values(), strict=True)]  # as their ids count
    asked = sampled(targets, count)

    def find(question: str) -> list[Target]:
        return [targets[found - 1] for found in best_ids(rag, question, limit=AT, asker=asker)]

    return {
        "retrieval_questions": len(asked),
        "retrieval_recall_at_10": recall(asked, find, language),
    }


def _documents(examples: pa.Table, vectors: daft.DataFrame) -> Iterator[pa.RecordBatch]:
    """Yield the rows of the RAG database, each with its vectors, null without; ordered as given."""
    names = [f"{role}_vector" for role in ROLES]
    of_pairs = vectors.select("pair_id", *names).to_arrow().combine_chunks()
    places = pc.index_in(examples["pair_id"], of_pairs["pair_id"]).combine_chunks()
    texts = examples.select([*DOCUMENT_COLUMNS, *METADATA_COLUMNS])
    for start in range(0, texts.num_rows, _DOCUMENTS_AT_ONCE):
        batch = texts.slice(start, _DOCUMENTS_AT_ONCE)
        given = of_pairs.take(places.slice(start, _DOCUMENTS_AT_ONCE))
        for name in names:
            batch = batch.append_column(name, given[name])
        yield from batch.combine_chunks().to_batches()
