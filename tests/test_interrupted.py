"""Ctrl-C ends a command with one sentence; nothing goes on behind it, and the next call works."""

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from pipeline.faucet.queues.storage import load
from pipeline.faucet.runs.inbox import land_inbox
from pipeline.workspace.git import git
from pipeline.workspace.locks import run_lock
from pipeline.workspace.workspace import Workspace
from tests.faucet import tasks_only, toy_dag
from tests.faucet.batches.asking import account
from tests.faucet.batches.asking import workspace as asking
from tests.providers.loopback import KEY, VARIABLE, Fault, Loopback, serving
from tests.workspaces import ROOT, run

pytest.importorskip("pty", reason="no pseudo-terminals here: CI has them")
from tests.terminal import PATIENCE_S, Terminal, screen
from tests.thoroughness import LONG

pytestmark = pytest.mark.slow

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
SENTENCE = "faucet: stopped by Ctrl-C"
GOES_ON = f"{SENTENCE}: what was made is kept, `faucet repro` goes on from there"
CTRL_C = "\x03"


def at_work_below(root: Path) -> Iterator[list[str]]:
    """Yield the command of every process whose folder is the workspace or in it."""
    for process in psutil.process_iter(["cwd", "cmdline", "status"]):
        folder = process.info["cwd"]
        is_there = folder is not None and Path(folder).is_relative_to(root)
        if is_there and process.info["status"] != psutil.STATUS_ZOMBIE:
            yield process.info["cmdline"] or []


def runs(root: Path, word: str) -> Callable[[], bool]:
    """Return whether a program below a folder was started with a word."""
    return lambda: any(word in command for command in at_work_below(root))


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def interrupted(root: Path, is_under_way: Callable[[], bool] | str, *words: str) -> list[str]:
    """Call a command, press Ctrl-C once it is under way or says so; return what the screen keeps.

    What it stores for a while goes to a folder beside the workspace, which is empty in the end.
    """
    brief = root.with_name("temporary")
    brief.mkdir()
    plain_shell = "/bin/sh"  # DVC's way to a stage; dash forgets which signals are held back
    terminal = Terminal(root, *words, TERM="xterm", TMPDIR=str(brief), SHELL=plain_shell)
    if isinstance(is_under_way, str):
        terminal.expect(is_under_way)
    else:
        wait_until(is_under_way)
    terminal.type(CTRL_C)
    assert terminal.end() == 130, terminal.shown
    assert "Traceback" not in terminal.shown
    assert terminal.shown.count(SENTENCE) == 1
    wait_until(lambda: not list(at_work_below(root.parent)))
    assert list(brief.iterdir()) == []
    lines = screen(terminal.shown)
    assert lines[-1].startswith(SENTENCE)
    return [line for line in lines if line != "^C"]


def test_a_run_ends_with_one_sentence_and_goes_on_from_there(
    built_once: Path, tmp_path: Path
) -> None:
    """The stage under way ends without a word; the next run makes the bytes of a quiet one."""
    root = tmp_path / "here"
    shutil.copytree(built_once, root, symlinks=True)
    lines = interrupted(root, runs(root, "pipeline.run"), "repro", "-f", "-s", "dedup")
    assert lines == [GOES_ON]
    assert run(root, "-m", "pipeline.cli", "repro").splitlines()
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("words", "line"),
    [("verify", SENTENCE), ("checkpoint", SENTENCE), *([("exp", GOES_ON)] if LONG else [])],
)
def test_whatever_runs_stages_ends_them_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, line: str
) -> None:
    """Clones are taken away, no stage outlives its command, and the next run ends well.

    An experiment is stopped in the long form; it runs as `faucet repro` does, which is above.
    """
    root = toy_dag.workspace(tmp_path / "here", monkeypatch).root
    land_inbox(Workspace(root))
    (root / "requirements.lock").touch()
    (root / "dvc.lock").write_text("schema: '2.0'\nstages: {}\n")
    quick = (root / "toy.py").read_text()
    (root / "toy.py").write_text("import time\ntime.sleep(600)\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "slow")
    assert interrupted(root, runs(tmp_path, "toy.py"), words)[-1] == line
    (root / "toy.py").write_text(quick)
    run(root, "-m", "pipeline.cli", "repro")
    assert git(root, "diff", "--name-only").split() == ["dvc.lock", "toy.py"]


def test_a_landing_that_waits_ends_and_lands_nothing(tmp_path: Path) -> None:
    """While a run goes on, a landing waits for it; stopped there, the file is where it was."""
    root = Workspace(tasks_only.workspace(tmp_path / "here").root)
    waiting = root / "data/inbox/zai/a.json"
    waiting.parent.mkdir(parents=True)
    waiting.write_text('{"question": "What is it?", "answer": "It is that."}')
    with run_lock(root, is_announced=False):
        interrupted(root.root, "waiting for it to end", "land")
    assert waiting.is_file()
    assert not (root / "data/deliveries").exists()


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    pytest.importorskip("httpx2", reason="the extra `providers` is not installed: CI has it")
    monkeypatch.setenv(VARIABLE, KEY)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with serving() as held:
        yield held


def test_asking_for_vectors_ends_and_goes_on_behind_what_is_there(
    tmp_path: Path, loopback: Loopback
) -> None:
    """Stopped at the second request, the vectors of the first are there and not paid for again."""
    answered = threading.Event()
    silence = Fault("/embeddings", status=503, drop=True, before=answered.wait)
    loopback.faults = [Fault("/embeddings"), silence]
    here = asking(tmp_path / "here", loopback, "openai", texts_per_request=1)
    git(here.root, "init", "--quiet")
    interrupted(here.root, lambda: len(loopback.requests) == 2, "embed", "now")
    answered.set()
    run(here.root, "-m", "pipeline.cli", "embed", "now")
    assert not account(here).not_asked
    assert set(loopback.billed.values()) == {1}


@pytest.mark.parametrize("words", ["work --agent zai --once", "run"])
def test_workers_give_their_tasks_back(tmp_path: Path, words: str) -> None:
    """The task costs no attempt and is free for whoever looks next; a team has one voice."""
    root = tasks_only.workspace(
        tmp_path / "here", tasks_only.queue("zai", tasks_only.entry("a", command=SLEEP))
    ).root
    interrupted(root, (root / ".cache/work/running/a.json").is_file, *words.split())
    task = load(Workspace(root)).task("a")
    assert task is not None
    assert (task.claim, task.attempt, task.setbacks) == (None, 1, 0)
