"""Documents that are a list of objects: a JSON list, one object a line, or a single object."""

from collections.abc import Callable, Iterator
from typing import Any

from pipeline.deliveries import envelopes, keys
from pipeline.deliveries.records import (
    Document,
    Duplicated,
    JsonDocument,
    JsonLines,
    Record,
    Refusal,
    not_an_object,
)
from pipeline.deliveries.streamed import in_memory, is_list

_ENVELOPES = frozenset((*keys.LISTS, "sessions", "questions"))


def each_row(document: Document) -> Iterator[tuple[str, Any]]:
    """Yield (place, value) of each item or line; a document that is one object is one row."""
    if isinstance(document, JsonLines):
        for number, value in document.lines:
            yield f"line {number}", value
    elif isinstance(document, JsonDocument) and is_list(document.value):
        for position, value in enumerate(document.value):
            yield f"/{position}", value
    elif isinstance(document, JsonDocument) and isinstance(document.value, dict):
        yield "", document.value


def are_rows(document: Document, is_of_kind: Callable[[dict[str, Any]], bool]) -> bool:
    """Return whether a row is of a kind and no row has a question of its own.

    Where both stand together, rows are read as plain pairs, and the others are refused.
    """
    found = False
    for _, value in each_row(document):
        if isinstance(value, dict):
            if envelopes.has_field(value, keys.QUESTION) or not _ENVELOPES.isdisjoint(value):
                return False
            found = found or is_of_kind(value)
    return found


def each_mapped(
    document: Document, mapped: Callable[[str, dict[str, Any]], Iterator[Record | Refusal]]
) -> Iterator[Record | Refusal]:
    """Yield what mapped makes of each row, and a refusal for what is no object.

    An object that names a key twice goes on as it is, and is refused for that.
    """
    for place, value in each_row(document):
        if isinstance(value, Refusal):
            yield value
        elif isinstance(value, Duplicated):
            yield Record(place, value)
        elif isinstance(value, dict):
            yield from mapped(place, in_memory(value))
        else:
            yield not_an_object(place, value)


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return a row's other entries."""
    return {key: value for key, value in row.items() if key not in names}
