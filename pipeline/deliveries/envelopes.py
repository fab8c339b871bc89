"""Where records stand in a JSON value: one walk through whatever encloses them.

A value is a record, a list of records, or an object around them: by name of a list, by id, by
topic, as lists of columns, as pandas writes a frame. What encloses records speaks for them where
they are silent (its scalars, and the key of a topic or a split); other parts are not records.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.core.text import excerpt
from pipeline.deliveries import keys, shapes, turns
from pipeline.deliveries.records import (
    Duplicated,
    Record,
    Refusal,
    escape_token,
    not_an_object,
    refused,
    scalars,
)
from pipeline.deliveries.streamed import has, in_memory, is_list

_MOST_DEPTH = 6
_MOST_LOOKED_AT = 200
_FEWEST = 2
_SPLITS = frozenset(("train", "test", "validation", "dev", "eval", "val", "training"))
_LONGEST_TOPIC_CHARS = 300

Records = Iterator[Record | Refusal]


def declared_count(value: Mapping[str, Any]) -> int | None:
    """Return how many pairs an object claims to hold, looking one level into its metadata."""
    for scope in (value, *(v for v in value.values() if isinstance(v, dict))):
        for key in keys.DECLARED:
            count = scope.get(key)
            if isinstance(count, int) and not isinstance(count, bool):
                return count
    return None


def has_field(value: object, names: tuple[str, ...]) -> bool:
    """Return whether an object has one of the named keys in any spelling."""
    return isinstance(value, dict) and any(keys.canonical(key) in names for key in value)


def holds_records(value: object, depth: int = 0) -> bool:
    """Return whether records stand in a value, as deep as they are looked for."""
    if depth > _MOST_DEPTH:
        return False
    if isinstance(value, dict):
        return (
            shapes.is_row(value)
            or _is_table(value)
            or any(holds_records(item, depth + 1) for item in _first(value.values()))
        )
    return is_list(value) and (
        has(value, shapes.is_row)
        or any(holds_records(item, depth + 1) for item in _first(value) if not _is_text(item))
        or _is_talk(value)
        or _is_text_table(value)
    )


def walk(value: Any, place: str, above: Mapping[str, Any], key: str = "") -> Records:
    """Yield the records of a value; above is what encloses it, key the name that it has there."""
    if isinstance(value, dict):
        yield from _in_object(value, place, above)
    elif is_list(value):
        yield from _in_list(value, place, above, key)


def _first(items: Iterable[Any]) -> Iterator[Any]:
    for _, item in zip(range(_MOST_LOOKED_AT), items, strict=False):
        yield item


def _is_text(value: object) -> bool:
    return isinstance(value, (str, int, float))


# --- lists


def _in_list(listed: Sequence[Any], place: str, above: Mapping[str, Any], key: str) -> Records:
    is_of_rows = has(listed, shapes.is_row)
    if not is_of_rows and isinstance(listed, list):
        if _is_talk(listed):
            conversation = turns.turns_in(listed, place) or []
            yield from turns.pairs_of(conversation, {}, place, above)
            return
        if _is_text_table(listed):
            yield from _text_table(listed, place, above)
            return
    for position, item in enumerate(listed):
        spot = f"{place}/{position}"
        if isinstance(item, dict):
            yield from _in_object(item, spot, above, is_item=True)
        elif isinstance(item, str) and keys.canonical(key) == "questions":
            yield Record(spot, {"question": item}, above)
        elif isinstance(item, list) and not is_of_rows and holds_records(item):
            yield from _in_list(item, spot, above, "")
        elif isinstance(item, Refusal):
            yield item
        else:
            yield not_an_object(spot, item)


def _is_talk(listed: Any) -> bool:
    """Return whether a list is the messages of one conversation."""
    if not isinstance(listed, list) or not any(isinstance(item, dict) for item in listed[:_FEWEST]):
        return False
    found = turns.turns_in(listed, "")
    return found is not None and {"user", "assistant"} <= {turn.role for turn in found}


def _is_text_table(listed: Any) -> bool:
    """Return whether a list is rows of texts below a header, or questions with their answers."""
    if not isinstance(listed, list) or not all(isinstance(row, list) for row in listed):
        return False
    if len(listed) > 1 and _is_header(listed[0]):
        return True
    return bool(listed) and all(
        len(row) == _FEWEST and all(isinstance(cell, str) for cell in row) and _asks(row[0])
        for row in listed
    )


def _is_header(row: list[Any]) -> bool:
    if not all(isinstance(cell, str) for cell in row):
        return False
    return shapes.is_row(dict.fromkeys(row, "?"))


def _asks(text: str) -> bool:
    return text.rstrip("*_ \t\n").endswith(("?", "\uff1f"))


def _text_table(listed: list[list[Any]], place: str, above: Mapping[str, Any]) -> Records:
    header, start = (listed[0], 1) if _is_header(listed[0]) else (["question", "answer"], 0)
    for position, row in enumerate(listed[start:], start):
        yield from rows_of(f"{place}/{position}", header, row, above)


def rows_of(
    place: str, header: Sequence[str], row: Sequence[Any], above: Mapping[str, Any]
) -> Records:
    """Yield the records of a row below its header; more cells than headers are refused."""
    if len(row) > len(header):
        message = f"{len(row)} cells, the header has {len(header)}"
        yield refused(place, "ragged_row", message, list(row))
        return
    fields = {k: v for k, v in zip(header, row, strict=False) if v not in (None, "")}
    if fields:
        yield from shapes.records_of(place, fields, above)


# --- objects


def _in_object(
    value: dict[str, Any], place: str, above: Mapping[str, Any], *, is_item: bool = False
) -> Records:
    if isinstance(value, Duplicated):
        message = f"key {excerpt(value.twice, 60)!r} stands twice"
        yield refused(place, "duplicate_key", message, dict(in_memory(value)))
        return
    if shapes.is_row(value):
        yield from shapes.records_of(place, value, above)
        return
    inner = {**above, **scalars(value)}
    if _is_table(value):
        yield from _rows_of_columns(in_memory(value), place, inner)
        return
    sections = sections_of(value)
    if not sections:
        if is_item:
            yield Record(place, value, above)
        return
    by_id = sum(isinstance(item, dict) and shapes.is_row(item) for _, item in sections)
    for key, item in sections:
        spot = f"{place}/{escape_token(key)}"
        name = keys.canonical(key)
        if isinstance(item, dict) and by_id and shapes.is_row(item):
            held = (
                item
                if name in keys.ENVELOPES or "original_id" in keys.roles_of(item)
                else {**item, "id": key}
            )
            yield from _in_object(held, spot, inner)
        elif name in _SPLITS:
            yield from walk(item, spot, {**inner, "split": key}, key)
        elif name in keys.ENVELOPES or len(key) > _LONGEST_TOPIC_CHARS or "topic" in value:
            yield from walk(item, spot, inner, key)
        else:
            yield from walk(item, spot, {**inner, "topic": key}, key)


def sections_of(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the parts of an object in which records stand.

    One list under a name of pairs is the records, whatever else the object lists about them.
    """
    named = [(k, v) for k, v in value.items() if keys.canonical(k) in keys.LISTS and is_list(v)]
    if len(named) == 1:
        return named
    return [
        (key, item)
        for key, item in value.items()
        if (isinstance(item, dict) or is_list(item))
        and (holds_records(item) or _is_question_list(key, item))
    ]


