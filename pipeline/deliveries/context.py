"""What a reader must have seen to understand a question: prompts, earlier turns, passages, choices.

It counts in the pair's id, so that one question asked about two passages is two pairs.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.deliveries.keys import Roles, canonical, having
from pipeline.deliveries.texts import PairTexts
from pipeline.deliveries.turn_lists import turns_in

_SURELY = ("context", "contexts", "passage", "passages", "paragraph", "paragraphs")
_FEWEST_WORDS = 3
_MOST_DEPTH = 6
_MOST_PARTS = 100
_ROLES = frozenset(("system", "history", "context"))
_SIDES = ("system", "user", "assistant")


def context_of(
    fields: Mapping[str, Any], roles: Roles, texts: PairTexts
) -> tuple[list[dict[str, str]], set[str]]:
    """Return the context of a pair as (role, text), and the keys that it holds whole.

    Order: the system prompt, earlier turns, passages, what a prompt says before, choices.
    """
    found: list[dict[str, str]] = []
    used: set[str] = set()
    before = [_entry(role, text) for role, text in texts.before]
    if texts.choices is None and not before and _ROLES.isdisjoint(roles):
        return found, used
    for role, part in (("system", _plain), ("history", _turns), ("context", _passages)):
        for key in having(roles, role):
            if key in texts.keys or fields[key] in (None, "", [], {}):
                continue
            entries = list(part(fields[key], key))
            found += entries
            if entries and _is_whole(fields[key]):
                used.add(key)
    found += before
    if texts.choices is not None:
        found.append({"role": "choices", "text": texts.choices.as_lines})
    return found, used


def _entry(role: str, text: str) -> dict[str, str]:
    return {"role": role, "text": text}


def _plain(value: Any, key: str) -> Iterator[dict[str, str]]:
    del key
    if isinstance(value, str) and value.strip():
        yield _entry("system", value)


def _turns(value: Any, key: str) -> Iterator[dict[str, str]]:
    del key
    if isinstance(value, str) and value.strip():
        yield _entry("passage", value)
    for turn in turns_in(value, "") or []:
        if turn.is_seen and turn.text.strip():
            yield _entry(turn.role, turn.text)


def _passages(value: Any, key: str) -> Iterator[dict[str, str]]:
    if _is_turns(value):
        yield from ({"role": one["role"], "text": one["text"]} for one in value)
        return
    for text in _texts(value, 0):
        if canonical(key) in _SURELY or len(text.split()) >= _FEWEST_WORDS:
            yield _entry("passage", text)


def _is_turns(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict) and set(one) == {"role", "text"} and one["role"] in _SIDES
        for one in value
    )


def _texts(value: Any, depth: int) -> Iterator[str]:
    """Yield the texts of a value in order; sentences of one list are one passage each."""
    if isinstance(value, str):
        if value.strip():
            yield value
    elif depth < _MOST_DEPTH and isinstance(value, (list, dict)):
        items = value if isinstance(value, list) else value.values()
        for _, item in zip(range(_MOST_PARTS), items, strict=False):
            yield from _texts(item, depth + 1)


def _is_whole(value: Any) -> bool:
    """Return whether the context says all that a value says."""
    return (
        isinstance(value, str)
        or (isinstance(value, list) and all(isinstance(item, str) for item in value[:_MOST_PARTS]))
        or _is_turns(value)
    )
