"""embed: pairs in; two unit vectors per pair, of its question and of the whole of it, out."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import daft
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from daft import col, lit

from pipeline.core.cores import forked
from pipeline.core.ids import content_digest
from pipeline.core.memo import Memo
from pipeline.core.models import ModelFile
from pipeline.core.ranges import Mapped, Ranges, ranges_of
from pipeline.embedding.encoder import Encoder, space_of
from pipeline.embedding.encoders import RECORDED, encoder_of
from pipeline.embedding.recorded import recorded_vectors
from pipeline.embedding.windows import document_vectors
from pipeline.quality.repaired import keyed_by_pair, keyed_by_text, with_repairs

_MADE_AT_ONCE = 1024  # texts

_PAIRS_AT_ONCE = 32_768
"""Pairs whose vectors are in memory at a time, 2 KB each and some copies."""


class Embedded(NamedTuple):
    """Two vectors per pair, each a fixed-size list of float32 of unit length, and their space."""

    vectors: Ranges
    metrics: dict[str, float]


def embed(
    pairs: daft.DataFrame,
    repairs: daft.DataFrame,
    encoders: Sequence[ModelFile],
    recorded: daft.DataFrame,
    *,
    encoder: str,
    model: str,
    windows: int,
    hashing: Mapping[str, int],
    memo: Memo,
) -> Embedded:
    """Return both vectors of every pair, computing only those of texts not seen before.

    question_vector is of the question alone, document_vector of the question with its answer: with
    the window of it that is nearest to the question, where the encoder does not take in all of it.
    The texts are those that are compared and exported: where repairs has a copy that is applied,
    the copy. Vectors are kept between runs by text, space, role and windows.

    With encoder "recorded" both are what a provider gave for the texts, looked up in recorded;
    model names the space then ("" the only one), and a pair without vectors has no row yet.

    encoders are the base's own models; encoder, model and hashing are params of
    pipeline.embedding.encoders.encoder_of; windows is how many windows of an answer are looked at.

    Raises UserError where there is no such encoder, model or recorded space.
    """
    if encoder == RECORDED:
        return _looked_up(with_repairs(pairs, repairs), recorded, model)
    params = {"encoder": encoder, "model": model, "hashing": dict(hashing)}
    models = tuple(encoders)
    made = encoder_of(params, models)
    space = str(space_of(made))
    asked = _maker(params, models, _of_questions)
    answered = _maker(
        params, models, lambda by, asked, given: document_vectors(by, asked, given, windows)
    )

    def vectors(some: daft.DataFrame) -> daft.DataFrame:
        texts = keyed_by_text(with_repairs(some, repairs)).with_column(
            "text_id", _ids(col("question"))
        )
        questions = memo.rows(
            "question_vectors",
            texts.groupby("text_id").agg(col("question").any_value()),
            lambda unseen: asked(unseen, "text_id", "question_vector", "question"),
            key="text_id",
            space=space,
        )
        documents = memo.rows(
            "document_vectors",
            texts.select("pair_id", "question", "answer"),
            lambda unseen: answered(unseen, "pair_id", "document_vector", "question", "answer"),
            space=space,
            windows=windows,
        )
        both = (
            texts.select("pair_id", "text_id")
            .join(questions, on="text_id")
            .join(documents, on="pair_id")
            .select("pair_id", "question_vector", "document_vector", lit(space).alias("space"))
        )
        return keyed_by_pair(both)

    parts = ranges_of(pairs, "pair_id", rows=_PAIRS_AT_ONCE).parts
    counted: dict[str, float] = {
        "pairs": pairs.count_rows(),
        "dimension": made.dimension,
        "without_vector": 0,
    }
    return Embedded(vectors=Ranges(Mapped(vectors, parts)), metrics=counted)


def _looked_up(texts: daft.DataFrame, recorded: daft.DataFrame, name: str) -> Embedded:
    """Return the recorded vectors of pairs, and how many pairs have none."""
    found, space = recorded_vectors(texts, recorded, name)
    vectors = found.with_column("space", lit(str(space))).collect()
    count = vectors.count_rows()
    counted: dict[str, float] = {
        "pairs": count,
        "dimension": space.dimension,
        "without_vector": texts.count_rows() - count,
    }
    return Embedded(vectors=ranges_of(vectors, "pair_id"), metrics=counted)


@daft.func.batch(return_dtype=daft.DataType.string())
def _ids(texts: daft.Series) -> pa.Array:
    """Return what each text is remembered by: its digest."""
    encoded = (text.encode("utf-8", "surrogatepass") for text in texts.to_pylist())
    return pa.array(list(map(content_digest, encoded)), pa.large_string())


def _of_questions(by: Encoder, questions: Sequence[str]) -> npt.NDArray[np.float32]:
    return by.encode(questions, "question")


def _maker(
    params: dict[str, Any], models: tuple[ModelFile, ...], make: Callable[..., Any]
) -> Callable[..., daft.DataFrame]:
    """Return what encodes columns of texts into one of vectors; workers make their own encoder."""
    dimension = encoder_of(params, models).dimension
    kind = pa.list_(pa.float32(), dimension)

    def made(table: daft.DataFrame, key: str, name: str, *columns: str) -> daft.DataFrame:
        def encode(*texts: list[str]) -> npt.NDArray[np.float32]:
            rows: npt.NDArray[np.float32] = make(encoder_of(params, models), *texts)
            return rows

        with forked(encode, table.count_rows()) as by_fork:

            @daft.func.batch(
                return_dtype=daft.DataType.from_arrow_type(kind), batch_size=_MADE_AT_ONCE
            )
            def vectors(*texts: daft.Series) -> pa.Array:
                rows = by_fork(*(column.to_pylist() for column in texts))
                return pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), dimension)

            return table.select(key, vectors(*map(col, columns)).alias(name)).collect()

    return made
