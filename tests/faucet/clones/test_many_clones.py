"""Workers of several clones, killed in the middle of pushes, do every task exactly once."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.conftest import ROOT
from tests.faucet.clones.history import history
from tests.faucet.tasks_only import clones, entry
from tests.thoroughness import LONG

CLONES, TASKS, KILLS = (4, 200, 40) if LONG else (3, 6, 1)


def start(root: Path) -> "subprocess.Popen[bytes]":
    command = (sys.executable, "-m", "pipeline.cli", "work", "--agent", "zai", "--forever")
    return subprocess.Popen(
        command, cwd=root, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )


def kill(worker: "subprocess.Popen[bytes]") -> None:
    """Kill a worker and the git that works for it; what runs at the remote's side lives on."""
    pushing = []
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(worker.pid).children(recursive=True)
        pushing = [child for child in children if "receive-pack" not in " ".join(cmdline(child))]
    worker.kill()
    for child in pushing:
        with suppress(psutil.NoSuchProcess):
            child.kill()
    worker.wait()


def cmdline(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def is_pushing(worker: "subprocess.Popen[bytes]") -> bool:
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(worker.pid).children(recursive=True)
        return any("push" in cmdline(child) for child in children)
    return False


@pytest.mark.slow
def test_no_task_is_lost_or_done_twice(tmp_path: Path) -> None:
    """However workers of clones die, each task has one receipt, written once, and no claim."""
    names = [f"t{number:03d}" for number in range(TASKS)]
    roots = clones(tmp_path, CLONES, *(entry(name) for name in names))
    draws = random.Random(7)
    workers = [start(root) for root in roots]
    killed = 0
    try:
        while len(git_receipts(tmp_path)) < TASKS:
            victim = draws.randrange(len(workers))
            if killed < KILLS and is_pushing(workers[victim]):
                kill(workers[victim])
                killed += 1
                workers[victim] = start(roots[victim])
            assert all(worker.poll() is None for worker in workers)
            time.sleep(0.02)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait()
    assert killed == KILLS
    told = history(tmp_path / "remote.git")
    assert sorted(told.owners) == names
    assert told.written == Counter(names)
    assert told.changed == []
    assert told.queued == []
    assert told.claims == []
    assert not LONG or len(set(told.owners.values())) > 1  # few may all go to whoever is first


def git_receipts(folder: Path) -> list[str]:
    command = ("git", "ls-tree", "--name-only", "main", "data/task_queues/completed/")
    done = subprocess.run(
        command, cwd=folder / "remote.git", capture_output=True, text=True, check=True
    )
    return done.stdout.split()
