"""A Claude export: [{"uuid", "name", "chat_messages": [{"sender", "text", "content"}, ...]}]."""

from collections.abc import Iterator
from typing import Any

from pipeline.deliveries import rows, turns
from pipeline.deliveries.records import Document, Reading, Record, Refusal

NAME = "claude_export"


def sniff(document: Document) -> bool:
    """Return whether document is rows with chat messages that name their sender."""
    return rows.are_rows(document, _is_conversation)


def read(document: Document) -> Reading:
    """Return one record per human message; a conversation's name is the topic of its pairs."""
    note = ("answer <- assistant messages", "question <- human messages", "topic <- name")
    return Reading(rows.each_mapped(document, _mapped), None, {}, note)


def _is_conversation(row: dict[str, Any]) -> bool:
    said = row.get("chat_messages")
    return isinstance(said, list) and all(
        isinstance(message, dict) and "sender" in message for message in said
    )


def _mapped(place: str, row: dict[str, Any]) -> Iterator[Record | Refusal]:
    extra = rows.without(row, "chat_messages", "name", "account")
    if row.get("name"):
        extra["topic"] = row["name"]
    told = turns.turns_of(row, place, "chat_messages", speaker="sender", said=("text", "content"))
    yield from turns.pairs_of(told, extra, place)
