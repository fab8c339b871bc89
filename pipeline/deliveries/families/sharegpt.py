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
    said = row.get("conversations")
    listed = enumerate(said if isinstance(said, list) else [])
    told = [
        turns.Turn(
            f"{place}/conversations/{position}",
            turns.role_of(turn.get("from")),
            turns.text_of(turn.get("value")),
        )
        for position, turn in listed
        if isinstance(turn, dict)
    ]
    yield from turns.pairs_of(told, rows.without(row, "conversations"), place)
