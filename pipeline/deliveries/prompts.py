"""Prompts of batch requests, and the pairs that stand in their text."""

from collections.abc import Iterator
from typing import Any

from pipeline.deliveries import envelopes, keys
from pipeline.deliveries.json_text import arrays_in
from pipeline.deliveries.lines import lines_naming
from pipeline.deliveries.records import JsonLines, Record, Refusal, each_record


def each_prompt(document: JsonLines) -> Iterator[tuple[str, str]]:
    """Yield (pointer, text) of each line's prompt."""
    for number, value in lines_naming(document.lines, "request", "body"):
        found = prompt_of(value)
        if found is not None:
            yield f"line {number}{found[0]}", found[1]


def prompt_of(line: Any) -> tuple[str, str] | None:
    """Return (pointer, text) of a request's prompt, None where the line is no request.

    Two spellings: request.contents[].parts[].text and body.messages[].content.
    """
    if not isinstance(line, dict) or "response" in line:  # a result quotes its request
        return None
    texts = [*_parts(line.get("request")), *_messages(line.get("body"))]
    return max(texts, key=lambda found: len(found[1]), default=None)


def arrays_of_pairs(text: str) -> list[tuple[int, list[Any]]]:
    """Return (offset, array) of the arrays in a prompt in which an object is a pair."""
    return [
        (offset, array)
        for offset, array in arrays_in(text)
        if any(
            envelopes.has_field(item, keys.QUESTION) and envelopes.has_field(item, keys.ANSWER)
            for item in array
        )
    ]


def pairs_in(text: str, place: str) -> Iterator[Record | Refusal]:
    """Yield the records of all arrays of pairs in a prompt."""
    for offset, array in arrays_of_pairs(text):
        yield from each_record(array, f"{place}@{offset}", {})


def _parts(request: Any) -> Iterator[tuple[str, str]]:
    contents = request.get("contents") if isinstance(request, dict) else None
    for i, content in enumerate(contents if isinstance(contents, list) else []):
        parts = content.get("parts") if isinstance(content, dict) else None
        for k, part in enumerate(parts if isinstance(parts, list) else []):
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                yield f"/request/contents/{i}/parts/{k}/text", part["text"]


def _messages(body: Any) -> Iterator[tuple[str, str]]:
    messages = body.get("messages") if isinstance(body, dict) else None
    for i, message in enumerate(messages if isinstance(messages, list) else []):
        if isinstance(message, dict) and isinstance(message.get("content"), str):
            yield f"/body/messages/{i}/content", message["content"]
