"""Who still writes to a file: asked of the kernel where it tells, of the clock elsewhere."""

import os
import time
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_MAY_WRITE = os.O_WRONLY | os.O_RDWR
_OCTAL = 8


class Writers:
    """The files that processes hold open for writing at one moment.

    Linux lists them for every process of the same user. Where it does not, a file counts as
    written to while its last change is younger than quiet_s seconds; what a program of another
    user holds open is known nowhere, which is why `.part` and a rename is the sure way.
    """

    def __init__(self, quiet_s: float) -> None:
        """Look once; quiet_s is used where the kernel does not tell."""
        self._quiet_s = quiet_s
        self._open = _open_for_writing()

    def write_to(self, file: os.stat_result) -> bool:
        """Return whether somebody still writes to a file of that state."""
        if self._open is not None:
            return (file.st_dev, file.st_ino) in self._open
        return abs(time.time() - file.st_mtime) < self._quiet_s


def _open_for_writing() -> frozenset[tuple[int, int]] | None:
    """Return (device, inode) of each file that is open for writing; None where nobody tells."""
    if not (_PROC / "self/fdinfo").is_dir():
        return None
    found: set[tuple[int, int]] = set()
    for process in os.scandir(_PROC):
        if process.name.isdecimal():
            with suppress(OSError):  # it ended, or is another user's
                found.update(_of_process(process.path))
    return frozenset(found)


def _of_process(process: str) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for number in os.listdir(f"{process}/fd"):  # noqa: PTH208 - a name is enough
        with suppress(OSError, ValueError):
            link = os.readlink(f"{process}/fd/{number}")  # noqa: PTH115 - as above
            if link.startswith("/") and _may_write(f"{process}/fdinfo/{number}"):
                state = os.stat(f"{process}/fd/{number}")  # noqa: PTH116 - as above
                found.add((state.st_dev, state.st_ino))
    return found


def _may_write(fdinfo: str) -> bool:
    with open(fdinfo, encoding="ascii") as lines:  # noqa: PTH123 - as above
        flags = next(line for line in lines if line.startswith("flags:"))
    return bool(int(flags.partition(":")[2], _OCTAL) & _MAY_WRITE)
