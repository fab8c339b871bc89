"""One pair a line (JSONL); a line that is no JSON is refused alone."""

from collections.abc import Iterator

from pipeline.deliveries import envelopes, keys
from pipeline.deliveries.records import (
    Document,
    JsonLines,
    Reading,
    Record,
    Refusal,
    not_an_object,
)

NAME = "json_lines"


def sniff(document: Document) -> bool:
    """Return whether document has lines and one of them has a question."""
    return isinstance(document, JsonLines) and any(
        envelopes.has_field(value, keys.QUESTION) for _, value in document.lines
    )


def read(document: Document) -> Reading:
    """Return one record per line."""
    assert isinstance(document, JsonLines)
    return Reading(_each_line(document))


def _each_line(document: JsonLines) -> Iterator[Record | Refusal]:
    for number, value in document.lines:
        place = f"line {number}"
        if isinstance(value, Refusal):
            yield value
        elif isinstance(value, dict):
            yield Record(place, value)
        else:
            yield not_an_object(place, value)
