"""A process in a pseudo-terminal, as a person sees it; only where the system has such."""

import os
import pty
import re
import select
import signal
import sys
import termios
import time
from pathlib import Path

from tests.programs import loaded

PATIENCE_S = 60
ENGINES = re.compile(r"Daft|Query ID|🗡|🐟|%\||\bray\b|Traceback", re.IGNORECASE)
PROGRESS = re.compile(r"[━╸╺]|\d+% \d+:\d\d left")


class Terminal:
    """A process in a pseudo-terminal of 100 columns; it is ended when it is silent too long."""

    def __init__(
        self, root: Path, *arguments: str, module: str = "pipeline.cli", **environment: str
    ) -> None:
        self._seen = self.shown = ""
        self._pid, self._master = pty.fork()
        if self._pid == 0:
            os.chdir(root)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # shells ignore it in the background
            programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
            own = {"TERM": "dumb", "COLUMNS": "100", "PATH": programs}
            os.execve(
                sys.executable,
                [sys.executable, "-m", module, *arguments],
                {**os.environ, **own, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
            )

    def expect(self, text: str) -> str:
        """Read until text shows up, and return what was shown up to it."""
        while text not in self._seen:
            part = self._read_patiently(PATIENCE_S)
            assert part, f"{text!r} was not shown: {self._seen[-2000:]}"
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
        while part := self._read_patiently(5 * PATIENCE_S):
            self.shown += part.decode("utf-8", "replace")
        os.close(self._master)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _read_patiently(self, patience_s: float) -> bytes:
        """Return what comes next, nothing at the end; what is silent for too long is killed."""
        if select.select([self._master], [], [], patience_s)[0]:
            return self._read()
        os.kill(self._pid, signal.SIGKILL)
        raise AssertionError(f"silent for {patience_s} s: {self.shown[-2000:]}")

    def _read(self) -> bytes:
        try:
            return os.read(self._master, 65536)
        except OSError:  # Linux says so where the process has ended
            return b""


_SEQUENCE = re.compile(r"\x1b\[([0-9;?]*)([a-zA-Z])|([\r\n])|([^\x1b\r\n]+)|(.)", re.DOTALL)


def screen(shown: str) -> list[str]:
    """Return the lines that a terminal ends with: what was drawn over or erased is gone."""
    lines, row, column = [""], 0, 0
    for number, kind, end, text, other in _SEQUENCE.findall(shown):
        if text:
            lines[row] = lines[row][:column].ljust(column) + text + lines[row][column + len(text) :]
            column += len(text)
        elif end == "\r":
            column = 0
        elif end:
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif kind == "A":
            row = max(row - int(number or 1), 0)
        elif kind == "K" and number == "2":
            lines[row] = ""
        elif other or kind not in "mhlK":
            raise AssertionError(f"a terminal is sent {number + kind + other!r}")
    return [line.rstrip() for line in lines if line.strip()]


def shown(root: Path, *words: str, module: str = "pipeline.cli") -> tuple[int, str]:
    """Call a command in a terminal; return its exit code and what is left on the screen."""
    terminal = Terminal(root, *words, module=module, TERM="xterm", PYTHONPATH=loaded())
    code = terminal.end()
    raw = terminal.shown
    assert not ENGINES.search(raw), raw
    assert raw.count("\x1b[?25l") == raw.count("\x1b[?25h"), "the cursor stays hidden"
    left = "\n".join(screen(raw)).expandtabs()
    assert left.replace("\n", "").isprintable(), left
    assert not PROGRESS.search(left), "progress is left behind"
    return code, left
