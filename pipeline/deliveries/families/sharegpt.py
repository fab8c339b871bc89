"""ShareGPT: {"conversations": [{"from": "human", "value": ...}, {"from": "gpt", ...}]} per row."""

from collections.abc import Iterator
from typing import Any

from pipeline.deliveries import rows, turns
from pipeline.deliveries.records import Document, Reading, Record, Refusal

NAME = "sharegpt"


def sniff(document: Document) -> bool:
    """Return whether document is rows with conversations of turns that say from and value."""
    return rows.are_rows(document, _is_conversation)


def read(document: Document) -> Reading:
    """Return one record per human turn of each row."""
    return Reading(
        rows.each_mapped(document, _mapped),
        None,
        {},
        ("answer <- gpt turns", "question <- human turns"),
    )


def _is_conversation(row: dict[str, Any]) -> bool:
    said = row.get("conversations")
    return isinstance(said, list) and any(
        isinstance(turn, dict) and "from" in turn and "value" in turn for turn in said
    )


def _mapped(place: str, row: dict[str, Any]) -> Iterator[Record | Refusal]:
    told = turns.turns_of(row, place, "conversations", speaker="from", said=("value",))
    yield from turns.pairs_of(told, rows.without(row, "conversations"), place)
