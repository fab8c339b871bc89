"""JSON as this project writes it: one value, one sequence of bytes."""

from math import isfinite
from typing import Any

import orjson

Json = dict[str, Any]
JsonSchema = dict[str, Any]

_OF_NO_NUMBER = frozenset((str, int, bool, type(None)))
"""What no fraction is in."""


def compact(value: object) -> str:
    """Return value as one line of JSON with sorted keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def pretty(value: object) -> bytes:
    """Return value as indented JSON with sorted keys and one newline at the end.

    Raises ValueError for a number that JSON has no word for (NaN, infinity), because a reader
    of a report must not meet a null where a figure was computed wrongly.
    """
    _refuse_non_finite(value)
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(value, option=options)


def _refuse_non_finite(value: object) -> None:
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if type(inner) in _OF_NO_NUMBER:  # most are, and reports have a million values
            continue
        if isinstance(inner, dict):
            waiting.extend(inner.values())
        elif isinstance(inner, (list, tuple)):
            waiting.extend(inner)
        elif isinstance(inner, float) and not isfinite(inner):
            raise ValueError("a report holds a number that is not finite")
