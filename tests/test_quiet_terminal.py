"""On a real terminal only this project speaks: no line of Daft, DVC or Ray."""

import re
from pathlib import Path

import pytest

from pipeline.workspace.git import git
from tests.faucet import toy_dag
from tests.faucet.made_up import KEPT

pytest.importorskip("pty", reason="no pseudo-terminals here: CI has them")
from tests.terminal import Terminal

FOREIGN = re.compile(
    r"Daft|Query ID|🗡|🐟|Running stage|Verifying|dvc push|git add|autostage|%\|", re.IGNORECASE
)


def shown(root: Path, *words: str) -> tuple[int, str]:
    terminal = Terminal(root, *words, TERM="xterm")
    code = terminal.end()
    return code, re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.shown)


@pytest.mark.parametrize("words", [["trace", KEPT], ["dup", KEPT], ["review", "--agreement"]])
def test_look_ups_show_their_answer_alone(finished: Path, words: list[str]) -> None:
    """Daft's query ids and progress bars stay out of what a person reads."""
    git(finished, "init", "-q")
    code, screen = shown(finished, *words)
    assert code == 0, screen
    assert not FOREIGN.search(screen)


def test_runs_show_stages_and_how_they_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run, a second one, a failure: one line each, and no hint of DVC's that does not apply."""
    root = toy_dag.workspace(tmp_path, monkeypatch)
    code, screen = shown(root, "repro")
    assert code == 0, screen
    assert "2 stages: 2 ran" in screen
    assert not FOREIGN.search(screen)
    assert shown(root, "repro")[1].strip().splitlines()[-1] == "up to date: nothing had to run"
    (root / "toy.py").write_text("import sys\nsys.exit('Error: integrate: no good')\n")
    code, screen = shown(root, "repro")
    assert (code, screen.strip().splitlines()[-1]) == (1, "Error: integrate: no good")


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    from tests.faucet.made_up import workspace  # noqa: PLC0415 - the fixture of tests/faucet

    return workspace(tmp_path)
