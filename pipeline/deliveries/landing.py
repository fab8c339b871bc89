"""Landing: from a folder that strangers write to, to immutable deliveries with safe names.

Nothing of an inbox reaches DVC, git or a parser before it has landed, because each of them can
be led astray by a symlink, a FIFO or a name that is no UTF-8. A delivery is stored as
`<agent>/<first 12 hex digits of its SHA-256>-<its name, percent-encoded>`, so that its name says
what it holds, the original name can be read back byte for byte, and no two spellings collide.
"""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from pipeline.core.errors import UserError

AGENT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""What an agent may be called: it becomes a folder and a word in reports."""

_CHUNK_BYTES = 1 << 20
_LONGEST_NAME_BYTES = 255 - 13
_DIGEST_HEX = 12
_STORED_NAME = re.compile(rf"[0-9a-f]{{{_DIGEST_HEX}}}-.+")
UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".swp", ".lock", "~")

LEFT_REASONS: dict[str, str] = {
    "bad_agent": "the folder's name is no agent name (lower case letters, digits, _ and -)",
    "changed": "the file changed while it was read; it lands next time",
    "hidden": "names that start with a dot are not read",
    "name_too_long": "the name is longer than what a file system holds once it is made safe",
    "name_taken": "another delivery is stored under the same name: the digests' start collides",
    "no_agent": "the file lies beside the agents' folders: name its agent with --agent",
    "not_regular": "only regular files land; this is a link, a pipe, a socket or a device",
    "unfinished": "the name says that the file is still being written",
    "unreadable": "the file or folder cannot be opened or read",
}
"""Why a file stays where it is."""


class Landed(NamedTuple):
    """One file of an inbox: where it is stored now, or the reason why it stays where it is.

    source is the path as found, printable. stored is relative to the deliveries folder, None
    where the file stayed. is_new is False where the same bytes had landed under the same name.
    """

    agent: str
    source: str
    stored: str | None
    is_new: bool
    reason: str | None = None


class Stored(NamedTuple):
    """One landed delivery: its agent, its stored name, its original name and its path."""

    agent: str
    delivery: str
    name: str
    path: Path


def land(
    source: Path, deliveries: Path, *, agent: str | None = None, move: bool = False
) -> Iterator[Landed]:
    """Copy a file or a folder's files into deliveries, and yield what became of each.

    Without agent, a folder's first level names the agent of the files below it. Files that stay
    are yielded with their reason and touched in no way. With move, a file that landed is removed
    from source once its copy is safe on disk.

    Raises UserError where source does not exist, or where no agent is named.
    """
    if agent is not None and not AGENT_NAME.fullmatch(agent):
        raise UserError(f"{agent!r} is no agent name: {LEFT_REASONS['bad_agent']}")
    for path, owner, name in _offered(source, agent):
        if not name:
            yield _left("", path, "no_agent")
        elif not AGENT_NAME.fullmatch(owner):
            yield _left(_printable(os.fsencode(owner)), path, "bad_agent")
        else:
            landed_file = _land_file(path, name, owner, deliveries)
            if move and landed_file.stored is not None:
                os.unlink(path)  # noqa: PTH108 - the path is bytes: its name may be no text
            yield landed_file


def landed(deliveries: Path) -> list[Stored]:
    """Return all landed deliveries, sorted by agent and stored name."""
    if not deliveries.is_dir():
        return []
    return [
        Stored(folder.name, path.name, _printable(original_name(path.name)), path)
        for folder in sorted(deliveries.iterdir(), key=lambda path: path.name)
        if folder.is_dir() and AGENT_NAME.fullmatch(folder.name)
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if _STORED_NAME.fullmatch(path.name)
    ]


def stored_name(digest: str, name: bytes) -> str:
    """Return the safe name under which bytes of that SHA-256 and original name are stored."""
    return f"{digest[:_DIGEST_HEX]}-{quote_from_bytes(name, safe=' ()+,=@')}"


def original_name(stored: str) -> bytes:
    """Return the original name, path below the agent's folder included, of a stored delivery."""
    return unquote_to_bytes(stored.partition("-")[2])


