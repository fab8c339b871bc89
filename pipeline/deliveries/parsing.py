r"""Strict parsing: bytes that a stranger wrote to JSON values, or one reason why not.

orjson is the gate: it accepts exactly the must-accept files of the public JSON parsing suite.
What passes is read again by the standard library, whose hooks see what orjson resolves silently:
a key named twice, a number that 64 bits do not hold. Lines are split at b"\n" alone, because
U+2028 and its kin are ordinary characters inside a JSON string.
"""

import codecs
import json
import math
from typing import Any

import orjson

from pipeline.core.text import excerpt
from pipeline.deliveries.records import Document, Duplicated, JsonDocument, JsonLines, Refusal

_LINE_SUFFIXES = (".jsonl", ".ndjson")
_INT64 = range(-(2**63), 2**64)
_LONGEST_SAFE_INTEGER_CHARS = 18


class _OutOfRangeError(ValueError):
    """A number that does not fit into 64 bits."""


def parse(name: str, content: bytes, *, max_bytes: int) -> Document | Refusal:
    """Return the JSON value or lines of a delivery, or the refusal of the whole delivery.

    name decides between one value and one value a line: .jsonl and .ndjson are lines.
    max_bytes bounds what is parsed at all.
    """
    if len(content) > max_bytes:
        return Refusal("", "too_large", f"{len(content):,} bytes, allowed are {max_bytes:,}")
    content = content.removeprefix(codecs.BOM_UTF8)
    if not content.strip():
        return Refusal("", "empty_file", "the file is empty")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as fault:
        byte = content[fault.start]
        return Refusal("", "not_utf8", f"byte {fault.start + 1:,} (0x{byte:02x}) is not UTF-8")
    if name.lower().endswith(_LINE_SUFFIXES):
        return _parse_lines(content)
    if name.lower().endswith(".json") or content.lstrip()[:1] in (b"{", b"["):
        value = parse_value(content, "")
        return value if isinstance(value, Refusal) else JsonDocument(value)
    return Refusal("", "unknown_format", "the file is neither JSON nor JSONL")


def parse_value(content: bytes, place: str) -> Any:
    """Return the JSON value of content, or a Refusal at place."""
    where = f"{place}: " if place else ""
    try:
        orjson.loads(content)
        return json.loads(
            content,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_real,
        )
    except _OutOfRangeError as fault:
        message = f"{where}number {fault} does not fit into 64 bits"
        return Refusal(place, "number_out_of_range", message, _raw(content, place))
    except RecursionError:
        return Refusal(place, "too_deep", f"{where}nested too deeply", _raw(content, place))
    except orjson.JSONDecodeError as fault:
        spot = f"{place}: " if place else f"line {fault.lineno} "
        message = f"{spot}column {fault.colno}: {excerpt(fault.msg, 120)}"
        return Refusal(place, _reason(fault.msg), message, _raw(content, place))


def _reason(told: str) -> str:
    """Return the reason code for what orjson tells."""
    if "depth" in told:
        return "too_deep"
    return "number_out_of_range" if "infinity" in told else "invalid_json"


def _parse_lines(content: bytes) -> JsonLines:
    numbered = enumerate(content.split(b"\n"), start=1)
    return JsonLines(
        [(number, parse_value(line, f"line {number}")) for number, line in numbered if line.strip()]
    )


def _raw(content: bytes, place: str) -> str | None:
    """Return a refused line whole; a refused delivery is kept as the file that it is."""
    return content.decode("utf-8", "replace") if place else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    doubled = Duplicated(value)
    seen: set[str] = set()
    doubled.twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return doubled


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
