"""Objects that are multiple choice: what makes an object one, before its right choice is read."""

from pipeline.deliveries import keys, right_choice
from pipeline.deliveries.choices import choices_of
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.plain_pairs import Fields, first_text


def is_such(fields: Fields, roles: Roles) -> bool:
    """Return whether an object has a question, choices, and what names the right one."""
    return (
        ("choices" in roles or "correct" in roles)
        and any(role in roles for role in ("question", "context"))
        and choices_of(fields, roles) is not None
        and ("choices" in roles or _names_right(fields, roles))
    ) or _is_choice_inside(fields, roles)


def _is_choice_inside(fields: Fields, roles: Roles) -> bool:
    """Return whether the choices stand in the question, and a key names the right one (ARC)."""
    asked = first_text(fields, roles, "question", 2) if "correct" in roles else None
    return isinstance(asked, str) and right_choice.choices_in(asked) is not None


def _names_right(fields: Fields, roles: Roles) -> bool:
    choices = choices_of(fields, roles)
    return (choices is not None and bool(choices.right)) or any(
        choices is not None and key not in choices.read and fields[key] not in (None, "")
        for key in keys.having(roles, "correct")
    )
