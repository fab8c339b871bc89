"""A program run under watch: bounded in time and in silence, ended with all that it started.

It gets a process group of its own, so that its children end with it. What it prints goes to a
log; the last part of it is returned, because that is where programs say why they failed.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

import psutil

_TICK_S = 0.1
_GRACE_S = 5.0
_TAIL_BYTES = 4_000
_MOST_LOGGED_BYTES = 10_000_000
NOT_FOUND = 127
"""Exit code of a program that cannot be started, as shells give it."""


class Ended(NamedTuple):
    """How a program ended: by itself with exit_code, or why it was ended; and its last words."""

    exit_code: int | None
    why: str | None
    tail: str


class Bounds(NamedTuple):
    """How long a program may run, and how long it may print nothing, in seconds."""

    timeout_s: float
    silence_s: float


def run(
    arguments: Sequence[str],
    folder: Path,
    bounds: Bounds,
    log: Path,
    *,
    text: str = "",
    variables: Mapping[str, str] | None = None,
    inherits: Mapping[str, str] | None = None,
    watch: Callable[[], None] = lambda: None,
    started: Callable[[int], None] = lambda _: None,
    heard: Callable[[str], None] = lambda _: None,
) -> Ended:
    """Run a program in a folder with text on its stdin, and return how it ended.

    No shell reads arguments. watch is called several times a second; what it raises ends the
    program and goes on to the caller. started is given the id of the new process, heard each line
    that it prints, in another thread. inherits is the environment that it gets beside variables,
    all of ours where it is not told.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = os.environ if inherits is None else inherits
    with log.open("wb") as written:
        try:
            process = _start(
                arguments,
                folder,
                {**environment, **(variables or {})},
            )
        except OSError as fault:
            return Ended(NOT_FOUND, None, f"{arguments[0]}: {fault.strerror or fault}")
        started(process.pid)
        output = _Output(process, written, heard)
        threading.Thread(target=_feed, args=(process, text), daemon=True).start()
        try:
            why = _wait(process, output, bounds, watch)
        finally:
            end_group(process.pid)
            process.wait()
            output.finish()
    return Ended(None if why else process.returncode, why, output.tail())


def end_group(group: int) -> None:
    """End all processes of a group, politely at first; nothing happens where there are none."""
    members = _members(group)
    for member in members:
        with suppress(psutil.NoSuchProcess):
            member.send_signal(signal.SIGTERM)
    _, alive = psutil.wait_procs(members, timeout=_GRACE_S)
    stubborn = {*alive, *_members(group)}
    for member in stubborn:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(stubborn, timeout=_GRACE_S)


def _start(
    arguments: Sequence[str], folder: Path, variables: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    new_group: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)  # Windows alone has it
    return subprocess.Popen(  # noqa: S603 - an argument list, no shell
        list(arguments),
        cwd=folder,
        env=dict(variables),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=sys.platform != "win32",
        creationflags=new_group,
    )


class _Output:
    """What a program prints, read in a thread so that it never waits for us."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", log: IO[bytes], heard: Callable[[str], None]
    ) -> None:
        assert process.stdout
        self.last = time.monotonic()
        self._stream, self._log = process.stdout, log
        self._tail = b""
        self._heard, self._begun = heard, b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        left = _MOST_LOGGED_BYTES
        while chunk := os.read(self._stream.fileno(), 1 << 16):
            self.last = time.monotonic()
            self._tail = (self._tail + chunk)[-_TAIL_BYTES:]
            with suppress(OSError, ValueError):  # a full disk, or a late word after the end
                self._log.write(chunk[:left])
                self._log.flush()
            left -= len(chunk[:left])
            *lines, self._begun = (self._begun[-_TAIL_BYTES:] + chunk).split(b"\n")
            for line in lines:
                self._heard(line.decode("utf-8", "replace").rstrip("\r"))

    def finish(self) -> None:
        """Read what is left; a child that kept the pipe open is not waited for."""
        self._thread.join(_GRACE_S)
        if not self._thread.is_alive():
            self._stream.close()

    def tail(self) -> str:
        return self._tail.decode("utf-8", "replace")


def _feed(process: "subprocess.Popen[bytes]", text: str) -> None:
    assert process.stdin
    with suppress(OSError):  # a program may end, or close its stdin, without reading
        process.stdin.write(text.encode("utf-8"))
    with suppress(OSError):
        process.stdin.close()


def _wait(
    process: "subprocess.Popen[bytes]",
    output: _Output,
    bounds: Bounds,
    watch: Callable[[], None],
) -> str | None:
    """Wait for the end; return why it must be ended now, None where it ended by itself."""
    start = time.monotonic()
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_TICK_S)
            return None
        now = time.monotonic()
        if now - start > bounds.timeout_s:
            return f"it ran for more than {bounds.timeout_s:g} s"
        if now - output.last > bounds.silence_s:
            return f"it printed nothing for {bounds.silence_s:g} s"
        watch()


def _members(group: int) -> list[psutil.Process]:
    """Return the processes of a group, or a process with its children where there are no groups."""
    if sys.platform == "win32":
        with suppress(psutil.NoSuchProcess):
            leader = psutil.Process(group)
            return [leader, *leader.children(recursive=True)]
        return []
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
