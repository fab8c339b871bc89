"""Landed deliveries as they lie on disk: `<agent>/<12 hex digits of the SHA-256>-<safe name>`.

The name says what the file holds, the original name can be read back from it, and no two
spellings collide. Letters and digits of every script stay readable; what could mean something to
a shell, a terminal, a file system or a reader's eye is percent-encoded.
"""

import re
import unicodedata
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

AGENT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""What an agent may be called: it becomes a folder and a word in reports."""

DIGEST_HEX = 12
_LONGEST_NAME_BYTES = 255 - DIGEST_HEX - 1
_STORED_NAME = re.compile(rf"[0-9a-f]{{{DIGEST_HEX}}}-.+")
_SAFE = " ()+,=@"
_CUT_DIGEST_HEX = 8
_LONGEST_ENDING_BYTES = 24
_BROKEN_ESCAPE = re.compile(r"%[0-9A-F]?$")


class Stored(NamedTuple):
    """One landed delivery: its agent, its stored name, its original name and its path."""

    agent: str
    delivery: str
    name: str
    path: Path


MAPPING_SUFFIX = ".mapping.yaml"


def mapping_path(stored: Path) -> Path:
    """Return where stands what the keys of a stored delivery mean, if anybody said it."""
    return stored.with_name(stored.name[:DIGEST_HEX] + MAPPING_SUFFIX)


def landed(deliveries: Path) -> list[Stored]:
    """Return all landed deliveries, sorted by agent and stored name."""
    if not deliveries.is_dir():
        return []
    return [
        Stored(folder.name, path.name, printable(original_name(path.name)), path)
        for folder in sorted(deliveries.iterdir(), key=lambda path: path.name)
        if folder.is_dir() and AGENT_NAME.fullmatch(folder.name)
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if _STORED_NAME.fullmatch(path.name)
    ]


def stored_name(digest: str, name: bytes) -> str:
    """Return the safe name under which bytes of that SHA-256 and original name are stored.

    A name that no file system would hold is cut in its middle, where a digest of the whole name
    stands instead, so that two long names never become one.
    """
    return f"{digest[:DIGEST_HEX]}-{_cut(_quoted(name), name)}"


def ascii_name(digest: str, name: bytes) -> str:
    """Return the stored name with everything beyond ASCII encoded, as older landings wrote it."""
    return f"{digest[:DIGEST_HEX]}-{quote_from_bytes(name, safe=_SAFE)}"


def original_name(stored: str) -> bytes:
    """Return the original name, path below the agent's folder included, of a stored delivery."""
    return unquote_to_bytes(stored.partition("-")[2])


def printable_name(stored: str) -> str:
    """Return the original name of a stored delivery for people, odd characters escaped."""
    return printable(original_name(stored))


def printable(name: bytes) -> str:
    """Return a name for people: what is no UTF-8 or no printable character is escaped."""
    text = name.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _quoted(name: bytes) -> str:
    """Return a name with all but letters, digits and a few harmless signs percent-encoded.

    Names that are no UTF-8, or that a file system would compose in another way, keep ASCII alone.
    """
    if name.isascii():
        return quote_from_bytes(name, safe=_SAFE)
    text = name.decode("utf-8", "replace")
    if text.encode() != name or not unicodedata.is_normalized("NFC", text):
        return quote_from_bytes(name, safe=_SAFE)
    return "".join(c if _is_letter(c) else quote_from_bytes(c.encode(), safe=_SAFE) for c in text)


def _is_letter(character: str) -> bool:
    """Return whether a character beyond ASCII is a letter, a mark on one, or a digit."""
    return not character.isascii() and unicodedata.category(character)[0] in "LMN"


def _cut(quoted: str, name: bytes) -> str:
    if len(quoted.encode()) <= _LONGEST_NAME_BYTES:
        return quoted
    ending = "".join(Path(quoted).suffixes[-2:])
    ending = ending if len(ending.encode()) <= _LONGEST_ENDING_BYTES else ""
    mark = f"~{sha256(name).hexdigest()[:_CUT_DIGEST_HEX]}{ending}"
    start = quoted.encode()[: _LONGEST_NAME_BYTES - len(mark.encode())].decode("utf-8", "ignore")
    return _BROKEN_ESCAPE.sub("", start) + mark
