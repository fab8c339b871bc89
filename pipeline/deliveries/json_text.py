"""JSON values of strangers: read strictly, with what other readers resolve silently told.

orjson decides whether the text is JSON. The standard library reads it again, with hooks that see
a key named twice and a number that 64 bits do not hold.
"""

import json
import math
import re
from collections.abc import Iterable
from typing import Any

import orjson

from pipeline.core.json_depth import TooDeepError, hold_to_depth, hold_to_json
from pipeline.core.text import excerpt
from pipeline.deliveries import keys
from pipeline.deliveries.content import Content, let_go
from pipeline.deliveries.records import Duplicated, refused

_INT64 = range(-(2**63), 2**64)
_LONGEST_SAFE_INTEGER_CHARS = 18
_LONGEST_RUN_BYTES = 10_000_000
_MOST_ARRAYS = 50
LONGEST_LINE_BYTES = 32_000_000
"""A line is read into memory to be parsed; the longest question and answer together have less."""
_PYTHON = re.compile(rb"\A[{\[(\s]*['(]|[:,\[]\s*(?:True|False|None)\b")
_OPENS = re.compile(r"\[\s{0,100}\{|\{\s{0,100}\"")


class _OutOfRangeError(ValueError):
    """A number that does not fit into 64 bits."""


def parse_value(content: Content, place: str) -> Any:
    """Return the JSON value of content, or a Refusal at place; what is too long is not copied."""
    if place and len(content) > LONGEST_LINE_BYTES:
        message = f"the line has more than the {LONGEST_LINE_BYTES:,} bytes that a record may have"
        return refused(place, "string_too_long", message)
    run = long_run(content)
    if run is not None:
        return refused(place, "string_too_long", f"no quotation mark from byte {run:,} on")
    content = bytes(content)
    try:
        hold_to_json(content)
        value = json.loads(
            content,
            object_pairs_hook=object_of,
            parse_int=_integer,
            parse_float=_real,
        )
        return outermost(value) if isinstance(value, Duplicated) else value
    except _OutOfRangeError as fault:
        message = f"number {fault} does not fit into 64 bits"
        return refused(place, "number_out_of_range", message, _raw(content, place))
    except (TooDeepError, RecursionError):
        return refused(place, "too_deep", "nested too deeply", _raw(content, place))
    except orjson.JSONDecodeError as fault:
        spot = f"column {fault.colno}" if place else f"line {fault.lineno} column {fault.colno}"
        message = f"{spot}: {excerpt(fault.msg, 80)}"
        if is_python(content):
            message += "; single quotes, True or None are Python's, not JSON: write json.dumps(...)"
        return refused(place, _reason(fault.msg), message, _raw(content, place))


def value_in_text(text: str) -> Any:
    """Return the JSON value that a text of a record spells, objects marked as in parse_value.

    Raises JSONDecodeError where it spells none, also where one nests too deeply.
    """
    try:
        hold_to_json(text)
        return json.loads(text, object_pairs_hook=object_of)
    except (TooDeepError, RecursionError):
        raise json.JSONDecodeError("nested too deeply", text[:80], 0) from None


def named_twice(value: Any) -> str | None:
    """Return the key that an object within a value names twice, None where none does."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Duplicated):
            return one.twice
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return None


def is_python(content: bytes) -> bool:
    """Return whether what is no JSON looks like what Python prints of a dict or a list."""
    head = content[:2000].lstrip()
    return head[:1] in (b"{", b"[") and _PYTHON.search(head) is not None


def decoder() -> json.JSONDecoder:
    """Return the standard library's reader with the hooks of parse_value."""
    return json.JSONDecoder(
        object_pairs_hook=object_of, parse_int=_integer, parse_float=_real, parse_constant=_constant
    )


def values_in(text: str) -> list[tuple[int, Any]]:
    """Return (offset, value) of the JSON objects, and arrays of objects, that stand in a text.

    Only values that open at the start of a line are looked at, fifty openings at most, so that a
    text of brackets costs no more than one of words.
    """
    reads = decoder()
    found = []
    start = 0
    for _ in range(_MOST_ARRAYS):
        start = _opening(text, start)
        if start < 0:
            break
        try:
            value, end = reads.raw_decode(text, start)
            hold_to_depth(text[start:end], value)
        except (ValueError, RecursionError):
            start += 1
            continue
        found.append((start, value))
        start = end
    return found