def _offered(source: Path, agent: str | None) -> Iterator[tuple[bytes, str, bytes]]:
    """Yield (path, agent, original name) of each file; the name is empty where no agent is told."""
    if not os.path.lexists(source):
        raise UserError(f"{source} does not exist")
    if not stat.S_ISDIR(os.lstat(source).st_mode):
        if agent is None:
            raise UserError(f"{source} is a file: name its agent with --agent")
        yield os.fsencode(source), agent, os.fsencode(source.name)
        return
    for path, relative in _walk(os.fsencode(source), b""):
        first, _, rest = relative.partition(b"/")
        yield path, agent or os.fsdecode(first), relative if agent else rest


def _walk(folder: bytes, below: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (path, path relative to the start) of all that is no folder, in byte order.

    A folder that cannot be listed, or that lies so deep that no name in it could be stored, is
    yielded itself.
    """
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield folder, below
        return
    for entry in listed:
        relative = below + b"/" + entry.name if below else entry.name
        is_folder = entry.is_dir(follow_symlinks=False) and not entry.name.startswith(b".")
        if is_folder and len(relative) <= _LONGEST_NAME_BYTES:
            yield from _walk(entry.path, relative)
        else:
            yield entry.path, relative


def _land_file(path: bytes, name: bytes, agent: str, deliveries: Path) -> Landed:
    last = name.rpartition(b"/")[2]
    if last.startswith(b"."):
        return _left(agent, path, "hidden")
    if last.endswith(tuple(os.fsencode(suffix) for suffix in UNFINISHED)):
        return _left(agent, path, "unfinished")
    if len(quote_from_bytes(name, safe=" ()+,=@")) > _LONGEST_NAME_BYTES:
        return _left(agent, path, "name_too_long")
    try:
        descriptor = _open_regular(path)
    except OSError as fault:
        is_link = fault.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO)
        return _left(agent, path, "not_regular" if is_link else "unreadable")
    if descriptor is None:
        is_folder = os.path.isdir(path) and not os.path.islink(path)  # noqa: PTH112, PTH114 - bytes
        return _left(agent, path, "unreadable" if is_folder else "not_regular")
    with os.fdopen(descriptor, "rb") as content:
        return _store(content.fileno(), path, name, agent, deliveries / agent)


def _open_regular(path: bytes) -> int | None:
    """Return a descriptor of a regular file, None for anything else; never blocks on a FIFO."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        return None
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def _store(descriptor: int, path: bytes, name: bytes, agent: str, folder: Path) -> Landed:
    """Copy an open file under a temporary name while hashing it, then rename it into place.

    What is stored under its name and is not what the name says is damaged: it is replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    before = os.fstat(descriptor)
    temporary = folder / f".landing-{os.getpid()}"
    try:
        digest = _copy(descriptor, temporary, before.st_size)
    except OSError as fault:
        temporary.unlink(missing_ok=True)
        if fault.errno == errno.ENOSPC:
            raise UserError(f"no space left to land {_printable(path)}") from fault
        return _left(agent, path, "unreadable")
    if not _is_unchanged(before, os.fstat(descriptor)) or not _is_unchanged(before, _now(path)):
        temporary.unlink()
        return _left(agent, path, "changed")
    target = folder / stored_name(digest, name)
    is_new = not target.exists()
    there = digest if is_new else _digest(target)
    if there != digest and there.startswith(digest[:_DIGEST_HEX]):
        temporary.unlink()
        return _left(agent, path, "name_taken")
    os.replace(temporary, target)  # noqa: PTH105 - replaces on every platform
    target.chmod(0o644)
    return Landed(agent, _printable(path), f"{agent}/{target.name}", is_new)


def _copy(descriptor: int, target: Path, size: int) -> str:
    """Copy size bytes and return their SHA-256; a file that grows meanwhile is not followed."""
    digest = hashlib.sha256()
    with target.open("wb") as copy:
        while size > 0 and (chunk := os.read(descriptor, min(size, _CHUNK_BYTES))):
            size -= len(chunk)
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest()


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


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _left(agent: str, path: bytes, reason: str) -> Landed:
    return Landed(agent, _printable(path), None, is_new=False, reason=reason)


def _printable(name: bytes) -> str:
    """Return a name for people: what is no UTF-8 or no printable character is escaped."""
    text = name.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
