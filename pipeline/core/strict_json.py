"""JSON that people and programs keep for us, read strictly: what other readers resolve is told."""

import json
from typing import Any

import orjson

from pipeline.core.json_depth import DEEPEST, TooDeepError, hold_to_json
from pipeline.core.text import excerpt

_SHOWN_CHARS = 60


class BrokenJsonError(ValueError):
    """What no strict reader takes for JSON: its text says what is wrong, line counts from 1."""

    def __init__(self, fault: str, line: int = 1) -> None:
        super().__init__(fault)
        self.line = line


def strict_json(content: bytes | str) -> Any:
    """Return the value of JSON in UTF-8.

    Raises BrokenJsonError where it is none, names a key twice in one object, at any depth, or
    nests deeper than DEEPEST levels.
    """
    try:
        hold_to_json(content)
        return json.loads(content, object_pairs_hook=_object)
    except orjson.JSONDecodeError as broken:
        raise BrokenJsonError(f"no JSON ({excerpt(broken.msg, 80)})", broken.lineno) from None
    except (TooDeepError, RecursionError):
        raise BrokenJsonError(f"nested deeper than {DEEPEST} levels") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise BrokenJsonError(f"key {excerpt(twice, _SHOWN_CHARS)!r} stands twice in one object")
    return value
