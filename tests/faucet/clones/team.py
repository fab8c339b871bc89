"""Clones of one remote, in a workspace without stages: tasks alone."""

import json
import shutil
from pathlib import Path
from typing import Any

from pipeline.faucet.workspace import git
from tests.conftest import ROOT

PARAMS = """
engine: {runner: local}
faucet:
  remote: origin
  branch: main
  lease_s: 2
  rescan_s: 0.2
  timeout_s: 60
  silence_s: 60
  checkpoint_gates: []
  agents: {}
"""


def entry(task_id: str, **more: Any) -> dict[str, Any]:
    """Return a task that a small program does."""
    told = {"task_id": task_id, "priority": 1, "status": "ready", "kind": "command"}
    return {**told, "command": ["true"], **more}


def clones(tmp: Path, count: int, *entries: dict[str, Any]) -> list[Path]:
    """Return clones of a bare remote whose main has one agent's queue with these tasks."""
    first = tmp / "first"
    shutil.copytree(ROOT / "schemas", first / "schemas")
    (first / "data/task_queues").mkdir(parents=True)
    (first / "dvc.yaml").write_text("stages: {}\n")
    (first / "params.yaml").write_text(PARAMS)
    (first / ".gitignore").write_text("/.cache/\n/data/inbox/\n/data/outbox/\n")
    queue = {"agent": "zai", "status": "active", "current_task": None, "queued_tasks": entries}
    (first / "data/task_queues/zai_queue.json").write_text(json.dumps(queue))
    git(first, "init", "--quiet", "--initial-branch=main")
    git(first, "add", "--all")
    who = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
    git(first, *who, "commit", "--quiet", "-m", "queues")
    git(tmp, "clone", "--quiet", "--bare", str(first), "remote.git")
    folders = [tmp / f"clone{number}" for number in range(count)]
    for folder in folders:
        git(tmp, "clone", "--quiet", "remote.git", folder.name)
    return folders
