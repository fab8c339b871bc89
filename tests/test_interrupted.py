"""Ctrl-C ends a command with one sentence; nothing goes on behind it, and the next call works."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from pipeline.faucet.queues.storage import load
from pipeline.workspace.git import git
from tests.faucet import tasks_only
from tests.workspaces import run

pytest.importorskip("pty", reason="no pseudo-terminals here: CI has them")
from tests.terminal import PATIENCE_S, Terminal, screen

pytestmark = pytest.mark.slow

LONG = [sys.executable, "-c", "import time; time.sleep(600)"]
SENTENCE = "faucet: stopped by Ctrl-C"
CTRL_C = "\x03"


def at_work_below(root: Path) -> Iterator[list[str]]:
    """Yield the command of every process whose folder is the workspace or in it."""
    for process in psutil.process_iter(["cwd", "cmdline", "status"]):
        folder = process.info["cwd"]
        is_there = folder is not None and Path(folder).is_relative_to(root)
        if is_there and process.info["status"] != psutil.STATUS_ZOMBIE:
            yield process.info["cmdline"] or []


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def interrupted(root: Path, is_under_way: Callable[[], bool], *words: str) -> list[str]:
    """Call a command, press Ctrl-C once it is under way; return what is left on the screen."""
    terminal = Terminal(root, *words, TERM="xterm")
    wait_until(is_under_way)
    terminal.type(CTRL_C)
    assert terminal.end() == 130, terminal.shown
    assert "Traceback" not in terminal.shown
    assert terminal.shown.count(SENTENCE) == 1
    wait_until(lambda: not list(at_work_below(root)))
    lines = screen(terminal.shown)
    assert lines[-1].startswith(SENTENCE)
    return [line for line in lines if line != "^C"]


def test_a_run_ends_with_one_sentence_and_goes_on_from_there(
    built_once: Path, tmp_path: Path
) -> None:
    """The stage under way ends without a word; the next run makes the bytes of a quiet one."""
    root = tmp_path / "here"
    shutil.copytree(built_once, root, symlinks=True)

    def runs() -> bool:
        return any("pipeline.run" in command for command in at_work_below(root))

    lines = interrupted(root, runs, "repro", "-f", "-s", "dedup")
    assert lines == [f"{SENTENCE}: what was made is kept, `faucet repro` goes on from there"]
    assert run(root, "-m", "pipeline.cli", "repro").splitlines()
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize("words", ["work --agent zai --once", "run"])
def test_workers_give_their_tasks_back(tmp_path: Path, words: str) -> None:
    """The task costs no attempt and is free for whoever looks next; a team has one voice."""
    root = tasks_only.workspace(
        tmp_path / "here", tasks_only.queue("zai", tasks_only.entry("a", command=LONG))
    ).root
    interrupted(root, (root / ".cache/work/running/a.json").is_file, *words.split())
    task = load(root).task("a")
    assert task is not None
    assert (task.claim, task.attempt, task.setbacks) == (None, 1, 0)