def _is_question_list(key: str, value: Any) -> bool:
    return (
        keys.canonical(key) == "questions"
        and is_list(value)
        and any(isinstance(item, str) for item in value)
    )


# --- objects that are tables


def _is_table(value: Mapping[str, Any]) -> bool:
    return _is_columns(value) or _is_split_frame(value) or _is_question_map(value)


def _is_columns(value: Mapping[str, Any]) -> bool:
    """Return whether an object is lists of columns, or pandas' {column: {row: cell}}."""
    listed = {
        key: column
        for key, column in value.items()
        if (is_list(column) and column) or (isinstance(column, dict) and column)
    }
    if len(listed) < _FEWEST:
        return False
    roles = keys.roles_of(listed)
    if not (
        "question" in roles and ("answer" in roles or "reference" in roles or "choices" in roles)
    ):
        return False
    asked = listed[roles["question"][0][1]]
    cells = asked.values() if isinstance(asked, dict) else asked
    return all(isinstance(cell, str) for cell in _first(cells)) and not (
        isinstance(asked, dict) and any(keys.canonical(key) in keys.QUESTION for key in asked)
    )


def _is_split_frame(value: Mapping[str, Any]) -> bool:
    header, rows = value.get("columns", value.get("header")), value.get("data", value.get("rows"))
    return (
        isinstance(header, list)
        and is_list(rows)
        and all(isinstance(name, str) for name in header)
        and _is_header(header)
        and all(isinstance(row, list) for row in _first(rows))
    )


def _is_question_map(value: Mapping[str, Any]) -> bool:
    """Return whether an object is {question: answer}: texts, and keys most of which ask."""
    asked = sum(_asks(key) for key in value)
    return (
        bool(asked)
        and 2 * asked >= len(value)
        and all(isinstance(item, str) for item in value.values())
    )


def _rows_of_columns(value: dict[str, Any], place: str, above: Mapping[str, Any]) -> Records:
    if _is_question_map(value):
        for key, text in value.items():
            yield Record(f"{place}/{escape_token(key)}", {"question": key, "answer": text}, {})
        return
    if _is_split_frame(value):
        key = "data" if "data" in value else "rows"
        header = value.get("columns", value.get("header")) or []
        for position, row in enumerate(value[key]):
            yield from rows_of(f"{place}/{key}/{position}", header, row, above)
        return
    columns = {k: v for k, v in value.items() if isinstance(v, (list, dict))}
    roles = keys.roles_of(columns)
    asked = columns[roles["question"][0][1]]
    wrong = [
        k
        for k, column in columns.items()
        if len(column) != len(asked) and type(column) is type(asked)
    ]
    read = {key for found in roles.values() for _, key in found}
    if any(key in read for key in wrong):
        message = f"columns {roles['question'][0][1]!r} and {wrong[0]!r} are not equally long"
        yield refused(place, "ragged_row", message, {k: len(v) for k, v in columns.items()})
        return
    for name in asked if isinstance(asked, dict) else range(len(asked)):
        fields = {k: column[name] for k, column in columns.items() if _has(column, name, asked)}
        yield from shapes.records_of(f"{place}/*/{escape_token(str(name))}", fields, above)


def _has(column: Any, name: Any, asked: Any) -> bool:
    if isinstance(column, dict):
        return isinstance(asked, dict) and name in column
    return isinstance(asked, list) and name < len(column)
