"""Copies of files on their way into the deliveries: hashed, made safe on disk, then named.

A copy has its stored name only once all its bytes are safe, and its source goes only after that:
whenever this is interrupted, every file is whole in its old place or in its new one.
"""

import errno
import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple

from pipeline.deliveries.stored import DIGEST_HEX, ascii_name, stored_name
from pipeline.deliveries.writers import Writers

NOT_REMOVED = "not_removed"
_CHUNK_BYTES = 1 << 20
_TEMPORARY = ".landing-"
_ASIDE = b".landing-"
_FEW = 4
_NUMBERS = count()

Outcome = tuple[bool, str | None]
"""Whether a copy is a new delivery, and why its source stays after all."""


class Copy(NamedTuple):
    """A file's bytes below a temporary name in its agent's folder, and where they belong.

    state is that of the file as it was copied, digest the SHA-256 of the copy.
    """

    path: bytes
    state: os.stat_result
    folder: Path
    temporary: Path
    stored: str
    digest: str


def copied(
    descriptor: int, state: os.stat_result, path: bytes, name: bytes, folder: Path
) -> Copy | str:
    """Return the copy of an open file, or the reason why there is none and the file stays."""
    temporary = folder / f"{_TEMPORARY}{os.getpid()}-{next(_NUMBERS)}"
    try:
        digest = _copy(descriptor, temporary, state.st_size)
    except OSError as fault:
        temporary.unlink(missing_ok=True)
        return "no_space" if fault.errno in (errno.ENOSPC, errno.EDQUOT) else "unreadable"
    if not _is_unchanged(state, os.fstat(descriptor)) or not _is_unchanged(state, _now(path)):
        temporary.unlink()
        return "changed"
    older = ascii_name(digest, name)
    is_known = not older.isascii() or len(older) > len(os.fsencode(stored_name(digest, name)))
    stored = older if is_known and _exists(folder / older) else stored_name(digest, name)
    return Copy(path, state, folder, temporary, stored, digest)


def settle(copies: list[Copy], *, move: bool) -> dict[Path, Outcome]:
    """Make copies safe, give them their names and, with move, remove their sources.

    Returns by temporary path what became of each.
    """
    if not copies:
        return {}
    _make_safe(copies)
    outcomes = {copy.temporary: _name(copy) for copy in copies}
    for folder in {copy.folder for copy in copies}:
        _sync_folder(folder)
    if move:
        left = _remove_sources([copy for copy in copies if outcomes[copy.temporary][1] is None])
        outcomes |= {copy.temporary: (outcomes[copy.temporary][0], NOT_REMOVED) for copy in left}
    return outcomes


def sweep(folder: Path) -> None:
    """Remove what landings that were killed left in an agent's folder of deliveries."""
    for path in folder.glob(f"{_TEMPORARY}*"):
        process = path.name.removeprefix(_TEMPORARY).partition("-")[0]
        if not process.isdecimal() or int(process) == os.getpid() or not _is_alive(int(process)):
            path.unlink(missing_ok=True)


def restore_sources(folder: bytes) -> None:
    """Give sources below a folder their names again that a killed landing had put aside."""
    for place, _, names in os.walk(folder):
        for name in names:
            original = os.path.join(place, name.removeprefix(_ASIDE))  # noqa: PTH118 - bytes
            if name.startswith(_ASIDE) and not os.path.lexists(original):
                os.rename(os.path.join(place, name), original)  # noqa: PTH104, PTH118 - bytes


def _copy(descriptor: int, target: Path, size: int) -> str:
    """Copy size bytes and return their SHA-256; a file that grows meanwhile is not followed."""
    digest = hashlib.sha256()
    with target.open("wb") as copy:
        while size > 0 and (chunk := os.read(descriptor, min(size, _CHUNK_BYTES))):
            size -= len(chunk)
            digest.update(chunk)
            copy.write(chunk)
    return digest.hexdigest()


def _make_safe(copies: list[Copy]) -> None:
    """Have the bytes of all copies on disk: at once where the system can and they are many."""
    if len(copies) > _FEW and hasattr(os, "sync"):
        os.sync()
        return
    for copy in copies:
        with copy.temporary.open("rb+") as content:
            os.fsync(content.fileno())


def _name(copy: Copy) -> Outcome:
    """Move a copy to its stored name, where what its name says is not there yet.

    What is stored under that name and is not what the name says is damaged: it is replaced.
    """
    target = copy.folder / copy.stored
    is_new = not _exists(target)
    stored = copy.digest if is_new else _digest(target)
    if not is_new and stored == copy.digest:
        copy.temporary.unlink(missing_ok=True)
        return False, None
    if stored != copy.digest and stored.startswith(copy.digest[:DIGEST_HEX]):
        copy.temporary.unlink(missing_ok=True)
        return False, "name_taken"
    copy.temporary.chmod(0o644)
    os.replace(copy.temporary, target)  # noqa: PTH105 - replaces on every platform
    return is_new, None


def _remove_sources(copies: Iterable[Copy]) -> list[Copy]:
    """Remove sources that nobody wrote to since they were copied; the others stay in place.

    Returned are those whose folder does not let them go.

    A source is first put aside, so that nobody can open it by its name any more, and looked at
    after that: who had opened it before is seen, or has changed it.
    """
    left: list[Copy] = []
    aside = [(copy, _put_aside(copy.path)) for copy in copies]
    writers = Writers(0.0)
    for copy, path in aside:
        state = _now(path)
        if state is None:
            continue
        if _is_unchanged(copy.state, state) and not writers.write_to(state):
            try:
                os.unlink(path)  # noqa: PTH108 - the path is bytes: its name may be no text
            except OSError:
                left.append(copy)
        elif path != copy.path:
            _put_back(path, copy)
    return left


def _put_aside(path: bytes) -> bytes:
    folder, name = os.path.split(path)
    aside = os.path.join(folder, _ASIDE + name)  # noqa: PTH118 - as above
    try:
        os.rename(path, aside)  # noqa: PTH104 - as above
    except OSError:  # the name is too long for more, or the file is gone
        return path
    return aside


def _put_back(aside: bytes, copy: Copy) -> None:
    """Give a source its name again, or one beside it where somebody has taken it meanwhile."""
    stem, ending = os.path.splitext(copy.path)  # noqa: PTH122 - as above
    taken = os.path.lexists(copy.path)
    path = stem + b"." + copy.digest[:8].encode() + ending if taken else copy.path
    os.rename(aside, path)  # noqa: PTH104 - as above


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        with suppress(OSError):  # not every file system can
            os.fsync(descriptor)
        os.close(descriptor)


def _is_unchanged(before: os.stat_result, after: os.stat_result | None) -> bool:
    """Return whether a file is the same file with the same bytes, as far as its folder tells."""
    return after is not None and (
        (before.st_dev, before.st_ino, before.st_size, before.st_mtime_ns)
        == (after.st_dev, after.st_ino, after.st_size, after.st_mtime_ns)
    )


def _now(path: bytes) -> os.stat_result | None:
    """Return what stands at a path now, None where nothing does."""
    try:
        return os.lstat(path)
    except OSError:
        return None


def _exists(path: Path) -> bool:
    try:
        path.lstat()
    except OSError:  # also where the name is too long to exist
        return False
    return True


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