def arrays_in(text: str) -> list[tuple[int, list[Any]]]:
    """Return (offset, array) of the JSON arrays of objects that stand in a longer text."""
    return [(start, value) for start, value in values_in(text) if isinstance(value, list)]


def _opening(text: str, start: int) -> int:
    """Return where the next line starts with an object, or an array of them; -1 where none does."""
    while (match := _OPENS.search(text, start)) is not None:
        start = match.start()
        begins_line = not text[text.rfind("\n", max(0, start - 100), start) + 1 : start].strip()
        if begins_line:
            return start
        start += 1
    return -1


def long_run(content: Content) -> int | None:
    """Return where ten million bytes without a quotation mark start, None where there are none.

    Any such run covers an aligned half of its length, so that looking for a quotation mark in
    each half is enough: it is found at once in ordinary text.
    """
    half = _LONGEST_RUN_BYTES // 2
    for start in range(0, len(content) - half, half):
        let_go(content)
        if content.find(b'"', start, start + half) < 0:
            begin = content.rfind(b'"', max(0, start - half), start) + 1 or start
            if content.find(b'"', begin, begin + _LONGEST_RUN_BYTES + 1) < 0 and (
                len(content) - begin > _LONGEST_RUN_BYTES
            ):
                return begin
    return None


def _reason(message: str) -> str:
    """Return the reason code for what orjson tells."""
    if "depth" in message or "ecursion" in message:
        return "too_deep"
    if "surrogate" in message:
        return "lone_surrogate"
    return "number_out_of_range" if "infinity" in message else "invalid_json"


def _raw(content: bytes, place: str) -> str | None:
    """Return a refused line whole; a refused delivery is kept as the file that it is."""
    return content.decode("utf-8", "replace") if place else None


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of entries in order, marked where it, or a part of it, names a key twice.

    A part that is read by itself, because it is a record or holds some, keeps the mark to
    itself: what stands beside it is read all the same.
    """
    value = dict(pairs)
    if len(value) == len(pairs):
        twice = next((inner.twice for item in value.values() if (inner := _doubled(item))), None)
    else:
        twice = _first_named_twice(key for key, _ in pairs)
    if twice is None:
        return value
    doubled = Duplicated(value)
    doubled.twice = twice
    doubled.is_own = len(value) != len(pairs)
    return doubled


def outermost(value: Duplicated) -> dict[str, Any]:
    """Return the object that is a whole document, without a mark that only its records bear.

    What stands in lists that records go by is read each by itself, wherever they are (streamed.py).
    """
    if value.is_own:
        return value
    read_alone = {k for k, v in value.items() if isinstance(v, list) and is_long_list(k)}
    others = object_of([(key, item) for key, item in value.items() if key not in read_alone])
    return value if isinstance(others, Duplicated) else dict(value)


def is_long_list(key: str) -> bool:
    """Return whether lists of records go by a name in the outermost object of a document."""
    return keys.canonical(key) in keys.ENVELOPES


def _doubled(value: Any) -> Duplicated | None:
    """Return the object within a value that names a key twice, None where none does."""
    if isinstance(value, Duplicated):
        return value
    if not isinstance(value, list):
        return None
    found = (inner for item in value if (inner := _doubled(item)) and not _is_read_alone(inner))
    return next(found, None)


def _is_read_alone(item: dict[str, Any]) -> bool:
    names = {keys.canonical(key) for key in item}
    is_record = not names.isdisjoint(keys.QUESTION) and not names.isdisjoint(keys.ANSWER)
    return is_record or not names.isdisjoint(keys.LISTS)


def _first_named_twice(keys: Iterable[str]) -> str:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    raise AssertionError("an object with fewer entries than pairs names a key twice")


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_SAFE_INTEGER_CHARS and (
        len(digits) > 2 * _LONGEST_SAFE_INTEGER_CHARS or int(digits) not in _INT64
    ):
        raise _OutOfRangeError(excerpt(digits, 40))
    return int(digits)


def _real(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _OutOfRangeError(excerpt(digits, 40))
    return number


def _constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
