"""`{"qa_pairs": [{"indicator": ..., "questions_answers": [{question, answer}, ...]}, ...]}`.

Each group speaks for its pairs before the enclosing object does.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.core.text import excerpt
from pipeline.deliveries import envelopes
from pipeline.deliveries.records import (
    Document,
    Duplicated,
    JsonDocument,
    Reading,
    Record,
    Refusal,
    each_record,
    escape_token,
    not_an_object,
    refused,
    scalars,
)
from pipeline.deliveries.streamed import has

NAME = "nested_lists"


def sniff(document: Document) -> bool:
    """Return whether document is an object whose list of pairs holds groups with lists."""
    if not isinstance(document, JsonDocument) or not isinstance(document.value, dict):
        return False
    listed = envelopes.pair_list(document.value)
    return listed is not None and has(listed[1], envelopes.is_group)


def read(document: Document) -> Reading:
    """Return one record per pair of each group, and each stray pair between the groups."""
    assert isinstance(document, JsonDocument)
    listed = envelopes.pair_list(document.value)
    assert listed is not None
    context = scalars(document.value)
    records = each_grouped(listed[1], f"/{escape_token(listed[0])}", context)
    return Reading(records, envelopes.declared_count(document.value), context)


def each_grouped(
    groups: Iterable[Any], pointer: str, context: Mapping[str, Any]
) -> Iterator[Record | Refusal]:
    """Yield the records of each group with the group's own scalars before the context's."""
    for position, group in enumerate(groups):
        place = f"{pointer}/{position}"
        if not isinstance(group, dict):
            yield not_an_object(place, group)
            continue
        if isinstance(group, Duplicated):
            told = f"key {excerpt(group.twice, 60)!r} stands twice"
            yield refused(place, "duplicate_key", told, dict(group))
            continue
        listed = envelopes.pair_list(group) if envelopes.is_group(group) else None
        if listed is None:
            yield Record(place, group, context)
        else:
            inner = {**context, **scalars(group)}
            yield from each_record(listed[1], f"{place}/{escape_token(listed[0])}", inner)
