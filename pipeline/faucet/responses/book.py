"""The book of answers: data/responses/<purpose>/<request_id>.json, one file an answer, in git.

A request is known by the digest of its model, its prompt, its params and its sample, so that the
same question is paid once whoever asks it, and whoever reads what came of it needs no server.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest
from pipeline.core.json_values import Json, compact, pretty
from pipeline.core.strict_json import BrokenJsonError, strict_json
from pipeline.core.validation import Validator
from pipeline.core.whole_file import whole_file
from pipeline.providers.chat import Outcome
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import RESPONSES, schema_path
from pipeline.workspace.workspace import Workspace

Purpose = Literal["generate", "judge", "repair"]
PURPOSES: tuple[Purpose, ...] = ("generate", "judge", "repair")
_MEND = "restore the file from git, or remove it: it is asked for again"


class Response(NamedTuple):
    """One answer with the request that it answers; schemas/response.schema.json has each field."""

    request_id: str
    when: str
    purpose: Purpose
    about: tuple[str, ...]
    order: int
    agent: str
    task_id: str | None
    provider: str
    model: str
    answered_by: str | None
    sample: int
    body: Json
    outcome: Outcome
    content: str
    tokens_in: int
    tokens_out: int
    is_estimated: bool
    usd: float


class Spent(NamedTuple):
    """What answers cost: requests, tokens of input and output, dollars."""

    requests: int = 0
    tokens: int = 0
    usd: float = 0.0

    def plus(self, response: Response) -> "Spent":
        """Return it with one more answer."""
        return self.plus_cost(1, response.tokens_in + response.tokens_out, response.usd)

    def plus_cost(self, requests: int, tokens: int, usd: float) -> "Spent":
        """Return it with so many requests more, of so many tokens and dollars."""
        return Spent(self.requests + requests, self.tokens + tokens, self.usd + usd)


def request_id(body: Json, sample: int) -> str:
    """Return the digest by which a request is known: 64 hex digits over its body and sample."""
    return content_digest(compact([body, sample]).encode())


def record(workspace: Workspace, response: Response) -> None:
    """Write an answer down, whole, before anything is made of it."""
    fault = _validator(workspace).first_fault(_as_json(response))
    if fault is not None:
        raise ValueError(f"an answer to {response.request_id}: {fault}")
    path = RESPONSES / response.purpose / f"{response.request_id}.json"
    write_bytes(workspace / path, pretty(_as_json(response)))


def recorded(workspace: Workspace, purpose: Purpose, key: str) -> Response | None:
    """Return the answer to a request, None where there is none yet.

    Raises UserError with file, field and rule where it cannot be read whole.
    """
    path = RESPONSES / purpose / f"{key}.json"
    content = whole_file(workspace.root, path)
    return None if content is None else _read(_validator(workspace), content, path.as_posix(), key)


def read_response(workspace: Workspace, path: Path) -> Response:
    """Return the answer in a file of the book; raises UserError as recorded does."""
    content = whole_file(workspace.root, path) or b""
    return _read(_validator(workspace), content, path.as_posix(), path.stem)


def responses(workspace: Workspace, *purposes: Purpose) -> Iterator[Response]:
    """Yield all answers of some purposes (of all without one), sorted by purpose and request.

    Raises UserError as recorded does.
    """
    fits = _validator(workspace) if (workspace / RESPONSES).is_dir() else None
    for purpose in purposes or PURPOSES:
        for path in sorted((workspace / RESPONSES / purpose).glob("[0-9a-f]*.json")):
            if fits is not None:
                place = RESPONSES / purpose / path.name
                content = whole_file(workspace.root, place) or b""
                yield _read(fits, content, place.as_posix(), path.stem)


def _as_json(response: Response) -> Json:
    return {**response._asdict(), "about": list(response.about)}


def _read(fits: Validator, content: bytes, place: str, key: str) -> Response:
    try:
        value: Any = strict_json(content)
    except BrokenJsonError as broken:
        raise UserError(f"{place}: {broken}: {_MEND}") from None
    fault = fits.first_fault(value)
    if fault is None and request_id(value["body"], value["sample"]) != key:
        fault = "field body: is not that of the request in its name"
    if fault is not None:
        raise UserError(f"{place}: {fault}: {_MEND}")
    return Response(**{**value, "about": tuple(value["about"])})


def _validator(workspace: Workspace) -> Validator:
    return Validator(orjson.loads((workspace / schema_path("response")).read_bytes()))
