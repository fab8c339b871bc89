"""Files whose names begin with a digest of their bytes, and which of them were read whole already.

`<hex digits of the SHA-256>-<name>`: deliveries are stored so, and parts of the memo. A file is
compared with its name when it is first seen and whenever its size, time or inode changed since;
`faucet fsck` reads every byte.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import orjson

from pipeline.store.atomic import write_bytes

_NAMED = re.compile(r"([0-9a-f]{12,64})-.+")
_PART_HEX = 16


class DigestCache:
    """Which files were found to hold what they must: their digest while stat says the same.

    Kept in one file below .cache, by paths from a folder, so that both can move together; to lose
    it costs the time of reading all files again.
    """

    def __init__(self, book: Path, folder: Path) -> None:
        self._book, self._folder = book, folder
        self._start = f"{folder}{os.sep}"
        self._before = _rows(book)
        self._now: dict[str, list[int | str]] = {}

    def digest(self, path: Path, read: Callable[[Path], str], *, every_byte: bool = False) -> str:
        """Return the digest of a file: the remembered one, or what read gives of its bytes."""
        state = stamp(path)
        before = self._before.get(self._name(path))
        if before is None or before[:-1] != state or every_byte:
            before = [*state, read(path)]
        self._now[self._name(path)] = before
        return str(before[-1])

    def note(self, path: Path, digest: str) -> None:
        """Remember that a file was written and has this digest."""
        self._now[self._name(path)] = [*stamp(path), digest]

    def remembered(self) -> list[tuple[Path, str]]:
        """Return every remembered file with its digest."""
        return [(self._folder / name, str(row[-1])) for name, row in self._before.items()]

    def changed(self) -> list[tuple[Path, str]]:
        """Return the remembered files that are there and whose size, time or inode changed."""
        there = [(path, digest) for path, digest in self.remembered() if path.is_file()]
        return [one for one in there if stamp(one[0]) != self._before[self._name(one[0])][:-1]]

    def save(self) -> None:
        """Remember the files that were asked for, and no others."""
        if self._now != self._before:
            write_bytes(self._book, orjson.dumps(self._now))

    def _name(self, path: Path) -> str:
        return str(path).removeprefix(self._start)


def stamp(path: Path) -> list[int | str]:
    """Return what changes when somebody writes to a file: size, time and inode."""
    state = os.stat(path)  # noqa: PTH116 - a hundred thousand of them
    return [state.st_size, state.st_mtime_ns, state.st_ino]


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    return _digest(path, "sha256")


def md5_of(path: Path) -> str:
    """Return the MD5 of a file's bytes, by which DVC knows it."""
    return _digest(path, "md5")


def other_than_named(
    paths: Iterable[Path], seen: DigestCache | None = None, *, every_byte: bool = False
) -> list[Path]:
    """Return the files that are not what the digests in their names say.

    Those that were seen before and did not change since are not read again, unless every_byte.
    """
    damaged = []
    for path in paths:
        match = _NAMED.fullmatch(path.name)
        wanted = match[1] if match else ""
        found = seen.digest(path, sha256_of, every_byte=every_byte) if seen else sha256_of(path)
        if not found.startswith(wanted):
            found = sha256_of(path)  # the memory may be what is damaged
        if not match or not found.startswith(wanted):
            damaged.append(path)
    if seen is not None:
        seen.save()
    return damaged


def write_named(folder: Path, name: str, write: Callable[[Path], None]) -> str:
    """Let write make a file, and give it its name behind the digest of its bytes; return that."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".{name}.{os.getpid()}.tmp"
    try:
        write(temporary)
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        named = f"{sha256_of(temporary)[:_PART_HEX]}-{name}"
        temporary.replace(folder / named)
    finally:
        temporary.unlink(missing_ok=True)
    return named


def _rows(book: Path) -> dict[str, list[int | str]]:
    try:
        rows = orjson.loads(book.read_bytes())
    except (OSError, ValueError):
        return {}
    is_book = isinstance(rows, dict) and all(isinstance(row, list) for row in rows.values())
    return rows if is_book else {}


def _digest(path: Path, name: str) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, name).hexdigest()
