"""Objects of a delivery, and whether their keys alone make them a pair."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from pipeline.deliveries import keys
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.records import Record, Refusal
from pipeline.deliveries.texts import is_text

Records = Iterator[Record | Refusal]
Fields = dict[str, Any]


class Object(NamedTuple):
    """An object of a delivery: where it stands, what it says, what encloses it."""

    place: str
    fields: Fields
    roles: Roles
    above: Mapping[str, Any]


def is_surely_plain(fields: Fields) -> bool:
    """Return whether an object is a pair by its keys, whatever else is known of objects."""
    both = keys.plain_pair(tuple(fields))
    return (
        both is not None and isinstance(fields[both[0]], str) and isinstance(fields[both[1]], str)
    )


def is_plain(fields: Fields, roles: Roles) -> bool:
    """Return whether an object has a question, and an answer or a key for one."""
    if "question" not in roles:
        return False
    asked = first_text(fields, roles, "question", 2)
    if asked is not None and (keys.having(roles, "question", 1) or has_answer(fields, roles, 3)):
        return True
    if first_text(fields, roles, "question", 3) is not None and has_answer(fields, roles, 3):
        return True
    title = first_text(fields, roles, "question", 4)
    others = {key for role in ("answer", "reference") for key in keys.having(roles, role)}
    is_answered = any(fields[key] is not title for key in others) or "choices" in roles
    return is_answered and is_question(title)


def is_question(text: Any) -> bool:
    """Return whether a value is a text that ends in a question mark, whatever marks close it."""
    return isinstance(text, str) and text.rstrip("*_ \t\n").endswith(("?", "\uff1f"))


def first_text(fields: Fields, roles: Roles, role: str, most_rank: int) -> Any:
    """Return the first text of a role, or object with a text; None where there is none."""
    held = (fields[key] for key in keys.having(roles, role, most_rank))
    return next((value for value in held if is_text(value)), None)


def has_answer(fields: Fields, roles: Roles, most_rank: int) -> bool:
    """Return whether a key of an answer stands there, whatever it holds."""
    del fields
    return any(keys.having(roles, role, most_rank) for role in ("answer", "reference")) or (
        "choices" in roles
    )
