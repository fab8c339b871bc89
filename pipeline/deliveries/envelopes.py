"""Where records stand in a JSON value: one walk through whatever encloses them.

A value is a record, a list of records, or an object around them: by name of a list, by id, by
topic, as lists of columns, as pandas writes a frame. What encloses records speaks for them where
they are silent (its scalars, and the key of a topic or a split); other parts are not records.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pipeline.core.text import excerpt
from pipeline.deliveries import exchanges, frames, keys, message_rows, shapes, turn_lists, turns
from pipeline.deliveries.frames import first_items
from pipeline.deliveries.json_text import parse_value
from pipeline.deliveries.marks import UNWANTED_SECTIONS
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
_FEWEST = 2
_SPLITS = frozenset(("train", "test", "validation", "dev", "eval", "val", "training"))
_LONGEST_TOPIC_CHARS = 300
_JSON_TEXT = re.compile(r"\s{0,100}[\[{]\s{0,100}[\[{\"]")

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
            or frames.is_frame(value)
            or any(
                holds_records(spelled_out(item), depth + 1) for item in first_items(value.values())
            )
        )
    return is_list(value) and (
        has(value, shapes.is_row)
        or any(holds_records(item, depth + 1) for item in first_items(value) if not _is_text(item))
        or _is_talk(value)
        or frames.is_text_table(value)
    )


def walk(value: Any, place: str, above: Mapping[str, Any], key: str = "") -> Records:
    """Yield the records of a value; above is what encloses it, key the name that it has there."""
    if isinstance(value, dict):
        yield from _in_object(value, place, above)
    elif is_list(value):
        yield from _in_list(value, place, above, key)


def _is_text(value: object) -> bool:
    return isinstance(value, (str, int, float))


# --- lists


def _in_list(listed: Sequence[Any], place: str, above: Mapping[str, Any], key: str) -> Records:
    is_of_rows = has(listed, shapes.is_row)
    if not is_of_rows and isinstance(listed, list):
        if _is_talk(listed):
            yield from _in_talk(listed, place, above)
            return
        if frames.is_text_table(listed):
            yield from frames.text_table(listed, place, above)
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


def _in_talk(listed: list[Any], place: str, above: Mapping[str, Any]) -> Records:
    """Yield the pairs of a list of messages, by conversation where they name theirs."""
    rows = [(f"{place}/{n}", item) for n, item in enumerate(listed)]
    if any(map(message_rows.conversation_of, rows)):
        for name, messages in groupby(rows, message_rows.conversation_of):
            yield from message_rows.each_pair(name, messages)
        return
    conversation = turn_lists.turns_in(listed, place) or []
    yield from exchanges.pairs_of(conversation, {}, place, above)


def _is_talk(listed: Any) -> bool:
    """Return whether a list is the messages of one conversation."""
    if not isinstance(listed, list) or not any(isinstance(item, dict) for item in listed[:_FEWEST]):
        return False
    found = turn_lists.turns_in(listed, "")
    return found is not None and {"user", "assistant"} <= {turn.role for turn in found}


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
    inner = {**above, **scalars(value), **_prompts(value)}
    if frames.is_frame(value):
        yield from frames.rows_of_frame(in_memory(value), place, inner)
        return
    sections = sections_of(value)
    if not sections:
        if is_item:
            yield Record(place, value, above)
        return
    by_id = sum(isinstance(item, dict) and shapes.is_row(item) for _, item in sections)
    for key, item in sections:
        inside = "@0" if isinstance(value[key], str) else ""
        spot = f"{place}/{escape_token(key)}{inside}"
        yield from _in_section(
            key, item, spot, inner, is_by_id=bool(by_id), has_topic="topic" in value
        )


def _prompts(value: dict[str, Any]) -> dict[str, str]:
    """Return the system prompts of an object that are parts of a message: what they say."""
    names = keys.having(keys.roles_of(value), "system")
    held = {name: turns.text_of(value[name]) for name in names if isinstance(value[name], dict)}
    return {name: text for name, text in held.items() if text}


def _in_section(
    key: str, item: Any, spot: str, inner: dict[str, Any], *, is_by_id: bool, has_topic: bool
) -> Records:
    """Yield the records of a part of an object, whose key may be an id, a split or a topic."""
    name = keys.canonical(key)
    if name in UNWANTED_SECTIONS:
        yield from (_unwanted(record, key) for record in walk(item, spot, inner, key))
    elif isinstance(item, dict) and is_by_id and shapes.is_row(item):
        is_named = name in keys.ENVELOPES or "original_id" in keys.roles_of(item)
        yield from _in_object(item if is_named else {**item, "id": key}, spot, inner)
    elif name in _SPLITS:
        yield from walk(item, spot, {**inner, "split": key}, key)
    elif name in keys.ENVELOPES or len(key) > _LONGEST_TOPIC_CHARS or has_topic:
        yield from walk(item, spot, inner, key)
    else:
        yield from walk(item, spot, {**inner, "topic": key}, key)


def _unwanted(record: Record | Refusal, section: str) -> Refusal:
    if isinstance(record, Refusal):
        return record
    message = f"it stands under {excerpt(section, 40)!r}"
    return refused(record.pointer, "marked_unwanted", message, dict(record.fields))


def spelled_out(value: Any) -> Any:
    """Return the value that a text is as JSON, where records stand in it; else what is given."""
    if not isinstance(value, str) or not _JSON_TEXT.match(value):
        return value
    found = parse_value(value.encode("utf-8", "surrogatepass"), "")
    return value if isinstance(found, Refusal) or not holds_records(found) else found


def sections_of(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the parts of an object in which records stand.

    One list under a name of pairs is the records, whatever else the object lists about them.
    """
    named = [(k, v) for k, v in value.items() if keys.canonical(k) in keys.LISTS and is_list(v)]
    if len(named) == 1:
        return named
    is_shown_twice = "internal" in value and "visible" in value  # text-generation-webui's logs
    return [
        (key, item)
        for key, item in ((key, spelled_out(held)) for key, held in value.items())
        if not (is_shown_twice and key == "visible")
        and (isinstance(item, dict) or is_list(item))
        and (holds_records(item) or _is_question_list(key, item))
    ]


def _is_question_list(key: str, value: Any) -> bool:
    return (
        keys.canonical(key) == "questions"
        and is_list(value)
        and any(isinstance(item, str) for item in value)
    )
