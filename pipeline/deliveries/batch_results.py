"""Results of batch APIs: an answer with its request beside it, or an answer that holds pairs.

OpenAI `response.body`, Anthropic `result.message`, Gemini and Vertex `response.candidates`, and a
logged chat completion. Without its request an answer is no pair, unless pairs stand in its text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

from pipeline.core.json_values import compact
from pipeline.deliveries import exchanges, texts_within, turn_lists, turns
from pipeline.deliveries.embedded import values_in
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.records import Record, Refusal, refused
from pipeline.deliveries.turns import Turn

if TYPE_CHECKING:
    from pipeline.deliveries.plain_pairs import Object

_REQUESTS = (
    *("request", "body", "params", "input", "kwargs", "instance", "modelInput"),
    *("request_body", "requestBody"),
)
_ASKING = ("body", "params", "request", "modelInput")
_RESPONSES = ("response", "response_body", "responseBody")
_ANSWERED = (*_RESPONSES, "result", "error", "modelOutput")
_LOGGED = ("inputBodyJson", "outputBodyJson")
"""Where Amazon's invocation log keeps the request, and the result, below input and output."""
_SYSTEM = ("system", "systemInstruction", "system_instruction", "instructions")
_CALLS, _ARGUMENTS = ("function", "functionCall", "toolUse"), ("arguments", "args", "input")
"""Where a call of a tool stands, and what it is given: OpenAI's, Gemini's, Anthropic's."""
_SHOWN = 60


def is_result(fields: Mapping[str, Any], roles: Roles) -> bool:
    """Return whether an object is what a batch API, or a logged call, gives back."""
    del roles
    return _message(fields) is not None or _failure(fields) is not None


def read(found: "Object") -> Iterator[Record | Refusal]:
    """Yield the pairs in the answer's text, else the request's question with the answer."""
    fields, place = found.fields, found.place
    failure = _failure(fields)
    if failure is not None:
        yield refused(place, "no_answer", f"the batch request failed: {failure}", dict(fields))
        return
    message = _message(fields)
    assert message is not None
    text = turns.text_of(message)
    held = values_in(text or _given_to_tools(message))
    if held:
        yield from _written(held, found)
        return
    asked = _asked(fields, place)
    if not asked and texts_within.is_all_marked(text):
        yield from texts_within.marked_pairs(text, place, {}, found.above)
        return
    if not asked:
        lacking = (
            f"result {str(id_of(fields))[:_SHOWN]!r} without its request: deliver the requests too,"
            " beside it or in one ZIP with it; a run joins them by this id"
        )
        yield refused(place, "no_request", lacking, dict(fields))
        return
    read = (*_REQUESTS, *_ANSWERED, *(("output",) if _logged(fields, "output") else ()))
    extra = {k: v for k, v in fields.items() if k not in read}
    conversation = [*asked, Turn(f"{place}/response", "assistant", text)]
    yield from exchanges.pairs_of(conversation, extra, place, found.above)


def _given_to_tools(message: Any) -> str:
    """Return what a model gave to tools instead of saying it, as JSON, one call a line."""
    calls = [part for part in message if isinstance(part, dict)] if _is_list(message) else []
    given = []
    for call in calls:
        held = next((call[name] for name in _CALLS if isinstance(call.get(name), dict)), call)
        arguments = next((held[name] for name in _ARGUMENTS if held.get(name)), None)
        if isinstance(arguments, dict):
            given.append(compact(arguments))
        elif isinstance(arguments, str):
            given.append(arguments)
    return "\n".join(given)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _written(held: list[tuple[int, Any]], found: "Object") -> Iterator[Record | Refusal]:
    """Yield the records of the values that a model wrote, whatever encloses them in its text."""
    from pipeline.deliveries.envelopes import walk  # noqa: PLC0415 - it reads shapes, which read us

    for offset, value in held:
        place = f"{found.place}@{offset}"
        for record in walk(value if isinstance(value, list) else [value], place, found.above):
            if isinstance(record, Refusal) and not record.pointer.startswith(place):
                yield replace(record, pointer=place, message=f"{place}: {record.message}")
            else:
                yield record


def id_of(fields: Mapping[str, Any]) -> str | None:
    """Return the id that a request and its result share, None where there is none."""
    number = fields.get("custom_id", fields.get("key", fields.get("recordId")))
    return number if isinstance(number, str) and number else None


