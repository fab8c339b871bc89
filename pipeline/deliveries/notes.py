"""Notes of Anki, whose fields stand in a list: front and back, then whatever else a card shows."""

from collections.abc import Sequence
from typing import Any

from pipeline.deliveries import html_blocks
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.plain_pairs import Fields, Object, Records
from pipeline.deliveries.records import Record

_FIELDS = ("front", "back", *(f"field {n}" for n in range(3, 40)))
_OF_A_NOTE = ("guid", "note_model_uuid", "modelName", "noteId")
_FEWEST = 2


def note(texts: Sequence[str], more: dict[str, Any]) -> dict[str, Any]:
    """Return a note with its fields by their place, as plain text; empty ones are left out."""
    named = zip(_FIELDS, texts, strict=False)
    return {**more, **{name: html_blocks.plain_text(text) for name, text in named if text}}


def is_note(fields: Fields, roles: Roles) -> bool:
    """Return whether an object is a note as CrowdAnki or AnkiConnect writes it."""
    del roles
    return any(name in fields for name in _OF_A_NOTE) and len(_texts(fields)) >= _FEWEST


def _texts(fields: Fields) -> list[str]:
    """Return the texts of a note's fields in order, nothing where they are something else."""
    held = fields.get("fields")
    if isinstance(held, dict):
        ordered = sorted(held.values(), key=_place)
        held = [one.get("value") if isinstance(one, dict) else one for one in ordered]
    listed = held if isinstance(held, list) else []
    return listed if all(isinstance(text, str) for text in listed) else []


def _place(field: Any) -> int:
    order = field.get("order") if isinstance(field, dict) else None
    return order if isinstance(order, int) else 0


def read(found: Object) -> Records:
    """Yield the note as a record of its front and back."""
    rest = {key: value for key, value in found.fields.items() if key != "fields"}
    yield Record(found.place, note(_texts(found.fields), rest), found.above)
