"""Workers killed at arbitrary points lose nothing, and nobody has to tidy up after them."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.faucet.queues.storage import load, read_receipts
from pipeline.workspace.git import git
from pipeline.workspace.layout import COMPLETED
from tests.conftest import ROOT
from tests.faucet.tasks_only import entry, queue, workspace
from tests.programs import loaded
from tests.thoroughness import LONG

KILLS, TASKS = (200, 60) if LONG else (6, 4)
AGENTS = ("zai", "droid")
SLOWLY = [sys.executable, "-c", "import time; time.sleep(0.15)"]


def chain(agent: str, other: str) -> list[dict[str, Any]]:
    """Return tasks of an agent, every fourth of which waits for one of the other's."""
    return [
        entry(
            f"{agent}{number}",
            command=SLOWLY,
            dependencies=[f"{other}{number - 1}"] if number % 4 == 3 else [],
        )
        for number in range(TASKS)
    ]


def start(root: Path, *words: str, path: str = str(ROOT)) -> "subprocess.Popen[bytes]":
    """Start a command; what is killed has loaded all by itself."""
    command = (sys.executable, "-m", "pipeline.cli", *words)
    own = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(command, cwd=root, env=own, stdout=subprocess.DEVNULL)


@pytest.mark.slow
def test_run_finishes_what_killed_workers_left(tmp_path: Path) -> None:
    """After any number of SIGKILLs every task is there, and `faucet run` does each exactly once."""
    queues = [queue(one, *chain(one, other)) for one, other in (AGENTS, AGENTS[::-1])]
    root = workspace(tmp_path / "w", *queues)
    draws = random.Random(3)
    names = sorted(f"{agent}{number}" for agent in AGENTS for number in range(TASKS))
    workers = {agent: start(root, "work", "--agent", agent, "--forever") for agent in AGENTS}
    for _ in range(KILLS):
        time.sleep(draws.uniform(0.1, 2.0))
        agent = draws.choice(AGENTS)
        workers[agent].send_signal(signal.SIGKILL)
        workers[agent].wait()
        state = load(root)
        assert sorted([*(task.task_id for task in state.tasks()), *state.done]) == names
        workers[agent] = start(root, "work", "--agent", agent, "--forever")
    for worker in workers.values():
        worker.kill()
        worker.wait()
    team = start(root, "run", "--until-idle", path=loaded())
    assert team.wait() == 0
    state = load(root)
    assert (state.done, list(state.tasks())) == (frozenset(names), [])
    receipts = {receipt["task_id"]: receipt for receipt in read_receipts(root)}
    assert {receipt["attempt"] for receipt in receipts.values()} == {1}
    for receipt in receipts.values():
        for waited in receipt["task"]["dependencies"]:
            assert receipts[waited]["completed"] <= receipt["claimed"]
    written = git(root, "log", "--format=", "--name-status", "--", COMPLETED.as_posix()).split("\n")
    told = Counter(line.split("\t")[-1] for line in written if line)
    assert told == Counter(f"{COMPLETED.as_posix()}/{name}.json" for name in names)
    assert git(root, "status", "--porcelain") == ""


def test_a_dead_owner_is_freed_at_once_and_what_it_left_running_ends(tmp_path: Path) -> None:
    """The next look after a SIGKILL frees the task, lease or not, and ends the program it ran."""
    long = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
    root = workspace(tmp_path / "w", queue("zai", entry("a", command=long)), lease_s=3600)
    worker = start(root, "work", "--agent", "zai", "--once")
    note = root / ".cache/work/running/a.json"
    while not note.is_file():
        assert worker.poll() is None
        time.sleep(0.05)
    group = json.loads(note.read_text())["group"]
    worker.kill()
    worker.wait()
    assert psutil.pid_exists(group)
    path = root / "data/task_queues/zai_queue.json"
    told = json.loads(path.read_text())
    told["queued_tasks"][0]["command"] = ["true"]
    path.write_text(json.dumps(told))
    assert start(root, "work", "--agent", "zai", "--once").wait() == 0
    assert load(root).done == {"a"}
    with suppress(psutil.NoSuchProcess):
        assert psutil.Process(group).status() == psutil.STATUS_ZOMBIE


def test_told_to_stop_a_worker_gives_its_task_back(tmp_path: Path) -> None:
    """SIGTERM ends the program under way and frees the task at the cost of no attempt."""
    long = [sys.executable, "-c", "import time; time.sleep(600)"]
    root = workspace(tmp_path / "w", queue("zai", entry("a", command=long)))
    worker = start(root, "work", "--agent", "zai", "--forever")
    note = root / ".cache/work/running/a.json"
    while not note.is_file():
        assert worker.poll() is None
        time.sleep(0.05)
    worker.terminate()
    assert worker.wait() == 0
    task = load(root).task("a")
    assert task is not None
    assert (task.claim, task.attempt, task.setbacks) == (None, 1, 0)
    assert not note.exists()
