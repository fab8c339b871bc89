"""Chat fine-tuning lines: {"messages": [{"role": "user", "content": text or parts}, ...]}."""

from collections.abc import Iterator
from typing import Any

from pipeline.deliveries import rows, turns
from pipeline.deliveries.records import Document, Reading, Record, Refusal

NAME = "chat_messages"


def sniff(document: Document) -> bool:
    """Return whether document is rows with messages that say role and content."""
    return rows.are_rows(document, _is_chat)


def read(document: Document) -> Reading:
    """Return one record per user message of each row."""
    note = ("answer <- assistant messages", "question <- user messages")
    return Reading(rows.each_mapped(document, _mapped), None, {}, note)


def _is_chat(row: dict[str, Any]) -> bool:
    said = row.get("messages")
    return isinstance(said, list) and any(
        isinstance(message, dict) and "role" in message and "content" in message for message in said
    )


def _mapped(place: str, row: dict[str, Any]) -> Iterator[Record | Refusal]:
    told = turns.turns_of(row, place, "messages", speaker="role", said=("content",))
    yield from turns.pairs_of(told, rows.without(row, "messages"), place)
