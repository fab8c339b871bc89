r"""Strict parsing: bytes that a stranger wrote to a document, or one reason why not.

What a file is, its first bytes say before its name does (unpacking.py). For JSON, orjson is the
gate: it accepts exactly the must-accept files of the public JSON parsing suite. What passes is
read again by the standard library (json_text.py). Lines are split at b"\n" alone, because U+2028
and its kin are ordinary characters inside a JSON string.
"""

from pipeline.deliveries.json_text import parse_value
from pipeline.deliveries.records import (
    BinaryDocument,
    Document,
    JsonDocument,
    JsonLines,
    Refusal,
    TextDocument,
    refused,
)
from pipeline.deliveries.unpacking import binary_kind, to_utf8, unpack

_LINE_SUFFIXES = (".jsonl", ".ndjson")
_LINES_TO_CONVINCE = 10_000
_TEXT_SUFFIXES = (".txt", ".md", ".markdown", ".csv", ".tsv")


def parse(name: str, content: bytes, *, max_bytes: int) -> Document | Refusal:
    """Return what a delivery is, or the refusal of the whole delivery.

    name tells JSON from JSON lines and text; where it is wrong about that (lines in a .json,
    one value over many lines in a .jsonl) and the content is plain, the content is believed.
    max_bytes bounds what is parsed at all, packed or unpacked.
    """
    if len(content) > max_bytes:
        return refused("", "too_large", f"{len(content):,} bytes, allowed are {max_bytes:,}")
    unpacked = unpack(content, max_bytes=max_bytes)
    if isinstance(unpacked, Refusal):
        return unpacked
    kind = binary_kind(unpacked)
    if kind is not None:
        return BinaryDocument(kind, unpacked)
    text = to_utf8(unpacked)
    if isinstance(text, Refusal):
        return text
    if not text.strip():
        return refused("", "empty_file", "the file is empty")
    return _parse_text(name.lower().removesuffix(".gz"), text)


def _parse_text(name: str, content: bytes) -> Document | Refusal:
    suffix = "." + name.rpartition(".")[2] if "." in name.rpartition("/")[2] else ""
    if suffix in _LINE_SUFFIXES:
        return _parse_lines(content)
    looks_like_json = content[:64].lstrip()[:1] in (b"{", b"[")
    if suffix == ".json" or looks_like_json:
        value = parse_value(content, "")
        if not isinstance(value, Refusal):
            return JsonDocument(value)
        if _first_line_is_object(content):
            return _each_line(content)
        if suffix not in _TEXT_SUFFIXES or value.reason != "invalid_json":
            return value
    if b"\0" in content:
        return refused("", "nul_byte", f"byte {content.index(0) + 1:,} of the text is NUL")
    return TextDocument(content.decode(), suffix)


def _parse_lines(content: bytes) -> Document | Refusal:
    """Return lines; one value where the first line alone is none and the whole is."""
    first = content.lstrip().partition(b"\n")[0]
    if first.strip() in (b"{", b"[") or first.rstrip().endswith((b"{", b"[", b",")):
        value = parse_value(content, "")
        if not isinstance(value, Refusal):
            return JsonDocument(value)
    return _each_line(content)


def _first_line_is_object(content: bytes) -> bool:
    first, newline, rest = content.lstrip().partition(b"\n")
    return bool(newline and rest.strip()) and isinstance(parse_value(first, ""), dict)


def _each_line(content: bytes) -> JsonLines | Refusal:
    lines = []
    start, number = 0, 0
    while start < len(content):
        end = content.find(b"\n", start)
        end = len(content) if end < 0 else end
        number += 1
        line = content[start:end]
        if line.strip():
            lines.append((number, parse_value(line, f"line {number}")))
            if len(lines) == _LINES_TO_CONVINCE and not any(isinstance(v, dict) for _, v in lines):
                told = f"none of the first {_LINES_TO_CONVINCE:,} lines is a JSON object"
                return refused("", "invalid_json", told)
        start = end + 1
    return JsonLines(lines)
