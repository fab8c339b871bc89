"""What a reader must have seen to understand a question: prompts, earlier turns, passages, choices.

It counts in the pair's id, so that one question asked about two passages is two pairs.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pipeline.deliveries.keys import Roles, canonical, having, roles_of
from pipeline.deliveries.texts import PairTexts
from pipeline.deliveries.turn_lists import turns_in

_SURELY = ("context", "contexts", "passage", "passages", "paragraph", "paragraphs")
_CHUNKS = frozenset(("chunk", "chunk_text", "text_chunk", "source_chunk", "page_content"))
"""What a text is called that questions were made from: it is theirs where it encloses them."""
_FEWEST_WORDS, _FEWEST_OF_PROSE = 3, 8
_LOOKED_AT_CHARS = 1_000
_MOST_DEPTH = 6
_MOST_PARTS = 100
_ROLES = frozenset(("system", "history", "context"))
_NOTHING: dict[str, list[dict[str, str]]] = {}
_SIDES = ("system", "user", "assistant", "passage")


def context_of(
    fields: Mapping[str, Any], roles: Roles, texts: PairTexts, above: Mapping[str, Any]
) -> tuple[list[dict[str, str]], set[str]]:
    """Return the context of a pair as (role, text), and the keys that it holds whole.

    Order: the system prompt, earlier turns, passages, what a prompt says before, choices. A
    prompt and a passage that enclose the record, above, speak where it has none of its own.
    """
    found: list[dict[str, str]] = []
    used: set[str] = set()
    before = [_entry(role, text) for role, text in texts.before]
    enclosing = _enclosing(above) if above else _NOTHING
    if texts.choices is None and not before and not enclosing and _ROLES.isdisjoint(roles):
        return found, used
    for role, part in (("system", _plain), ("history", _turns), ("context", _passages)):
        if role in enclosing and not _has_own(fields, roles, role):
            found += enclosing[role]
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


def _enclosing(above: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Return the system prompt and the passage of what encloses a record, by role."""
    prompts, passages = _speaking(tuple(above))
    if not prompts and not passages:
        return _NOTHING
    found: dict[str, list[dict[str, str]]] = {}
    for key in prompts:
        found.setdefault("system", list(_plain(above[key], key)))
    for key in passages:
        text = above[key]
        if isinstance(text, str) and (canonical(key) in _SURELY or _is_prose(text)):
            found.setdefault("context", list(_passages(text, key)))
    return {role: entries for role, entries in found.items() if entries}


@lru_cache(maxsize=2000)
def _speaking(names: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return which keys of what encloses a record may be a system prompt, and a passage."""
    roles = roles_of(names)
    chunks = [key for key in names if canonical(key) in _CHUNKS]
    return having(roles, "system"), [*having(roles, "context"), *chunks]


def _is_prose(text: str) -> bool:
    return len(text[:_LOOKED_AT_CHARS].split()) >= _FEWEST_OF_PROSE


def _has_own(fields: Mapping[str, Any], roles: Roles, role: str) -> bool:
    """Return whether a record has a part of its context itself, also among its earlier turns."""
    if role == "system" and any(
        _is_turns(fields[key]) and any(one["role"] == "system" for one in fields[key])
        for key in having(roles, "context")
    ):
        return True
    return any(fields[key] not in (None, "", [], {}) for key in having(roles, role))


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
        isinstance(one, dict)
        and set(one) == {"role", "text"}
        and one["role"] in _SIDES
        and isinstance(one["text"], str)
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
