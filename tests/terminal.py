"""A process in a pseudo-terminal, as a person sees it; only where the system has such."""

import os
import pty
import select
import signal
import sys
import termios
import time
from pathlib import Path

PATIENCE_S = 60


class Terminal:
    """A process in a pseudo-terminal of 100 columns; it is ended when it is silent too long."""

    def __init__(self, root: Path, *arguments: str, **environment: str) -> None:
        self._seen = self.shown = ""
        self._pid, self._master = pty.fork()
        if self._pid == 0:
            os.chdir(root)
            told = {"TERM": "dumb", "COLUMNS": "100", "PYTHONPATH": os.pathsep.join(sys.path)}
            os.execve(
                sys.executable,
                [sys.executable, "-m", "pipeline.cli", *arguments],
                {**os.environ, **told, **environment},
            )

    def expect(self, text: str) -> str:
        """Read until text shows up, and return what was shown up to it."""
        while text not in self._seen:
            ready = select.select([self._master], [], [], PATIENCE_S)[0]
            part = self._read() if ready else b""
            if not part:
                os.kill(self._pid, signal.SIGKILL)
                raise AssertionError(f"{text!r} was not shown: {self._seen[-2000:]}")
            self._seen += part.decode("utf-8", "replace")
            self.shown += part.decode("utf-8", "replace")
        shown, _, self._seen = self._seen.partition(text)
        return shown

    def press(self, key: str) -> None:
        """Press a key once the program waits for one: what comes before, terminals flush."""
        deadline = time.monotonic() + PATIENCE_S
        while termios.tcgetattr(self._master)[3] & termios.ICANON:
            assert time.monotonic() < deadline, "nothing waits for a key"
            time.sleep(0.01)
        self.type(key)

    def type(self, text: str) -> None:
        """Type into a prompt that reads a line."""
        os.write(self._master, text.encode())

    def end(self) -> int:
        """Read what is left and return the exit code."""
        while part := self._read():
            self.shown += part.decode("utf-8", "replace")
        os.close(self._master)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _read(self) -> bytes:
        try:
            return os.read(self._master, 65536)
        except OSError:  # Linux says so where the process has ended
            return b""
