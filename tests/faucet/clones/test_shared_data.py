"""Clones that deliver at the same time publish one data set, which anyone can rebuild."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.faucet.checkpoints.settled import unsettled
from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.faucet import toy_dag
from tests.faucet.clones.history import history
from tests.faucet.tasks_only import queue
from tests.thoroughness import LONG

DELIVER = """
import os, pathlib
folder = pathlib.Path(os.environ["FAUCET_WORKDIR"]) / "deliver"
(folder / "pairs.json").write_text(os.environ["FAUCET_TASK_ID"])
"""
TASKS = [
    {
        "task_id": f"deliver{number}",
        "priority": 1,
        "status": "ready",
        "kind": "deliver",
        "gates": [{"metric": "dedup.kept", "min": 10}],
    }
    for number in range(4 if LONG else 2)
]


def work(root: Path) -> "subprocess.Popen[bytes]":
    command = (sys.executable, "-m", "pipeline.cli", "work", "--agent", "zai")
    return subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL)


@pytest.mark.slow
def test_two_clones_deliver_into_one_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is later follows, runs again on everything, and publishes that."""
    agent = {"command": [sys.executable, "-c", DELIVER]}
    told = queue("zai", *TASKS, worker=agent)
    toy_dag.workspace(tmp_path / "first", monkeypatch, told, remote="origin")
    git(tmp_path, "clone", "--quiet", "--bare", "first", "remote.git")
    for name in ("one", "two"):
        git(tmp_path, "clone", "--quiet", "remote.git", name)
    workers = [work(tmp_path / name) for name in ("one", "two")]
    assert {worker.wait() for worker in workers} <= {0, 75}
    proof = history(tmp_path / "remote.git")
    assert sorted(proof.owners) == [task["task_id"] for task in TASKS]
    assert set(proof.written.values()) == {1}
    assert (proof.queued, proof.claims) == ([], [])
    git(tmp_path, "clone", "--quiet", "remote.git", "stranger")
    stranger = Workspace(tmp_path / "stranger")
    repro = (sys.executable, "-m", "pipeline.cli", "repro")
    subprocess.run(repro, cwd=stranger, check=True, env=os.environ, stdout=subprocess.DEVNULL)
    assert git(stranger, "status", "--porcelain") == ""
    assert unsettled(stranger) is None
    assert len((stranger / "data/dedup/kept.txt").read_text().splitlines()) == len(TASKS)
