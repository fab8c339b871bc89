"""`faucet review` in a real terminal: keys are pressed as a person presses them."""

import sys
from pathlib import Path

import pytest

from pipeline.faucet.review.items import open_items
from pipeline.faucet.verdicts.book import read_book, read_edits
from pipeline.workspace.workspace import Workspace
from tests.faucet.made_up import DOUBTED, REJECTED
from tests.programs import loaded
from tests.terminal import Terminal

pytest.importorskip("pty", reason="no pseudo-terminals here: CI has them")

READY = "q quit"
EDITOR = """#!{python}
import pathlib, sys
page = pathlib.Path(sys.argv[-1])
page.write_text(page.read_text().replace("=== answer ===", "=== answer ===\\nMended: "))
"""


def said(root: Path) -> list[tuple[str, str, str]]:
    return [(line.verdict, line.pair_id, line.note) for line in read_book(root)]


def test_keys_decide_and_a_review_goes_on_where_it_was_left(finished: Workspace) -> None:
    """Reject, note and quit; the next review begins with what is open, skips, and accepts."""
    first, second, *others = open_items(finished)
    assert (first.pair_id, second.pair_id) == (REJECTED, DOUBTED)
    terminal = Terminal(finished, "review", "--who", "eva", PYTHONPATH=loaded())
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

    again = Terminal(finished, "review", "--who", "eva", PYTHONPATH=loaded())
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
    finished: Workspace, tmp_path: Path
) -> None:
    """The key e opens the texts in $EDITOR; skipping drops the edit, accepting writes it."""
    editor = tmp_path / "editor"
    editor.write_text(EDITOR.format(python=sys.executable))
    editor.chmod(0o755)
    terminal = Terminal(
        finished,
        "review",
        "--who",
        "eva",
        PYTHONPATH=loaded(),
        EDITOR=str(editor),
        VISUAL=str(editor),
    )
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
