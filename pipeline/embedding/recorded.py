"""Vectors that a provider gave, found again by the text that they are of."""

import hashlib
from collections.abc import Callable
from typing import Any

import daft
import pyarrow as pa
from daft import DataType, col, lit

from pipeline.core.errors import UserError

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


def of_space(recorded: daft.DataFrame, space: str | None) -> daft.DataFrame:
    """Return key and vector of what was recorded in one space.

    space is `<encoder>/<revision>`; None stands for the only one that there is. A key that stands
    twice, as after a merge of two branches, has the vector that sorts first by the name of its
    part. Raises UserError where there is none, or where several are there and none is named:
    vectors of two spaces have nothing to do with each other.
    """
    there = sorted(recorded.select("space").distinct().to_pydict()["space"])
    if space is None and len(there) == 1:
        space = there[0]
    if space is None or space not in there:
        listed = ", ".join(there[:_NAMED]) or "none"
        wanted = f"{space!r} is not among" if space else "name one of"
        raise UserError(
            f"params.yaml: embed.space: {wanted} the recorded spaces ({listed}): `faucet embed"
            " collect` records vectors"
        )
    rows = recorded.where(col("space") == lit(space))
    first = rows.groupby("key").agg(col("part").min())
    return rows.join(first, on=["key", "part"]).select("key", "vector")


def _keys(role: str) -> Callable[..., Any]:
    @daft.func.batch(return_dtype=DataType.string(), batch_size=4096)
    def keys(texts: daft.Series) -> pa.Array:
        return pa.array([text_key(role, text) for text in texts.to_pylist()], pa.large_string())

    return keys
