"""Messages one a row: lines of JSON, a list, rows of a table or of a database.

What names a conversation parts the rows into conversations; who speaks stands in each of them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.deliveries import exchanges, trees, turn_lists, turns
from pipeline.deliveries.keys import canonical
from pipeline.deliveries.records import Record, Refusal

_TALKS = (
    "conversation_id",
    "conversationId",
    "session_id",
    "sessionId",
    "thread_id",
    "chat_id",
    "message_tree_id",
    "dialogue_id",
    "conversation_hash",
)
_TALKS_OF_TABLES = (
    *(name for name in _TALKS if name.islower()),
    *("conversation", "conversation_title", "chat", "session", "thread", "dialogue", "dialog_id"),
    *("ticket_id", "ticket", "chat_title", "dialog", "room_id"),
)
_MOST_LOOKED_AT = 10_000

Row = tuple[str, Any]
"""The place of a message, and the message or why it could not be read."""


def hold_both_sides(values: Iterable[Any]) -> bool:
    """Return whether rows are messages of two sides."""
    roles: set[str] = set()
    for _, value in zip(range(_MOST_LOOKED_AT), values, strict=False):
        turn = turns.as_turn(value, "")
        if turn is not None and turn.is_seen and turn.text:
            roles.add(turn.role)
        if {"user", "assistant"} <= roles:
            return True
    return False


def conversation_of(row: Row) -> str:
    """Return what names the conversation of a message, nothing where nothing does."""
    value = row[1]
    if not isinstance(value, Mapping):
        return ""
    return next((str(value[name]) for name in _TALKS if value.get(name) is not None), "")


def each_pair(name: str, rows: Iterable[Row]) -> Iterator[Record | Refusal]:
    """Yield the pairs of one conversation; rows that are no message say nothing to a reader."""
    listed = list(rows)
    yield from (value for _, value in listed if isinstance(value, Refusal))
    messages = [(place, value) for place, value in listed if isinstance(value, dict)]
    if turn_lists.is_newest_first([value for _, value in messages]):
        messages.reverse()
    conversation = [turns.as_turn(value, place) for place, value in messages]
    extra = {"conversation_id": name} if name else {}
    nodes = _nodes(messages)
    if nodes is not None:
        yield from trees.each_pair(nodes, extra, messages[0][0], {})
    elif any(conversation):
        yield from exchanges.pairs_of(filter(None, conversation), extra, messages[0][0], {})


def _nodes(rows: list[tuple[str, dict[str, Any]]]) -> dict[str, trees.Node] | None:
    """Return the messages as a tree where one of them has two answers or comes out of order."""
    found = trees.nodes_listed([value for _, value in rows], "")
    if found is None:
        return None
    placed = dict(zip(found, (place for place, _ in rows), strict=False))
    return {
        name: trees.Node(node.parent, node.turn and node.turn._replace(place=placed[name]))
        for name, node in found.items()
        if name in placed
    }


# --- rows of tables


def may_be_messages(header: Iterable[Any]) -> bool:
    """Return whether columns name who speaks and what is spoken."""
    names = {canonical(name) for name in header if isinstance(name, str)}
    return not names.isdisjoint(turns.SPEAKERS) and not names.isdisjoint(turns.TEXTS)


def in_table(rows: Iterable[Row]) -> Iterator[Record | Refusal]:
    """Yield the pairs of a table's messages; rows of one conversation may stand apart."""
    talks: dict[str, list[Row]] = {}
    for place, fields in rows:
        value = spelled(fields) if isinstance(fields, Mapping) else fields
        talks.setdefault(_talk_of(value), []).append((place, value))
    for name, listed in talks.items():
        yield from each_pair(name, listed)


def spelled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a table under keys as they are written in messages."""
    return {canonical(key): value for key, value in fields.items()}


def _talk_of(value: Any) -> str:
    held = value if isinstance(value, dict) else {}
    return next((str(held[name]) for name in _TALKS_OF_TABLES if held.get(name) is not None), "")
