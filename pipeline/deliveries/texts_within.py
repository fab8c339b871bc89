"""Texts of an object that hold pairs: with marks before them, or as JSON that a model wrote."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pipeline.deliveries import keys, marked_records
from pipeline.deliveries.embedded import values_in
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.marked_lines import marked_lines
from pipeline.deliveries.plain_pairs import Fields, Object, Records
from pipeline.deliveries.records import Record, Refusal, scalars

_JSON_STARTS = re.compile(r"\s{0,20}(?:```\w{0,10}\s{1,20})?[\[{]")
_FEWEST = 2
_PAGES = ("page_content", "text", "content", "document", "body", "chunk", "passage", "transcript")


def _page_of(fields: Fields) -> str | None:
    """Return the key of an object's text in which questions and answers are marked."""
    for key, value in fields.items():
        if isinstance(value, str) and keys.canonical(key) in _PAGES and ":" in value:
            sides = {mark.side for mark in marked_lines(value.split("\n"), value)}
            if sides == {"question", "answer"}:
                return key
    return None


def is_marked(fields: Fields, roles: Roles) -> bool:
    """Return whether a text of an object has marked questions and answers, and it no question."""
    return "question" not in roles and _page_of(fields) is not None


def marked(found: Object) -> Records:
    """Yield the pairs of a text with marks, each at its offset in it."""
    key = _page_of(found.fields)
    assert key is not None
    rest = {name: value for name, value in found.fields.items() if name != key}
    yield from marked_pairs(found.fields[key], f"{found.place}/{key}", rest, found.above)


def marked_pairs(text: str, place: str, rest: Fields, above: Mapping[str, Any]) -> Records:
    """Yield the pairs of a text with marks; rest goes into each, above encloses it."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    for record in marked_records.records_of(text):
        if isinstance(record, Refusal):
            yield record
            continue
        offset = starts[int(record.pointer.removeprefix("line ")) - 1]
        context = {**above, **record.context}
        yield Record(f"{place}@{offset}", {**rest, **record.fields}, context)


def is_all_marked(text: str) -> bool:
    """Return whether a text is marked pairs: as many answers as questions, two of each at least."""
    sides = Counter(mark.side for mark in marked_lines(text.split("\n"), text))
    return sides["question"] == sides["answer"] >= _FEWEST


_GENERATED = ("response", "output", "completion", "content", "generation", "text", "result")


def _generated_in(fields: Fields, roles: Roles) -> tuple[str, list[tuple[int, Any]]] | None:
    """Return the key of a text that begins as JSON does and holds pairs, with its values."""
    if keys.having(roles, "question", 1):
        return None
    for key in (*keys.having(roles, "answer", 3), *_GENERATED):
        text = fields.get(key)
        if isinstance(text, str) and _JSON_STARTS.match(text) and (found := values_in(text)):
            return key, found
    return None


def is_generated(fields: Fields, roles: Roles) -> bool:
    """Return whether what answers a prompt is pairs as JSON."""
    return _generated_in(fields, roles) is not None


def generated(found: Object) -> Records:
    """Yield the pairs that stand as JSON in a text, each at its place in it."""
    from pipeline.deliveries.envelopes import walk  # noqa: PLC0415 - it reads shapes

    held = _generated_in(found.fields, found.roles)
    assert held is not None
    above = {**found.above, **scalars(found.fields)}
    above.pop(held[0])
    for offset, value in held[1]:
        yield from walk(value, f"{found.place}/{held[0]}@{offset}", above)
