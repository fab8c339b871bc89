"""What reading a delivery gives: records with their place, or a refusal with its reason."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.core.text import excerpt


class Duplicated(dict[str, Any]):
    """A JSON object that named a key twice; it holds the last value, `twice` the key."""

    twice: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused record, or a whole delivery when pointer is empty.

    reason is a key of REASONS, message one sentence that names place, field and rule, raw what
    was refused (a JSON value, or text where it could not be parsed, None for a whole delivery).
    """

    pointer: str
    reason: str
    message: str
    raw: Any = None


@dataclass(frozen=True, slots=True)
class Record:
    """One delivered record: its place, its fields as delivered, and what encloses it.

    pointer is an RFC 6901 pointer, behind "line N" in a JSONL file. context holds the scalars
    of the enclosing objects, inner ones before outer ones.
    """

    pointer: str
    fields: Mapping[str, Any]
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A delivery that is one JSON value."""

    value: Any


@dataclass(frozen=True, slots=True)
class JsonLines:
    """A delivery of one JSON value a line; each entry is (line number from 1, value)."""

    lines: list[tuple[int, Any]]


Document = JsonDocument | JsonLines


@dataclass(frozen=True, slots=True)
class Reading:
    """What a family made of a document.

    declared is the number of pairs that the delivery claims to hold, None where it claims none.
    """

    records: Iterator[Record | Refusal]
    declared: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)


def scalars(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of an object that are strings or numbers: what it says of its records."""
    return {key: item for key, item in value.items() if isinstance(item, (str, int, float))}


def escape_token(key: str) -> str:
    """Return a key as a reference token of an RFC 6901 pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def each_record(
    items: list[Any], pointer: str, context: Mapping[str, Any]
) -> Iterator[Record | Refusal]:
    """Yield one record per object of a list, and a refusal for what is no object."""
    for position, item in enumerate(items):
        place = f"{pointer}/{position}"
        if isinstance(item, dict):
            yield Record(place, item, context)
        else:
            got = excerpt(repr(item), 60)
            yield Refusal(
                place, "not_an_object", f"{place}: a record must be an object, got {got}", item
            )
