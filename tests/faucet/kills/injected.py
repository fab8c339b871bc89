"""A writer that dies: a Python module run as a program, killed at one of its own system calls.

`python injected.py CALL NUMBER MODULE ARGUMENTS`: where no strace is at hand, SIGKILL comes from
inside, in this process alone. A killed write leaves the first half of its piece.
"""

import builtins
import io
import os
import pathlib
import runpy
import signal
import sys
from typing import Any

CALLS = {"os.rename": "rename", "os.remove": "unlink"}
REAL_OPEN, REAL_FSYNC = io.open, os.fsync


class Steps:
    """Counts the calls of a kind and kills this process at the last one that it may make."""

    def __init__(self, call: str, number: int) -> None:
        self._call, self._left = call, number

    def is_last(self, call: str) -> bool:
        self._left -= call == self._call
        return call == self._call and self._left == 0

    def make(self, call: str) -> None:
        if self.is_last(call):
            die()


class Dying:
    """A file that dies in the middle of a write."""

    def __init__(self, file: Any, steps: Steps) -> None:
        self._file, self._steps = file, steps

    def write(self, piece: Any) -> int:
        if self._steps.is_last("write"):
            self._file.write(piece[: len(piece) // 2])
            self._file.flush()
            die()
        return int(self._file.write(piece))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Any:
        self._file.__enter__()
        return self

    def __exit__(self, *why: object) -> Any:
        return self._file.__exit__(*why)

    def __iter__(self) -> Any:
        return iter(self._file)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def inject(steps: Steps) -> None:
    """Let every write, rename, unlink and fsync of this process be counted."""

    def opened(file: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        made = REAL_OPEN(file, mode, *more, **named)
        is_ours = isinstance(file, str | pathlib.Path) and "/.venv/" not in str(file)
        return Dying(made, steps) if is_ours and set(mode) & set("wax+") else made

    def synced(descriptor: int) -> None:
        steps.make("fsync")
        REAL_FSYNC(descriptor)

    io.open = builtins.open = opened
    os.fsync = synced
    sys.addaudithook(lambda event, _: steps.make(CALLS.get(event, "")))


if __name__ == "__main__":
    inject(Steps(sys.argv[1], int(sys.argv[2])))
    sys.argv = sys.argv[3:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