def request_in(fields: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a request asks of the model, None where an object is no request."""
    asked = next((fields[name] for name in _ASKING if isinstance(fields.get(name), dict)), None)
    conversation = _asked({"request": asked}, "") if asked is not None else []
    return asked if conversation and conversation[-1].role == "user" else None


def is_request(fields: Mapping[str, Any], roles: Roles) -> bool:
    """Return whether an object is a request to a batch API, without its result."""
    del roles
    is_answered = any(name in fields for name in _ANSWERED)
    return id_of(fields) is not None and not is_answered and request_in(fields) is not None


def read_request(found: "Object") -> Iterator[Refusal]:
    """Yield the refusal of a request: its result becomes a pair, itself it is none."""
    shown = str(id_of(found.fields))[:_SHOWN]
    message = (
        f"request {shown!r} of a batch: the pair comes with its result, once that is delivered"
    )
    yield refused(found.place, "batch_request", message, dict(found.fields))


def _failure(fields: Mapping[str, Any]) -> str | None:
    result = fields.get("result")
    if isinstance(result, dict) and result.get("type") in ("errored", "expired", "canceled"):
        return str(result.get("type"))
    error = fields.get("error")
    if error and "custom_id" in fields and not fields.get("response"):
        return str(error)[:_SHOWN]
    return None


def _message(fields: Mapping[str, Any]) -> Any:
    """Return what the model said: a text or the parts of a message."""
    result = fields.get("result")
    if isinstance(result, dict) and isinstance(result.get("message"), dict):
        return result["message"].get("content")
    by_bedrock = fields.get("modelOutput") or _logged(fields, "output")
    if isinstance(by_bedrock, dict):
        return _of_bedrock(by_bedrock)
    for held in (*(fields.get(name) for name in _RESPONSES), fields):
        if not isinstance(held, dict):
            continue
        body = held.get("body")
        found = _in_body(body if isinstance(body, dict) else held)
        if found is not None:
            return found
    return None


def _logged(fields: Mapping[str, Any], name: str) -> Any:
    """Return the body that Amazon's invocation log keeps below `input` or `output`."""
    held = fields.get(name)
    found = (held.get(key) for key in _LOGGED) if isinstance(held, dict) else ()
    return next((body for body in found if isinstance(body, dict)), None)


def _of_bedrock(body: Mapping[str, Any]) -> Any:
    """Return what a model of Amazon's batch inference said, in the words of its maker."""
    output = body.get("output")
    if isinstance(output, dict) and isinstance(output.get("message"), dict):
        return output["message"].get("content")
    results = body.get("results")
    if isinstance(results, list) and results and isinstance(results[0], dict):
        return results[0].get("outputText")
    names = ("content", "generation", "completion", "outputText", "text")
    return next((body[name] for name in names if body.get(name)), None) or _in_body(body)


def _in_body(body: Mapping[str, Any]) -> Any:
    choices = body.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        message = choices[0].get("message")
        if isinstance(message, dict):
            return message.get("content") or message.get("tool_calls")
        is_answer = "finish_reason" in choices[0] and isinstance(choices[0].get("text"), str)
        return choices[0]["text"] if is_answer else None
    candidates = body.get("candidates")
    if isinstance(candidates, list) and candidates and isinstance(candidates[0], dict):
        content = candidates[0].get("content")
        return content.get("parts") if isinstance(content, dict) else None
    output = body.get("output")
    if isinstance(output, list) and ("status" in body or body.get("object") == "response"):
        conversation = [
            o.get("content") for o in output if isinstance(o, dict) and o.get("type") == "message"
        ]
        return conversation[0] if conversation else None
    return None


def _with_roles(listed: Any) -> Any:
    """Return Gemini's contents, of which one without a role is the user's."""
    if not isinstance(listed, list):
        return listed
    return [
        {"role": "user", **one} if isinstance(one, dict) and "parts" in one else one
        for one in listed
    ]


def _asked(fields: Mapping[str, Any], place: str) -> list[Turn]:
    """Return the turns of the request that stands beside a result."""
    for name in (*_REQUESTS, ""):
        held = fields.get(name) if name else fields
        if isinstance(held, dict) and isinstance(held.get("body"), dict):
            held = held["body"]
        held = _logged(fields, name) or held
        if not isinstance(held, dict):
            continue
        below = f"{place}/{name}" if name else place
        system = next((held[key] for key in _SYSTEM if held.get(key)), None)
        lead = [Turn(f"{below}/system", "system", text)] if (text := turns.text_of(system)) else []
        for key in ("messages", "contents", "input", "prompt", "inputText"):
            value = held.get(key)
            if isinstance(value, str) and name:
                return [*lead, Turn(f"{below}/{key}", "user", value)]
            conversation = turn_lists.turns_in(_with_roles(value), f"{below}/{key}")
            if conversation:
                return [*lead, *conversation]
    return []
