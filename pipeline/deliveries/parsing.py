r"""Strict parsing: bytes that a stranger wrote to a document, or one reason why not.

What a file is, its first bytes say before its name does (unpacking.py). For JSON, orjson is the
gate: it accepts exactly the must-accept files of the public JSON parsing suite. What passes is
read again by the standard library (json_text.py). Lines are split at b"\n" alone, because U+2028
and its kin are ordinary characters inside a JSON string. Lists and lines of a large document stay
in its file (streamed.py, lines.py).
"""

import re
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from pipeline.deliveries import (
    archives,
    embedded,
    envelopes,
    notebooks,
    office,
    pages,
    text_kinds,
)
from pipeline.deliveries.content import Content, find, is_blank, windows
from pipeline.deliveries.json_text import LONGEST_LINE_BYTES, long_run, parse_value
from pipeline.deliveries.lines import Lines, NumberedValues
from pipeline.deliveries.records import (
    BinaryDocument,
    Document,
    JsonDocument,
    JsonLines,
    Members,
    Refusal,
    Tables,
    TextDocument,
    refused,
)
from pipeline.deliveries.streamed import streamed
from pipeline.deliveries.unpacking import NOT_READ, binary_kind, to_utf8, unpack

STREAMED_FROM_BYTES = 8_000_000
"""Smaller documents are read whole, which is faster."""

_PACKED_SUFFIX = re.compile(r"\.(?:gz|bz2|xz)\Z")
_LINE_SUFFIXES = (".jsonl", ".ndjson")
_JSON_SUFFIXES = (".json", ".json5", ".jsonc", ".geojson", ".ipynb")
_LINES_TO_CONVINCE = 10_000


def parse(
    name: str,
    content: Content,
    *,
    max_bytes: int,
    streamed_from: int = STREAMED_FROM_BYTES,
    encoding: str | None = None,
) -> Document | Refusal:
    """Return what a delivery is, or the refusal of the whole delivery.

    name tells JSON from JSON lines and text; where it is wrong about that (lines in a .json,
    one value over many lines in a .jsonl) and the content is plain, the content is believed.
    max_bytes bounds what is parsed at all, packed or unpacked. From streamed_from bytes on, lists
    and lines stay in content, which must outlive the document; what is read is the same. encoding
    is what the delivery's text was declared to be written in.
    """
    if len(content) > max_bytes:
        return refused("", "too_large", f"{len(content):,} bytes, allowed are {max_bytes:,}")
    if len(content) < streamed_from:
        content = bytes(content)
    return _parse(name, content, _Bounds(max_bytes, streamed_from, encoding), 0)


class _Bounds(NamedTuple):
    """What parsing holds itself to, in archives as outside of them."""

    max_bytes: int
    streamed_from: int
    encoding: str | None


def _parse(  # noqa: PLR0911 - one return for each thing that bytes may be
    name: str, content: Content, bounds: _Bounds, depth: int
) -> Document | Refusal:
    unpacked = unpack(content, max_bytes=bounds.max_bytes)
    if isinstance(unpacked, Refusal):
        return unpacked
    kind = binary_kind(unpacked)
    if kind in ("zip", "ole") or archives.is_tar(unpacked[:512]):
        return _parse_archive(kind or "tar", bytes(unpacked), bounds, depth)
    if kind is not None:
        return BinaryDocument(kind, bytes(unpacked))
    message = next(
        (message for magic, message in NOT_READ.items() if unpacked[: len(magic)] == magic), None
    )
    if message is not None:
        return refused("", "unknown_format", f"the file is {message}")
    text = to_utf8(unpacked, bounds.encoding)
    if isinstance(text, Refusal):
        return text
    if is_blank(text):
        return refused("", "empty_file", "the file is empty")
    return _parse_text(_PACKED_SUFFIX.sub("", name.lower()), text, bounds.streamed_from)


def _parse_archive(kind: str, content: bytes, bounds: _Bounds, depth: int) -> Document | Refusal:
    def member(name: str, inner: bytes, level: int) -> Document | Refusal:
        return _parse(name, inner, bounds._replace(streamed_from=bounds.max_bytes + 1), level)

    if kind == "ole":
        return office.workbook(content, "xls")
    read = archives.zipped if kind == "zip" else archives.tarred
    return read(content, member, max_bytes=bounds.max_bytes, depth=depth)


def _parse_text(  # noqa: PLR0911 - one return for each thing that text may be
    name: str, content: Content, streamed_from: int
) -> Document | Refusal:
    suffix = "." + name.rpartition(".")[2] if "." in name.rpartition("/")[2] else ""
    if suffix in _LINE_SUFFIXES:
        return _parse_lines(content, streamed_from)
    looks_like_json = content[:64].lstrip()[:1] in (b"{", b"[")
    fault = None
    if suffix in _JSON_SUFFIXES or looks_like_json:
        value = envelopes.spelled_out(_value(content, streamed_from))
        if not isinstance(value, Refusal):
            return notebooks.text_of_notebook(value) or JsonDocument(value)
        if _first_line_is_object(content):
            return _lines(content, streamed_from)
        nearly = text_kinds.nearly_json(content)
        if nearly is not None:
            return nearly
        if value.reason != "invalid_json":
            return value
        fault = value
    nul = content.find(b"\0")
    if nul >= 0:
        return fault or refused("", "nul_byte", f"byte {nul + 1:,} of the text is NUL")
    text = "".join(window.decode() for _, window in windows(content))
    document = text_kinds.named(text, suffix)
    if fault is None or _outweighs_json(document, suffix):
        return document or TextDocument(text, suffix)
    if suffix in text_kinds.TEXT_SUFFIXES or embedded.values_in(text):
        return TextDocument(text, suffix)
    message = "; it is a page of HTML" if pages.looks_like_html(text) else ""
    return replace(fault, message=fault.message + message)


def _outweighs_json(document: Document | Refusal | None, suffix: str) -> bool:
    """Return whether what a name or a beginning says of a text outweighs that it is no JSON."""
    if isinstance(document, Refusal):
        return suffix in text_kinds.VALUE_SUFFIXES
    return isinstance(document, (JsonDocument, Members, Tables))


def _parse_lines(content: Content, streamed_from: int) -> Document | Refusal:
    """Return lines; one value where the first line alone is none and the whole is."""
    first = _first_line(content)[0]
    if first.strip() in (b"{", b"[") or first.rstrip().endswith((b"{", b"[", b",")):
        value = _value(content, streamed_from)
        if not isinstance(value, Refusal):
            return JsonDocument(value)
    lines = _lines(content, streamed_from)
    if isinstance(lines, Refusal) or any(
        not isinstance(value, Refusal) for _, value in islice(lines.lines, _LINES_TO_CONVINCE)
    ):
        return lines
    return text_kinds.nearly_json(content, lines=True) or lines


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
        message = f"none of the first {_LINES_TO_CONVINCE:,} lines is a JSON object"
        return refused("", "invalid_json", message)
    return JsonLines(lines)


def _holds_no_object(lines: NumberedValues) -> bool:
    """Return whether there are ten thousand lines and none of these is an object."""
    first = [isinstance(value, dict) for _, value in islice(lines, _LINES_TO_CONVINCE)]
    return len(first) == _LINES_TO_CONVINCE and not any(first)
