"""The chat protocol of OpenAI, as most servers of models speak it: a request, and what came back.

An answer comes whole or as a stream of pieces; both are read into the same reply. What a model
says is data: it is never called, followed or run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import orjson

from pipeline.core.json_values import Json
from pipeline.providers.connection import Connection

_PATH = "/chat/completions"
_STREAM = "text/event-stream"
_DATA = b"data:"
_DONE = b"[DONE]"
_ENDS: Mapping[str, "Outcome"] = {
    "stop": "whole",
    "end_turn": "whole",
    "length": "cut",
    "max_tokens": "cut",
    "content_filter": "refused",
}

Outcome = Literal["whole", "cut", "refused", "empty"]
"""How an answer ended: by itself, at a limit of its length, with a refusal, without a word."""


@dataclass(frozen=True)
class ChatModel:
    """One entry of `models` in providers.yaml; the schema describes each field."""

    name: str
    base_url: str
    key: str | None
    model: str
    input_price: float
    output_price: float
    max_output_tokens: int
    limit_key: Literal["max_tokens", "max_completion_tokens"]
    params: Mapping[str, str | float | bool] = field(hash=False)
    asks_schema: bool
    asks_seed: bool
    streams: bool
    attempts: int
    wait_s: float
    longest_wait_s: float
    timeout_s: float
    batch_price_share: float
    requests_per_job: int
    megabytes_per_job: int
    settle_s: float
    protocol: str = "openai"


class Reply(NamedTuple):
    """What a model answered: its words, how they ended, what was billed (None: not told)."""

    content: str
    outcome: Outcome
    answered_by: str | None
    tokens_in: int | None
    tokens_out: int | None


def chat_body(
    model: ChatModel, messages: Sequence[Json], name: str, schema: Json, sample: int
) -> Json:
    """Return the body of a request whose answer is to be JSON of a schema that is called name.

    sample tells the same question asked again from the first time: it goes along as the seed.
    """
    body: Json = {"model": model.model, "messages": list(messages), **model.params}
    body[model.limit_key] = model.max_output_tokens
    if model.asks_seed:
        body["seed"] = sample
    if model.asks_schema:
        wanted = {"name": name, "strict": True, "schema": schema}
        body["response_format"] = {"type": "json_schema", "json_schema": wanted}
    if model.streams:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return body


def chat(connection: Connection, body: Json) -> Reply:
    """Return what a model answers to a body of chat_body.

    Raises UserError where the server refuses, is away, or is busy for longer than was to be
    waited (BusyError).
    """
    response = connection.send("POST", _PATH, json=body)
    is_stream = response.headers.get("content-type", "").startswith(_STREAM)
    pieces = _streamed(response.content) if is_stream else [_value(response.content)]
    return reply_of(pieces)


def reply_of(pieces: Iterable[Any]) -> Reply:
    """Return the reply that whole answers or pieces of a stream make together.

    One that never says how it ended was cut off. What is no answer of the protocol is passed over.
    """
    texts: list[str] = []
    end = answered_by = None
    refusal = ""
    usage: Json = {}
    for piece in (one for one in pieces if isinstance(one, dict)):
        choice = _first(piece.get("choices"))
        words = choice.get("message") or choice.get("delta")
        words = words if isinstance(words, dict) else {}
        texts.append(_text(words.get("content")))
        refusal += _text(words.get("refusal"))
        end = choice.get("finish_reason") or end
        answered_by = piece.get("model") or answered_by
        usage = piece["usage"] if isinstance(piece.get("usage"), dict) else usage
    content = "".join(texts)
    named = answered_by if isinstance(answered_by, str) else None
    counts = (_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens"))
    return Reply(content or refusal, _outcome(content, refusal, end), named, *counts)


def _outcome(content: str, refusal: str, end: Any) -> Outcome:
    if refusal:
        return "refused"
    ended = _ENDS.get(str(end), "cut" if end is None else "whole")
    return "empty" if ended == "whole" and not content.strip() else ended


def _streamed(content: bytes) -> Iterable[Any]:
    """Yield the values of a stream of events; comments and what is no JSON are passed over."""
    for line in content.splitlines():
        data = line.removeprefix(_DATA).strip()
        if line.startswith(_DATA) and data != _DONE:
            yield _value(data)


def _value(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return None


def _first(choices: Any) -> Json:
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}


def _text(value: Any) -> str:
    """Return the text of a message: a text, or a list of parts with texts."""
    if isinstance(value, list):
        return "".join(_text(part.get("text")) for part in value if isinstance(part, dict))
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None
