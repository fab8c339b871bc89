"""What providers give back: lines in any order, and the vector or the reason in each.

One reader knows both forms, so that a file that somebody fetched by hand is read like one that
was collected: `{key, response | error}` (Gemini) and `{custom_id, response, error}` (OpenAI).
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from pipeline.core.json_values import Json

REASONS = {
    "refused": "the provider refused the request",
    "server_error": "the provider failed",
    "no_vector": "the answer has no vector",
    "no_answer": "the result holds no message",
    "unreadable": "the line of the answer cannot be read",
    "wrong_dimension": "the vector has another length than was asked for",
    "not_finite": "the vector holds numbers that are not finite",
    "zero_vector": "the vector is zero and has no direction",
    "other_model": "the vector is of another model than was asked for",
    "differs": "two answers to one request have different vectors",
    "part_missing": "it was collected, and its part is not here: bring it back from git or DVC",
    "over_limit": "the text is longer than the model takes",
}
"""Why what was asked for is not there."""

NOT_DONE = "not_done"
"""The reason of a request that the provider never came to: it counts as not asked."""

_NOT_DONE_CODES = frozenset({"batch_expired", "batch_cancelled"})
_FIRST_ERROR, _FIRST_SERVER_ERROR, _BUSY = 400, 500, 429

Vector = npt.NDArray[np.float32]


class EmbeddingResult(NamedTuple):
    """What one line says: a unit vector, or the reason that there is none; key None if unknown."""

    key: str | None
    vector: Vector | None
    reason: str = ""
    message: str = ""


class BatchAnswer(NamedTuple):
    """What one line answers: a body, or the reason that there is none; key None if unknown."""

    key: str | None
    body: Any
    reason: str = ""
    message: str = ""


def answers(lines: Iterable[bytes]) -> Iterator[BatchAnswer]:
    """Yield what each line of a file of results answers; empty lines answer nothing."""
    for line in lines:
        if line.strip():
            yield _line_answer(line)


def outcomes(lines: Iterable[bytes], *, dimension: int, model: str) -> Iterator[EmbeddingResult]:
    """Yield the vector, or the reason without one, in each line of a file of results."""
    for answer in answers(lines):
        yield _outcome(answer, dimension, model)


def unit_vector(numbers: Any, dimension: int) -> Vector | str:
    """Return numbers as a vector of length 1, or the reason why they are none.

    Providers that cut vectors off (Matryoshka) do not all scale what is left: here all are.
    """
    try:
        vector = np.asarray(_numbers(numbers), dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return "no_vector"
    if vector.shape != (dimension,):
        return "wrong_dimension" if vector.ndim == 1 and vector.size else "no_vector"
    if not np.isfinite(vector).all():
        return "not_finite"
    largest = np.abs(vector).max()
    if largest == 0:
        return "zero_vector"
    scaled = vector / largest  # so that no square leaves the range of numbers
    unit: Vector = (scaled / np.sqrt(np.square(scaled).sum())).astype(np.float32)
    return unit


def _numbers(numbers: Any) -> Any:
    """Return a list as an array, and base64 of float32 (OpenAI's other encoding) likewise."""
    if isinstance(numbers, list):
        found = np.asarray(numbers)
        if found.dtype.kind not in "iuf":
            raise TypeError("no list of numbers")
        return found
    if isinstance(numbers, str):
        try:
            return np.frombuffer(base64.b64decode(numbers, validate=True), dtype="<f4")
        except binascii.Error as fault:
            raise ValueError(str(fault)) from None
    raise TypeError("no list of numbers")


def _line_answer(line: bytes) -> BatchAnswer:
    value = _parsed(line)
    if not isinstance(value, dict):
        return BatchAnswer(None, None, "unreadable")
    key = value.get("key") or value.get("custom_id")
    if not isinstance(key, str):
        return BatchAnswer(None, None, "unreadable")
    body, fault = _answer(value)
    return BatchAnswer(key, body) if fault is None else BatchAnswer(key, None, *fault)


def _outcome(answer: BatchAnswer, dimension: int, model: str) -> EmbeddingResult:
    key, body = answer.key, answer.body
    if answer.reason:
        return EmbeddingResult(key, None, answer.reason, answer.message)
    if (named := _model(body)) is not None and not _is_same_model(named, model):
        return EmbeddingResult(key, None, "other_model", named[:80])
    made = unit_vector(_vector_of(body), dimension)
    return EmbeddingResult(key, None, made) if isinstance(made, str) else EmbeddingResult(key, made)


def _parsed(line: bytes) -> Any:
    """Return the value of a line, None where it has none.

    Bare NaN and Infinity, which are no JSON, are read as Python's and Google's writers give them:
    the vector is then refused as not finite, under its key.
    """
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _answer(value: Json) -> tuple[Any, tuple[str, str] | None]:
    """Return the body of an answer, or reason and message where it is an error."""
    response = value.get("response")
    status = response.get("status_code") if isinstance(response, dict) else None
    body = response.get("body") if isinstance(response, dict) and "body" in response else response
    error = value.get("error")
    if error is None and isinstance(body, dict):
        error = body.get("error")
    if error is not None or (isinstance(status, int) and status >= _FIRST_ERROR):
        return None, _fault(error if isinstance(error, dict) else {}, status)
    return body, None


_RPC_THEIRS = frozenset({1, 2, 4, 8, 10, 13, 14, 15})
"""Codes of google.rpc that are not the request's fault: cancelled, unknown, deadline, quota,
aborted, internal, unavailable, data loss."""


def _fault(error: Json, status: Any) -> tuple[str, str]:
    code, message = error.get("code"), str(error.get("message", ""))
    if str(code) in _NOT_DONE_CODES:
        return NOT_DONE, message
    number = status if isinstance(status, int) else code
    is_theirs = isinstance(number, int) and (number >= _FIRST_SERVER_ERROR or number == _BUSY)
    is_rpc = isinstance(code, int) and code in _RPC_THEIRS
    return "server_error" if is_theirs or is_rpc else "refused", message


def _model(answer: Any) -> str | None:
    named = answer.get("model") if isinstance(answer, dict) else None
    return named if isinstance(named, str) else None


def _is_same_model(named: str, asked: str) -> bool:
    """Return whether an answer's model is the one asked for; servers add a path or a date to it."""
    return asked.rpartition("/")[2] in named


def _vector_of(answer: Any) -> Any:
    if not isinstance(answer, dict):
        return None
    data = answer.get("data")
    if isinstance(data, list) and len(data) == 1 and isinstance(data[0], dict):
        return data[0].get("embedding")
    embedding = answer.get("embedding")
    return embedding.get("values") if isinstance(embedding, dict) else None
