"""JSON of any envelope and shape, in one value or one value a line.

What the accounting calls it follows from what is found: `pair_list`, `bare_list`, `json_lines` ...
for plain pairs, the shape's name for all else (shapes.py).
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from pipeline.deliveries import envelopes, frames, keys, message_rows, shapes
from pipeline.deliveries.records import (
    Document,
    FamilyReading,
    JsonDocument,
    JsonLines,
    Record,
    Refusal,
    not_an_object,
    scalars,
)
from pipeline.deliveries.streamed import has, is_list

NAME = "json_rows"

_PLAIN = ("plain", "multiple_choice")
_MOST_LOOKED_AT = 10_000


def sniff(document: Document) -> bool:
    """Return whether records stand in the document."""
    if isinstance(document, JsonDocument):
        return envelopes.holds_records(document.value) or _is_question_set(document.value)
    return isinstance(document, JsonLines) and (
        any(envelopes.holds_records(value) for _, value in document.lines)
        or _is_talk(document)
        or _is_of_rows(document)
        or _is_broken(document)
    )


def read(document: Document) -> FamilyReading:
    """Return the records of the document, with what encloses them."""
    if isinstance(document, JsonLines):
        return _read_lines(document)
    assert isinstance(document, JsonDocument)
    value = document.value
    family, shape = _named(value)
    context = scalars(value) if isinstance(value, dict) and family != "single_pair" else {}
    declared = envelopes.declared_count(value) if isinstance(value, dict) else None
    mapping = (*document.notes, *(shape.mapping if shape else ()))
    records = _with_cut(envelopes.walk(value, "", {}), document.cut)
    return FamilyReading(records, declared, context, mapping, family)


def _is_broken(document: JsonLines) -> bool:
    """Return whether no line is JSON, so that each is refused with its own fault."""
    return bool(len(document.lines)) and all(isinstance(v, Refusal) for _, v in document.lines)


def _is_of_rows(document: JsonLines) -> bool:
    """Return whether lines are the rows of a table: lists of texts, below a header or without."""
    values = (value for _, value in document.lines if not isinstance(value, Refusal))
    first = next(values, None)
    if not isinstance(first, list):
        return False
    if frames.is_header_row(first):
        return all(isinstance(value, list) for value in values)
    return frames.is_asked_row(first) and all(map(frames.is_asked_row, values))


def _each_row(document: JsonLines) -> Iterator[Record | Refusal]:
    """Yield the records of lines that are rows; the first one may be their header."""
    header: list[str] | None = None
    for number, value in document.lines:
        if isinstance(value, Refusal):
            yield value
        elif header is None and frames.is_header_row(value):
            header = value
        else:
            header = header or ["question", "answer"]
            yield from frames.rows_of(f"line {number}", header, value, {})


def _with_cut(
    records: Iterator[Record | Refusal], cut: Refusal | None
) -> Iterator[Record | Refusal]:
    yield from records
    if cut is not None:
        yield cut


def _is_question_set(value: Any) -> bool:
    return (
        isinstance(value, dict) and bool(envelopes.sections_of(value)) and not shapes.is_row(value)
    )


def _named(value: Any) -> tuple[str, shapes.Shape | None]:
    """Return what the accounting calls a value, and the shape of its first record."""
    first = _first_row(value, 0)
    shape = shapes.shape_of(first) if first is not None else None
    if shape is not None and shape.name not in _PLAIN:
        return shape.name, shape
    if is_list(value):
        return ("bare_list" if first is not None else "conversation"), shape
    if first is value:
        return "single_pair", shape
    sections = envelopes.sections_of(value)
    if len(sections) != 1:
        return ("envelope" if sections else "columns"), shape
    key, item = sections[0]
    name = keys.canonical(key)
    if name in keys.LISTS and is_list(item):
        return ("nested_lists" if has(item, _is_group) else "pair_list"), shape
    return {"sessions": "sessions", "questions": "question_set"}.get(name, "envelope"), shape


def _is_group(item: object) -> bool:
    return isinstance(item, dict) and not shapes.is_row(item) and envelopes.holds_records(item)


def _first_row(value: Any, depth: int) -> dict[str, Any] | None:
    if isinstance(value, dict):
        if shapes.is_row(value):
            return value
        items: Any = value.values()
    elif is_list(value):
        items = value
    else:
        return None
    most_depth = 6
    if depth > most_depth:
        return None
    looked = zip(range(_MOST_LOOKED_AT), items, strict=False)
    found = (_first_row(item, depth + 1) for _, item in looked if not isinstance(item, (str, int)))
    return next((row for row in found if row is not None), None)


# --- one value a line


def _read_lines(document: JsonLines) -> FamilyReading:
    first = next((v for _, v in document.lines if envelopes.holds_records(v)), None)
    if first is None and _is_of_rows(document):
        return FamilyReading(_each_row(document), family="json_lines")
    if first is None and not _is_talk(document):
        return FamilyReading(_each_line(document), family="json_lines")
    if first is None:
        return FamilyReading(
            _each_talk(document),
            None,
            {},
            ("answer <- assistant turns", "question <- user turns"),
            "message_lines",
        )
    row = _first_row(first, 0)
    shape = shapes.shape_of(row) if row else None
    if shape is None or shape.name in _PLAIN:
        return FamilyReading(
            _each_line(document), family="json_lines" if isinstance(first, dict) else "conversation"
        )
    return FamilyReading(_each_line(document), None, {}, shape.mapping, shape.name)


def _each_line(document: JsonLines) -> Iterator[Record | Refusal]:
    for number, value in document.lines:
        place = f"line {number}"
        if isinstance(value, Refusal):
            yield value
        elif isinstance(value, dict):
            yield from _of_object(value, place)
        elif isinstance(value, list) and envelopes.holds_records(value):
            yield from envelopes.walk(value, place, {})
        else:
            yield not_an_object(place, value)


def _of_object(value: dict[str, Any], place: str) -> Iterator[Record | Refusal]:
    rows = shapes.row_of(place, value, {})
    if rows is not None:
        yield from rows
    elif envelopes.holds_records(value):
        yield from envelopes.walk(value, place, {})
    else:
        yield Record(place, value, {})


def _is_talk(document: JsonLines) -> bool:
    """Return whether lines are messages of two sides, one a line."""
    return message_rows.hold_both_sides(value for _, value in document.lines)


def _each_talk(document: JsonLines) -> Iterator[Record | Refusal]:
    """Yield the pairs of each conversation."""
    rows = ((f"line {number}", value) for number, value in document.lines)
    for name, messages in groupby(rows, message_rows.conversation_of):
        yield from message_rows.each_pair(name, messages)
