"""What a delivery without pairs holds, and the one change that would make it read."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from pipeline.core.text import counted, excerpt
from pipeline.deliveries import intents_apart, keys, tables
from pipeline.deliveries.families import delimited
from pipeline.deliveries.records import (
    Document,
    JsonDocument,
    JsonLines,
    Refusal,
    TextDocument,
)
from pipeline.deliveries.streamed import is_list

_MOST_NAMED = 8
_MOST_DEPTH = 4
_LONGEST_NAMED_CHARS = 60


def seen(document: Document) -> str:
    """Return what stands in a document, and what would be read, in one sentence."""
    if isinstance(document, JsonDocument):
        return _value(document.value)
    if isinstance(document, JsonLines):
        first = next((v for _, v in document.lines if not isinstance(v, Refusal)), None)
        return f"lines of JSON, the first one {_value(first)}"
    return _text(document) if isinstance(document, TextDocument) else ""


def _value(value: Any) -> str:
    half = intents_apart.half_named(value)
    if half is not None:
        return half
    if isinstance(value, dict):
        message = value.get("error") or value.get("errors")
        if message:
            return f"an error message: {excerpt(str(message), 80)}"
        return f"an object with {_keys(value)}"
    if is_list(value):
        if not value:
            return "an empty list"
        first = value[0]
        inner = (
            f"whose first item is {_value(first)}"
            if isinstance(first, dict)
            else f"of {_kind(first)}"
        )
        return f"a list {inner}"
    return _kind(value)


def _keys(value: dict[str, Any]) -> str:
    if not value:
        return "no keys"
    names = ", ".join(repr(excerpt(key, 24)) for key in islice(value, _MOST_NAMED))
    more = f" and {len(value) - _MOST_NAMED} more" if len(value) > _MOST_NAMED else ""
    shown = f"keys {excerpt(names, _LONGEST_NAMED_CHARS)}{more}"
    if (inner := _first_below(value, 0)) is not None:
        return f"{shown}, below {excerpt(inner[0], 24)!r} {_keys(inner[1])}"
    roles = keys.roles_of(value)
    missing = "answer" if keys.having(roles, "question", 3) else "question"
    return f"{shown}: none is the {missing}; land with --map {missing}=KEY"


def _first_below(value: dict[str, Any], depth: int) -> tuple[str, dict[str, Any]] | None:
    """Return (key, first object) of a list of objects that an object holds, however deep."""
    for key, held in value.items():
        first = held[0] if is_list(held) and held else None
        if isinstance(first, dict) and first:
            return key, first
    for key, held in value.items() if depth < _MOST_DEPTH else ():
        if isinstance(held, dict) and (found := _first_below(held, depth + 1)) is not None:
            return f"{key}/{found[0]}", found[1]
    return None


def _kind(value: Any) -> str:
    return {str: "a text", list: "lists", bool: "true or false", type(None): "nothing"}.get(
        type(value), "a number"
    )


def _text(document: TextDocument) -> str:
    columns = delimited.seen_columns(document)
    if len(columns) > 1:
        return tables.columns_named(columns)
    if not document.head.strip():
        return "a page without text: save what it shows as text or as a table"
    lines = _count(line for line in document.head.split("\n") if line.strip())
    shown = excerpt(document.head.lstrip(), 40)
    change = "mark them with `Q:` and `A:`, or end headings in ?"
    return f"{counted(lines, 'line')} of text, {shown!r}: {change}"


def _count(items: Iterable[str]) -> int:
    return sum(1 for _ in items)
