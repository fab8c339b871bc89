"""Conversations as lists: of messages, of exchanges that name both sides, of plain texts."""

from itertools import pairwise
from typing import Any

from pipeline.deliveries import keys
from pipeline.deliveries.turns import Turn, as_turn, text_of

_TIMES = ("created_at", "create_time", "timestamp", "created", "time")


def two_sided(item: Any, place: str) -> list[Turn]:
    """Return the turns of an object that names its sides: {"user": ..., "assistant": ...}.

    What a side says is a text, or a message of content blocks; a reference comes before an output.
    """
    if not isinstance(item, dict):
        return []
    roles = keys.roles_of(item)
    answers = [*keys.having(roles, "reference", 2), *keys.having(roles, "answer", 3)]
    sides = (("user", keys.having(roles, "question", 3)[:1]), ("assistant", answers))
    found: list[tuple[str, str, str]] = []
    for role, names in sides:
        spoken = ((name, _text_of_side(item[name])) for name in names)
        found += [(role, name, text) for name, text in spoken if text.strip()][:1]
    read = {key for _, key, _ in found}
    rest = {key: value for key, value in item.items() if key not in read}
    return [
        Turn(f"{place}/{key}", role, text, rest=rest if role == "assistant" else {})
        for role, key, text in found
    ]


def _text_of_side(value: Any) -> str:
    """Return a text, or that of a message of content blocks, or of the first such message."""
    if isinstance(value, list) and value:
        value = value[0]
    is_message = isinstance(value, dict) and isinstance(value.get("content"), list)
    return value if isinstance(value, str) else text_of(value) if is_message else ""


def turns_in(listed: Any, place: str, *, plain: bool = False) -> list[Turn] | None:
    """Return the turns of a list, None where it is no conversation.

    A list of plain texts is one where plain says that the two sides take turns in it; a list of
    two texts each is a question and its answer.
    """
    if not isinstance(listed, list) or not listed:
        return None
    if len(listed) == 1 and _are_objects(listed[0]):  # a batch of one conversation (LangChain)
        return turns_in(listed[0], f"{place}/0")
    if plain and len(listed) > 1 and all(isinstance(item, str) for item in listed):
        sides = ("user", "assistant")
        return [Turn(f"{place}/{n}", sides[n % 2], text) for n, text in enumerate(listed)]
    found: list[Turn] = []
    with_role = 0
    for position, item in enumerate(listed):
        spot = f"{place}/{position}"
        turn = as_turn(item, spot)
        sides_of = [turn] if turn else two_sided(item, spot) or _of_two_texts(item, spot)
        with_role += any(one.role in ("user", "assistant") for one in sides_of)
        found += sides_of or [Turn(spot, "unknown", text_of(item), is_seen=False)]
    if with_role and len(found) == len(listed) and is_newest_first(listed):
        found.reverse()
    return _answered_by_system(found) if with_role else None


def _answered_by_system(found: list[Turn]) -> list[Turn]:
    """Return turns in which the system that a user speaks with is the one who answers.

    Sets of dialogues call their sides USER and SYSTEM; a prompt of the system stands before.
    """
    roles = [turn.role for turn in found]
    if "assistant" in roles or "user" not in roles or "system" not in roles:
        return found
    first = roles.index("user")
    return [
        turn._replace(role="assistant") if turn.role == "system" and n > first else turn
        for n, turn in enumerate(found)
    ]


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(i, dict) for i in value)


def is_newest_first(listed: list[Any]) -> bool:
    """Return whether messages say times that go back from one to the next (threads of an API)."""
    for name in _TIMES:
        times: list[Any] = [i.get(name) if isinstance(i, dict) else None for i in listed]
        if len(times) > 1 and (
            all(isinstance(time, (int, float)) for time in times)
            or all(isinstance(time, str) and time[:4].isdigit() for time in times)
        ):
            return all(a > b for a, b in pairwise(times))
    return False


def _of_two_texts(item: Any, place: str) -> list[Turn]:
    two = 2
    if not (isinstance(item, list) and len(item) == two):
        return []
    sides = ("user", "assistant")
    both = [(sides[n], text) for n, text in enumerate(item) if isinstance(text, str)]
    return [Turn(place, role, text) for role, text in both] if len(both) == two else []
