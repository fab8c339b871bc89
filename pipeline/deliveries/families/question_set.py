"""`{"questions": ["...", ...]}`: questions that wait for answers; each is counted and refused."""

from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.deliveries import envelopes, keys
from pipeline.deliveries.records import (
    Document,
    JsonDocument,
    Reading,
    Record,
    Refusal,
    not_an_object,
    scalars,
)
from pipeline.deliveries.streamed import is_list

NAME = "question_set"


def sniff(document: Document) -> bool:
    """Return whether document is an object with a list of questions and no list of pairs."""
    if not isinstance(document, JsonDocument) or not isinstance(document.value, dict):
        return False
    listed = document.value.get("questions")
    return (
        is_list(listed)
        and any(_is_question(item) for item in listed)
        and envelopes.pair_list(document.value) is None
        and not envelopes.has_field(document.value, keys.QUESTION)
    )


def read(document: Document) -> Reading:
    """Return one record per question; an object that has an answer beside it is a pair."""
    assert isinstance(document, JsonDocument)
    context = scalars(document.value)
    records = _each_question(document.value["questions"], context)
    return Reading(records, envelopes.declared_count(document.value), context)


def _is_question(item: object) -> bool:
    return isinstance(item, str) or envelopes.has_field(item, keys.QUESTION)


def _each_question(listed: Iterable[Any], context: dict[str, Any]) -> Iterator[Record | Refusal]:
    for position, item in enumerate(listed):
        place = f"/questions/{position}"
        if isinstance(item, str):
            yield Record(place, {"question": item}, context)
        elif isinstance(item, dict):
            yield Record(place, item, context)
        else:
            yield not_an_object(place, item)
