"""Programs that tests start without loading DVC and the engine each time (loaded/server.py)."""

import atexit
import os
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from filelock import FileLock

from tests.thoroughness import LONG

ROOT = Path(__file__).parents[1]
PLACE = "LOADED_PROGRAMS"
FORKS = hasattr(os, "pidfd_open") and not LONG
"""Whether programs fork from a loaded process: on Linux, in the short form."""
_WAITING = 64
"""Programs that may have asked before all is loaded."""


@cache
def loaded() -> str:
    """Return a PYTHONPATH by which programs of this project fork from a process that loaded them.

    One process serves all of a test run; whoever asks first starts it. A program sees its own
    arguments, folder, variables, streams and files, and its starter its exit code and what it says;
    what a kill leaves behind is tried on programs without it. In the long form every program loads
    by itself.
    """
    if not FORKS:
        return str(ROOT)
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    place = Path(tempfile.gettempdir()) / f"qa-tests-{run[:12]}.socket"
    path = os.pathsep.join((str(ROOT / "tests/loaded"), str(ROOT)))
    with FileLock(f"{place}.lock"):
        if not place.exists():
            _start(place, path)
    os.environ[PLACE] = str(place)
    return path


def _start(place: Path, path: str) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen(_WAITING)
        started = subprocess.Popen(
            [sys.executable, "-m", "tests.loaded.server", str(listener.fileno())],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path},
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    atexit.register(_end, started)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process with its stdin, and wait for it, so that what it took is known."""
    assert process.stdin
    process.stdin.close()
    process.wait()
