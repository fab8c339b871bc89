"""From bytes as delivered to UTF-8: gzip and UTF-16 by explicit rule, binary formats by name.

The rules look at the first bytes alone: 1f 8b is gzip, unpacked once and never twice; ff fe and
fe ff are UTF-16; ef bb bf is a mark that editors write before UTF-8. Nothing else is guessed.
"""

import codecs
import zlib

from pipeline.deliveries.content import Content, windows
from pipeline.deliveries.records import Refusal, refused

_GZIP = b"\x1f\x8b"
_GZIP_WINDOW_BITS = 31
_MOST_EXPANSION = 100
_FREE_BYTES = 1 << 20
_BINARY = {b"PAR1": "parquet", b"SQLite format 3\0": "sqlite"}
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def unpack(content: Content, *, max_bytes: int) -> Content | Refusal:
    """Return gzip's content, or content that is no gzip as it is.

    Unpacking stops at max_bytes and at a hundred times the packed size: what exceeds them is
    refused before it fills the memory.
    """
    if content[: len(_GZIP)] != _GZIP:
        return content
    return _unpacked(bytes(content), min(max_bytes, most_unpacked(len(content))))


def _unpacked(content: bytes, limit: int) -> bytes | Refusal:
    parts: list[bytes] = []
    total = 0
    while content:
        stream = zlib.decompressobj(wbits=_GZIP_WINDOW_BITS)
        try:
            part = stream.decompress(content, limit + 1 - total)
        except zlib.error as fault:
            return refused("", "bad_gzip", f"the gzip stream is broken: {fault}")
        parts.append(part)
        total += len(part)
        if total > limit:
            return refused("", "packed_bomb", f"expands beyond {limit:,} bytes, which are allowed")
        if not stream.eof:
            return refused("", "bad_gzip", "the gzip stream is cut off")
        content = stream.unused_data.lstrip(b"\0")
    return b"".join(parts)


def most_unpacked(packed_bytes: int) -> int:
    """Return what packed bytes may expand to: a hundredfold, and a small file 1 MiB at any rate."""
    return _MOST_EXPANSION * packed_bytes + _FREE_BYTES


def binary_kind(content: Content) -> str | None:
    """Return the binary format that the first bytes name, None for what should be text."""
    return next((kind for magic, kind in _BINARY.items() if content[: len(magic)] == magic), None)


def to_utf8(content: Content) -> Content | Refusal:
    """Return text as UTF-8 without a byte order mark; UTF-16 only where its mark says so."""
    for mark, encoding in _UTF16.items():
        if content[: len(mark)] == mark:
            try:
                return content[len(mark) :].decode(encoding).encode()
            except UnicodeDecodeError as fault:
                place = fault.start + len(mark) + 1
                return refused("", "not_utf8", f"byte {place:,} is not UTF-16, which the mark says")
    if content[: len(codecs.BOM_UTF8)] == codecs.BOM_UTF8:
        content = content[len(codecs.BOM_UTF8) :]
    for start, window in windows(content):
        try:
            window.decode("utf-8")
        except UnicodeDecodeError as fault:
            place, byte = start + fault.start + 1, window[fault.start]
            return refused("", "not_utf8", f"byte {place:,} (0x{byte:02x}) is not UTF-8")
    return content
