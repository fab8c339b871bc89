"""The process that stages of one run fork from (pipeline/run/serving.py), started when one runs."""

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.run.warm import PLACE, address
from pipeline.workspace.layout import DVC_YAML

_COMMAND = b"-m pipeline.run "

_WAITING = 8
"""Stages that may have asked before the process has loaded."""


@contextmanager
def warm_stages(folder: Path) -> Iterator[Callable[[], None]]:
    """Yield what starts the process, once however often it is called; it ends with the context.

    Stages that DVC starts meanwhile ask at its socket, which listens before the process is there.
    A run in which nothing has to run starts none, and neither does one whose DAG is none of ours.
    On systems other than Linux every stage loads what it needs itself: libraries there may not
    work in a forked process.
    """
    is_ours = (folder / DVC_YAML).is_file() and _COMMAND in (folder / DVC_YAML).read_bytes()
    if not is_ours or sys.platform != "linux" or not hasattr(os, "pidfd_open"):
        yield lambda: None
        return
    serving: list[subprocess.Popen[bytes]] = []
    with socket.socket(socket.AF_UNIX) as listener:

        def start() -> None:
            if serving:
                return
            name = f"faucet-{os.getpid()}-{secrets.token_hex(8)}"
            listener.bind(address(name))
            listener.listen(_WAITING)
            os.environ[PLACE] = name
            serving.append(_serving(listener, folder))
            listener.close()

        try:
            yield start
        finally:
            os.environ.pop(PLACE, None)
            for process in serving:
                _end(process)


def _serving(listener: socket.socket, folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603 - an argument list, no shell
        [sys.executable, "-m", "pipeline.run.serving", str(listener.fileno())],
        cwd=folder,
        stdin=subprocess.PIPE,
        pass_fds=[listener.fileno()],
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and wait for it, so that what it took is known."""
    assert process.stdin
    process.stdin.close()
    process.wait()
