"""How deep JSON may nest, for every reader, Python and caller alike."""

from typing import Any

import orjson

DEEPEST = 500
"""How many arrays and objects may lie in each other. Python's reader stops at its own stack, which
is another one in every version and for every caller: what is read must not hang on that."""


class TooDeepError(ValueError):
    """A JSON value with more than DEEPEST arrays and objects in each other."""


def hold_to_json(content: bytes | str) -> None:
    """Raise JSONDecodeError where content is no JSON, TooDeepError where it nests too deeply."""
    hold_to_depth(content, orjson.loads(content))


def hold_to_depth(content: bytes | str, value: Any) -> None:
    """Raise TooDeepError for a value that nests too deeply; content is its text."""
    opened = (
        content.count("[") + content.count("{")
        if isinstance(content, str)
        else content.count(b"[") + content.count(b"{")
    )
    if opened > DEEPEST and _nests_too_deep(value):
        raise TooDeepError


def _nests_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                inner.extend(one.values())
            elif isinstance(one, list):
                inner.extend(one)
        level = [one for one in inner if isinstance(one, (dict, list))]
        if not level:
            return False
    return True
