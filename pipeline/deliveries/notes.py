"""Notes of programs for cards: Anki's fields in a list, Mochi's sides with a rule between them."""

import re
from collections.abc import Sequence
from typing import Any

from pipeline.deliveries import html_blocks
from pipeline.deliveries.keys import Roles, canonical
from pipeline.deliveries.plain_pairs import Fields, Object, Records
from pipeline.deliveries.records import Record

_FIELDS = ("front", "back", *(f"field {n}" for n in range(3, 40)))
_OF_A_NOTE = ("guid", "note_model_uuid", "modelName", "noteId")
_FEWEST = 2
_RULE = re.compile(r"\n[ \t]*-{3,}[ \t]*(?:\n|\Z)")
_OF_A_PAGE = frozenset(
    """
    content name id tags pos reviews references deck_id template_id fields attachments archived
    trashed created_at updated_at new
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)


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


# --- Mochi: one text, its sides parted by a rule


def is_parted(fields: Fields, roles: Roles) -> bool:
    """Return whether an object is a card of Mochi's: a text that asks, a rule, and its back."""
    del roles
    return _sides(fields) is not None


def _sides(fields: Fields) -> tuple[str, str, str] | None:
    """Return (key, front, back) of a card's text, None where it is no card."""
    names = {canonical(key): key for key in fields}
    text = fields.get(names.get("content", ""))
    if not isinstance(text, str) or not names.keys() <= _OF_A_PAGE:
        return None
    front, *backs = _RULE.split(text)
    if len(backs) != 1 or not front.strip() or not backs[0].strip():
        return None
    return names["content"], front.strip(), backs[0].strip()


def parted(found: Object) -> Records:
    """Yield a card as a record of its front and back."""
    sides = _sides(found.fields)
    assert sides is not None
    key, front, back = sides
    rest = {name: value for name, value in found.fields.items() if name != key and value != ""}
    yield Record(found.place, {**rest, "front": front, "back": back}, found.above)
