"""Vectors that a provider gave, found again by the text that they are of."""

import hashlib
from collections.abc import Callable
from typing import Any

import daft
import pyarrow as pa
import pyarrow.compute as pc
from daft import DataType, col, lit

from pipeline.core.errors import UserError
from pipeline.embedding.encoder import Space

ROLES = ("question", "document")
"""What a text is embedded as: a question alone, or a question with its answer."""

_KEY_HEX = 32
_JOINT = "\n\n"
_NAMED = 5


def role_text(role: str, question: str, answer: str) -> str:
    """Return the text of a pair in a role."""
    return question if role == "question" else f"{question}{_JOINT}{answer}"


def text_key(role: str, text: str) -> str:
    """Return what a text's vector is kept by: its role and 32 hex digits of its bytes' SHA-256.

    It is that of the whole text, as the data set has it: what is hidden or cut off before it is
    sent changes no key.
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{role}-{digest[:_KEY_HEX]}"


def texts_by_key(pairs: daft.DataFrame, role: str) -> daft.DataFrame:
    """Return pair_id, key and text of every pair in a role; pairs has question and answer."""
    text = col("question")
    if role != "question":
        text = col("question") + lit(_JOINT) + col("answer")
    return pairs.select(col("pair_id"), text.alias("text")).with_column(
        "key", _keys(role)(col("text"))
    )


def of_space(recorded: daft.DataFrame, name: str) -> daft.DataFrame:
    """Return key and vector of what was recorded in one space.

    name is `<encoder>/<revision>`; "" stands for the only one that there is. A key that stands
    twice, as after a merge of two branches, has the vector that sorts first by the name of its
    job. Raises UserError where there is none, or where several are there and none is named:
    vectors of two spaces have nothing to do with each other.
    """
    there = sorted(recorded.select("space").distinct().to_pydict()["space"])
    if not name and len(there) == 1:
        name = there[0]
    if name not in there:
        listed = ", ".join(there[:_NAMED]) or "none"
        wanted = f"{name!r} is not among" if name else "name one of"
        raise UserError(
            f"params.yaml: embed.model: {wanted} the recorded spaces ({listed}): `faucet embed"
            " collect` records vectors"
        )
    rows = recorded.where(col("space") == lit(name))
    first = rows.groupby("key").agg(col("job_id").min())
    return rows.join(first, on=["key", "job_id"]).select("space", "key", "vector")


def recorded_vectors(
    texts: daft.DataFrame, recorded: daft.DataFrame, name: str
) -> tuple[daft.DataFrame, Space]:
    """Return pair_id, question_vector and document_vector of texts, and the space they lie in.

    texts has pair_id, question and answer; recorded and name are those of of_space. A pair that
    lacks one of its vectors has no row. Where a space has vectors of one role alone, they
    stand for both.
    """
    rows = of_space(recorded, name).collect()
    space, dimension = _space(rows)
    kind = pa.list_(pa.float32(), dimension)
    fixed = rows.with_column("vector", _fixed(kind)(col("vector"))).select("key", "vector")
    roles = {key.partition("-")[0] for key in rows.select("key").to_pydict()["key"]}
    asked_for = [role for role in ROLES if role in roles]
    questions, documents = (_joined(texts, fixed, asked_for[place]) for place in (0, -1))
    both = questions.with_column_renamed("vector", "question_vector").join(
        documents.with_column_renamed("vector", "document_vector"), on="pair_id"
    )
    encoder, _, revision = space.rpartition("/")
    return both, Space(encoder, revision, dimension)


def _joined(texts: daft.DataFrame, vectors: daft.DataFrame, role: str) -> daft.DataFrame:
    keyed = texts_by_key(texts, role).select("pair_id", "key")
    return keyed.join(vectors, on="key").select("pair_id", "vector")


def _space(rows: daft.DataFrame) -> tuple[str, int]:
    """Return the name of the space of rows, at least one, and its dimension."""
    first = rows.limit(1).to_pydict()
    return first["space"][0], len(first["vector"][0])


def _fixed(kind: pa.DataType) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.from_arrow_type(kind))
    def fixed(vectors: daft.Series) -> pa.Array:
        numbers = pc.list_flatten(vectors.to_arrow()).cast(pa.float32())
        return pa.FixedSizeListArray.from_arrays(numbers, kind.list_size)

    return fixed


def _keys(role: str) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.string(), batch_size=4096)
    def keys(texts: daft.Series) -> pa.Array:
        return pa.array([text_key(role, text) for text in texts.to_pylist()], pa.large_string())

    return keys
