"""From bytes as delivered to UTF-8: packed bytes and UTF-16 by rule, binary formats by name.

The rules look at the first bytes alone: 1f 8b is gzip (bzip2 and xz say so too), unpacked once and
never twice; ff fe and
fe ff are UTF-16; ef bb bf is a mark that editors write before UTF-8. Nothing else is guessed: of
bytes that are no UTF-8 the refusal says what they would be as Windows-1252, and how to say so.
"""

import bz2
import codecs
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from pipeline.core.text import excerpt
from pipeline.deliveries import encodings
from pipeline.deliveries.content import Content, windows
from pipeline.deliveries.records import Refusal, refused

_GZIP_WINDOW_BITS = 31
_MOST_XZ_MEMORY_BYTES = 100_000_000
_PACKED: dict[bytes, tuple[str, Callable[[], Any]]] = {
    b"\x1f\x8b": ("gzip", lambda: zlib.decompressobj(wbits=_GZIP_WINDOW_BITS)),
    b"BZh": ("bzip2", bz2.BZ2Decompressor),
    b"\xfd7zXZ\0": ("xz", lambda: lzma.LZMADecompressor(memlimit=_MOST_XZ_MEMORY_BYTES)),
}
_FAULTS = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)
UNREADABLE = (
    zipfile.BadZipFile,
    NotImplementedError,  # zipfile's word for a compression or a version that it does not know
    RuntimeError,  # its word for an encrypted member
    LookupError,  # a member, or an encoding, that nobody knows
    struct.error,
    *_FAULTS,
)
"""What reading a member of a damaged ZIP raises."""
_MOST_EXPANSION = 100
_FREE_BYTES = 1 << 20
_BINARY = {
    b"PAR1": "parquet",
    b"SQLite format 3\0": "sqlite",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "ole",
}
NOT_READ = {
    b"%PDF": "a PDF: save its text, or the table that it was made from",
    b"\x89PNG": "a picture (PNG): deliver text",
    b"\xff\xd8\xff": "a picture (JPEG): deliver text",
    b"GIF8": "a picture (GIF): deliver text",
    b"{\\rtf": "a rich text (RTF): save it as .docx or .txt",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive: pack it as ZIP",
    b"Rar!": "a RAR archive: pack it as ZIP",
    b"\x28\xb5\x2f\xfd": "packed with zstd: pack it with gzip",
    b"ARROW1": "an Arrow or Feather file: write it as Parquet",
    b"Obj\x01": "an Avro file: write it as Parquet or JSON lines",
    b"RIFF": "a picture or a sound (WebP, WAV): deliver text",
    b"ID3": "a sound (MP3): deliver its transcript as text",
    b"OggS": "a sound (Ogg): deliver its transcript as text",
    b"\x1aE\xdf\xa3": "a film (Matroska, WebM): deliver its transcript as text",
    b"\x7fELF": "a program: deliver text",
    b"\x89HDF": "an HDF5 file: write it as Parquet or JSON lines",
    b"\x93NUMPY": "an array of numpy: write it as JSON lines",
    b"\x80\x04\x95": "a Python pickle, which is never opened: write it as JSON",
    b"\x80\x05\x95": "a Python pickle, which is never opened: write it as JSON",
    b"version https://git-lfs": "a pointer of Git LFS, not the file: run git lfs pull",
}
"""First bytes -> what a file is that is known and not read, and what would be read."""

ENCODINGS = (
    "cp1252",
    "latin-1",
    "iso8859-15",
    "utf-16-le",
    "utf-16-be",
    "gb18030",
    "big5",
    "shift_jis",
    "euc_kr",
    "koi8-r",
    "cp1251",
    "cp1250",
    "mac-roman",
    "cp437",
    "cp850",
    "utf-8",
)
"""What a text may be declared to be written in."""

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


