"""A file that somebody keeps for us: there, not there, or something else in its place."""

import errno
import stat
from pathlib import Path

from pipeline.core.errors import UserError

_MEND = "move it away, and restore the file from git"


def whole_file(root: Path, path: Path) -> bytes | None:
    """Return the bytes of the file at path below root, None where nothing stands there.

    Raises UserError for what is neither: a folder, a link that leads nowhere, a pipe. Whoever took
    these for no file would go on without what people wrote.
    """
    place = root / path
    other = _other_than_file(place)
    if other is not None:
        raise UserError(f"{path.as_posix()} is {other}, no file: {_MEND}")
    try:
        return place.read_bytes()
    except FileNotFoundError:
        return None


def _other_than_file(place: Path) -> str | None:
    """Return what stands at a place instead of a file; None for a file, and for nothing."""
    try:
        mode = place.stat().st_mode
    except FileNotFoundError:
        return "a link that leads nowhere" if place.is_symlink() else None
    except OSError as fault:
        if fault.errno == errno.ELOOP:
            return "a link that leads in a circle"
        if fault.errno == errno.ENOTDIR:
            return "below something that is no folder"
        raise
    if stat.S_ISDIR(mode):
        return "a folder"
    return None if stat.S_ISREG(mode) else "a pipe or a device"
