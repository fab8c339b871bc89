r"""Strict parsing: bytes that a stranger wrote to a document, or one reason why not.

What a file is, its first bytes say before its name does (unpacking.py). For JSON, orjson is the
gate: it accepts exactly the must-accept files of the public JSON parsing suite. What passes is
read again by the standard library (json_text.py). Lines are split at b"\n" alone, because U+2028
and its kin are ordinary characters inside a JSON string. Lists and lines of a large document stay
in its file (streamed.py, lines.py).
"""

from itertools import islice
from typing import Any

from pipeline.deliveries.content import Content, find, is_blank, windows
from pipeline.deliveries.json_text import LONGEST_LINE_BYTES, long_run, parse_value
from pipeline.deliveries.lines import Lines, NumberedValues
from pipeline.deliveries.records import (
    BinaryDocument,
    Document,
    JsonDocument,
    JsonLines,
    Refusal,
    TextDocument,
    refused,
)
from pipeline.deliveries.streamed import streamed
from pipeline.deliveries.unpacking import binary_kind, to_utf8, unpack

STREAMED_FROM_BYTES = 8_000_000
"""Smaller documents are read whole, which is faster."""

_LINE_SUFFIXES = (".jsonl", ".ndjson")
_LINES_TO_CONVINCE = 10_000
_TEXT_SUFFIXES = (".txt", ".md", ".markdown", ".csv", ".tsv")


def parse(
    name: str, content: Content, *, max_bytes: int, streamed_from: int = STREAMED_FROM_BYTES
) -> Document | Refusal:
    """Return what a delivery is, or the refusal of the whole delivery.

    name tells JSON from JSON lines and text; where it is wrong about that (lines in a .json,
    one value over many lines in a .jsonl) and the content is plain, the content is believed.
    max_bytes bounds what is parsed at all, packed or unpacked. From streamed_from bytes on, lists
    and lines stay in content, which must outlive the document; what is read is the same.
    """
    if len(content) > max_bytes:
        return refused("", "too_large", f"{len(content):,} bytes, allowed are {max_bytes:,}")
    if len(content) < streamed_from:
        content = bytes(content)
    unpacked = unpack(content, max_bytes=max_bytes)
    if isinstance(unpacked, Refusal):
        return unpacked
    kind = binary_kind(unpacked)
    if kind is not None:
        return BinaryDocument(kind, bytes(unpacked))
    text = to_utf8(unpacked)
    if isinstance(text, Refusal):
        return text
    if is_blank(text):
        return refused("", "empty_file", "the file is empty")
    return _parse_text(name.lower().removesuffix(".gz"), text, streamed_from)


def _parse_text(name: str, content: Content, streamed_from: int) -> Document | Refusal:
    suffix = "." + name.rpartition(".")[2] if "." in name.rpartition("/")[2] else ""
    if suffix in _LINE_SUFFIXES:
        return _parse_lines(content, streamed_from)
    looks_like_json = content[:64].lstrip()[:1] in (b"{", b"[")
    if suffix == ".json" or looks_like_json:
        value = _value(content, streamed_from)
        if not isinstance(value, Refusal):
            return JsonDocument(value)
        if _first_line_is_object(content):
            return _lines(content, streamed_from)
        if suffix not in _TEXT_SUFFIXES or value.reason != "invalid_json":
            return value
    nul = content.find(b"\0")
    if nul >= 0:
        return refused("", "nul_byte", f"byte {nul + 1:,} of the text is NUL")
    return TextDocument("".join(window.decode() for _, window in windows(content)), suffix)


def _parse_lines(content: Content, streamed_from: int) -> Document | Refusal:
    """Return lines; one value where the first line alone is none and the whole is."""
    first = _first_line(content)[0]
    if first.strip() in (b"{", b"[") or first.rstrip().endswith((b"{", b"[", b",")):
        value = _value(content, streamed_from)
        if not isinstance(value, Refusal):
            return JsonDocument(value)
    return _lines(content, streamed_from)


def _value(content: Content, streamed_from: int) -> Any:
    """Return the JSON value of content, large ones with their long lists left in it."""
    if len(content) >= streamed_from and long_run(content) is None:
        value = streamed(content)
        if value is not None:
            return value
    return parse_value(content, "")


def _first_line(content: Content) -> tuple[bytes, int]:
    """Return the first line that is not blank, and where the next one starts."""
    for start, window in windows(content):
        text = window.lstrip()
        if text:
            begin = start + len(window) - len(text)
            end = find(content, b"\n", begin)
            end = len(content) if end < 0 else end
            return content[begin : min(end, begin + LONGEST_LINE_BYTES + 1)], end + 1
    return b"", len(content)


def _first_line_is_object(content: Content) -> bool:
    first, following = _first_line(content)
    return not is_blank(content, following) and isinstance(parse_value(first, "line 1"), dict)


def _lines(content: Content, streamed_from: int) -> JsonLines | Refusal:
    """Return the lines of content, unless none of the first ten thousand is an object."""
    lines: NumberedValues = Lines(content)
    if len(content) < streamed_from:
        lines = list(lines)
    if _holds_no_object(lines):
        told = f"none of the first {_LINES_TO_CONVINCE:,} lines is a JSON object"
        return refused("", "invalid_json", told)
    return JsonLines(lines)


def _holds_no_object(lines: NumberedValues) -> bool:
    """Return whether there are ten thousand lines and none of these is an object."""
    first = [isinstance(value, dict) for _, value in islice(lines, _LINES_TO_CONVINCE)]
    return len(first) == _LINES_TO_CONVINCE and not any(first)
