"""What an inbox offers to a landing: its files in order, whose they are, what does not land.

Nothing is opened here. Reasons are those of landing.LEFT_REASONS.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.deliveries.stored import AGENT_NAME

UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".swp", ".lock", "~")
"""How names end of files that are still being written."""

_DEEPEST_FOLDERS = 64
_LONGEST_PATH_BYTES = 1_000


def offered(source: Path, agent: str | None) -> Iterator[tuple[bytes, str, bytes]]:
    """Yield (path, agent, original name) of each file; the name is empty where no agent is told."""
    if not os.path.lexists(source):
        raise UserError(f"{source} does not exist")
    if not stat.S_ISDIR(os.lstat(source).st_mode):
        if agent is None:
            raise UserError(f"{source} is a file: name its agent with --agent")
        yield os.fsencode(source), agent, os.fsencode(source.name)
        return
    for path, relative in _walk(os.fsencode(source), b"", 0):
        first, _, rest = relative.partition(b"/")
        yield path, agent or os.fsdecode(first), relative if agent else rest


def name_fault(agent: str, name: bytes) -> str | None:
    """Return why a file of that name does not land for an agent (LEFT_REASONS); None if it does."""
    if not name:
        return "no_agent"
    if not AGENT_NAME.fullmatch(agent):
        return "bad_agent"
    last = name.rpartition(b"/")[2]
    if last.startswith(b"."):
        return "hidden"
    is_unfinished = last.endswith(tuple(os.fsencode(suffix) for suffix in UNFINISHED))
    return "unfinished" if is_unfinished else None


def why_no_file(path: bytes, name: bytes) -> str:
    """Return why a folder, or what is neither file nor folder, stays."""
    if os.path.islink(path) or not os.path.isdir(path):  # noqa: PTH112, PTH114 - bytes
        return "not_regular"
    return "too_deep" if _is_too_deep(name, name.count(b"/") + 1) else "unreadable"


def _walk(folder: bytes, below: bytes, depth: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield (path, path relative to the start) of all that is no folder, in byte order.

    A folder that cannot be listed, or that lies too deep, is yielded itself.
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
        if is_folder and not _is_too_deep(relative, depth):
            yield from _walk(entry.path, relative, depth + 1)
        else:
            yield entry.path, relative


def _is_too_deep(relative: bytes, depth: int) -> bool:
    return depth >= _DEEPEST_FOLDERS or len(relative) > _LONGEST_PATH_BYTES
