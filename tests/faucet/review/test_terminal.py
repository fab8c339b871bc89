"""`faucet review` in a real terminal: keys are pressed as a person presses them."""

import os
import select
import signal
import sys
import time
from pathlib import Path

import pytest

from pipeline.faucet.review.items import open_items
from pipeline.faucet.verdicts.book import read_book, read_edits
from tests.faucet.made_up import DOUBTED, REJECTED

pty = pytest.importorskip("pty", reason="no pseudo-terminals here; CI has them on Linux")
termios = pytest.importorskip("termios", reason="no pseudo-terminals here; CI has them on Linux")

PATIENCE_S = 60
READY = "q quit"
EDITOR = """#!{python}
import pathlib, sys
page = pathlib.Path(sys.argv[-1])
page.write_text(page.read_text().replace("=== answer ===", "=== answer ===\\nMended: "))
"""


class Terminal:
    """A process in a pseudo-terminal of 100 columns; it is ended when it is silent too long."""

    def __init__(self, root: Path, *arguments: str, **environment: str) -> None:
        self._seen = ""
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
        while self._read():
            pass
        os.close(self._master)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _read(self) -> bytes:
        try:
            return os.read(self._master, 65536)
        except OSError:  # Linux says so where the process has ended
            return b""


def said(root: Path) -> list[tuple[str, str, str]]:
    return [(line.verdict, line.pair_id, line.note) for line in read_book(root)]


def test_keys_decide_and_a_review_goes_on_where_it_was_left(finished: Path) -> None:
    """Reject, note and quit; the next review begins with what is open, skips, and accepts."""
    first, second, *others = open_items(finished)
    assert (first.pair_id, second.pair_id) == (REJECTED, DOUBTED)
    terminal = Terminal(finished, "review", "--who", "eva")
    terminal.expect(READY)
    terminal.press("n")
    terminal.expect("note")
    terminal.type("asks for a file\r")
    terminal.expect(READY)
    terminal.press("r")
    assert DOUBTED in terminal.expect(READY)
    terminal.press("q")
    terminal.expect("verdicts written: 1 reject")
    assert terminal.end() == 0
    assert said(finished) == [("reject", REJECTED, "asks for a file")]

    again = Terminal(finished, "review", "--who", "eva")
    shown = again.expect(READY)
    assert DOUBTED in shown
    assert REJECTED not in shown
    again.press("s")
    again.expect(f"2 of {1 + len(others)}")
    again.expect(READY)
    again.press("b")
    assert DOUBTED in again.expect(READY)
    again.press("a")
    again.expect(READY)
    again.press("\x03")
    again.expect("verdicts written: 1 accept")
    assert again.end() == 0
    assert said(finished)[1:] == [("accept", DOUBTED, "")]


def test_an_edit_is_made_in_the_editor_and_kept_when_it_is_accepted(
    finished: Path, tmp_path: Path
) -> None:
    """The key e opens the texts in $EDITOR; skipping drops the edit, accepting writes it."""
    editor = tmp_path / "editor"
    editor.write_text(EDITOR.format(python=sys.executable))
    editor.chmod(0o755)
    terminal = Terminal(finished, "review", "--who", "eva", EDITOR=str(editor), VISUAL=str(editor))
    terminal.expect(READY)
    terminal.press("e")
    terminal.expect("Mended")
    terminal.expect(READY)
    terminal.press("s")
    terminal.expect("the edit is not kept")
    terminal.expect(READY)
    terminal.press("b")
    terminal.expect(READY)
    terminal.press("e")
    terminal.expect("Mended")
    terminal.expect(READY)
    terminal.press("a")
    terminal.expect(READY)
    terminal.press("q")
    terminal.expect("verdicts written: 1 accept")
    assert terminal.end() == 0
    assert said(finished) == [("accept", REJECTED, "edited")]
    (edit,) = read_edits(finished)
    assert (edit.who, edit.pair_id) == ("eva", REJECTED)
    assert edit.answer.startswith("Mended")