def unpack(content: Content, *, max_bytes: int) -> Content | Refusal:
    """Return what gzip, bzip2 or xz packed, or content that is none of these as it is.

    Unpacking stops at max_bytes and at a hundred times the packed size: what exceeds them is
    refused before it fills the memory.
    """
    packed = next((how for magic, how in _PACKED.items() if content[: len(magic)] == magic), None)
    if packed is None:
        return content
    return _unpacked(bytes(content), *packed, min(max_bytes, most_unpacked(len(content))))


def _unpacked(
    content: bytes, kind: str, unpacker: Callable[[], Any], limit: int
) -> bytes | Refusal:
    parts: list[bytes] = []
    total = 0
    while content:
        stream = unpacker()
        try:
            part = stream.decompress(content, limit + 1 - total)
        except _FAULTS as fault:
            return refused("", "bad_gzip", f"the {kind} stream is broken: {fault}")
        parts.append(part)
        total += len(part)
        if total > limit:
            return refused("", "packed_bomb", f"expands beyond {limit:,} bytes, which are allowed")
        if not stream.eof:
            return refused("", "bad_gzip", f"the {kind} stream is cut off")
        content = stream.unused_data.lstrip(b"\0")
    return b"".join(parts)


def most_unpacked(packed_bytes: int) -> int:
    """Return what packed bytes may expand to: a hundredfold, and a small file 1 MiB at any rate."""
    return _MOST_EXPANSION * packed_bytes + _FREE_BYTES


def binary_kind(content: Content) -> str | None:
    """Return the binary format that the first bytes name, None for what should be text."""
    return next((kind for magic, kind in _BINARY.items() if content[: len(magic)] == magic), None)


def to_utf8(content: Content, encoding: str | None = None) -> Content | Refusal:
    """Return text as UTF-8 without a byte order mark; UTF-16 only where its mark says so.

    encoding is what the text is declared to be written in.
    """
    for mark, utf16 in _UTF16.items():
        if content[: len(mark)] == mark:
            try:
                return content[len(mark) :].decode(utf16).encode()
            except UnicodeDecodeError as fault:
                place = fault.start + len(mark) + 1
                return refused("", "not_utf8", f"byte {place:,} is not UTF-16, which the mark says")
    if encoding is not None and encoding != "utf-8":
        try:
            return bytes(content).decode(encoding).encode()
        except UnicodeDecodeError as fault:
            message = f"byte {fault.start + 1:,} is not {encoding}, which was declared"
            return refused("", "not_utf8", message)
    if content[: len(codecs.BOM_UTF8)] == codecs.BOM_UTF8:
        content = content[len(codecs.BOM_UTF8) :]
    for start, window in windows(content):
        try:
            window.decode("utf-8")
        except UnicodeDecodeError as fault:
            place, byte = start + fault.start + 1, window[fault.start]
            message = (
                f"byte {place:,} (0x{byte:02x}) is not UTF-8; {_proposal(window, fault.start)}"
            )
            return refused("", "not_utf8", message)
    return content


def _proposal(window: bytes, place: int) -> str:
    """Return what would make a text read, with the words around the byte as they would be read."""
    around = window[max(0, place - 12) : place + 12]
    odd = sum(not byte for byte in window[1:200:2])
    if odd > len(window[1:200:2]) // 2:
        return "it looks like UTF-16 without its mark: land with --encoding utf-16-le"
    if sum(byte < 32 and byte not in (9, 10, 13) for byte in window[:4000]) > 4:  # noqa: PLR2004 - control characters
        return "it is no text: save it as UTF-8, CSV or JSON"
    found = encodings.by_script(window)
    if found is not None:
        shown = excerpt(window[:80].decode(found, "ignore"), 30)
        return f"as {found} it reads {shown!r}: land with --encoding {found}, or save as UTF-8"
    try:
        shown = excerpt(around.decode("cp1252"), 30)
    except UnicodeDecodeError:
        return "save it as UTF-8, or land with --encoding NAME"
    return f"as Windows-1252 it reads {shown!r}: land with --encoding cp1252, or save as UTF-8"
