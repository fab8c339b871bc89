"""Text written one character a line, as when a program joins a string's characters by newlines.

Undone exactly, never by guess: every second character of the file must be a newline.
"""

from collections.abc import Iterator
from typing import Any

from pipeline.deliveries.records import Document, FamilyReading, Record, Refusal, TextDocument

NAME = "character_lines"

_FEWEST_CHARS = 20


def sniff(document: Document) -> bool:
    """Return whether document is such text and a family recognises what it was."""
    whole = _rejoined(document)
    return whole is not None and _family_of(whole) is not None


def read(document: Document) -> FamilyReading:
    """Return what the family of the rejoined text reads, with its lines counted there."""
    whole = _rejoined(document)
    family = _family_of(whole) if whole else None
    assert whole is not None
    assert family is not None
    reading = family.read(whole)
    note = (*reading.mapping, "text <- one character a line, rejoined")
    return FamilyReading(_placed(reading), reading.declared, reading.context, note)


def _placed(reading: FamilyReading) -> Iterator[Record | Refusal]:
    for record in reading.records:
        place = f"rejoined {record.pointer}"
        if isinstance(record, Record):
            yield Record(place, record.fields, record.context)
        else:
            yield Refusal(place, record.reason, record.message, record.raw)


def _rejoined(document: Document) -> TextDocument | None:
    """Return what the text was, None where it is no such text; its head is looked at first."""
    if not isinstance(document, TextDocument) or not _is_spilled(document.head):
        return None
    if len(document.text) == len(document.head):
        return TextDocument(document.text[::2], document.suffix)
    head = TextDocument(document.head[::2], document.suffix)
    if _family_of(head) is None or not _is_spilled(document.text):
        return None
    return TextDocument(document.text[::2], document.suffix)


def _is_spilled(text: str) -> bool:
    return (
        len(text) >= _FEWEST_CHARS
        and text[1:_FEWEST_CHARS:2].strip("\n") == ""
        and text[1::2].count("\n") == len(text) // 2
    )


def _family_of(document: TextDocument) -> Any:
    from pipeline.deliveries.families import family_of  # noqa: PLC0415 - the package imports us

    return family_of(document)
