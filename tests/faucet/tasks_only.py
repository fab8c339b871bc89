"""A workspace without stages: queues, settings and git, so that tests are about tasks alone."""

import json
import shutil
from pathlib import Path
from typing import Any

import yaml

from pipeline.workspace.git import git
from pipeline.workspace.workspace import Workspace
from tests.conftest import ROOT

SETTINGS: dict[str, Any] = {
    "remote": None,
    "branch": "main",
    "lease_s": 2,
    "rescan_s": 0.2,
    "timeout_s": 60,
    "silence_s": 60,
    "checkpoint_gates": [],
    "agents": {},
}


def entry(task_id: str, **more: Any) -> dict[str, Any]:
    """Return a task that a small program does."""
    told = {"task_id": task_id, "priority": 1, "status": "ready", "kind": "command"}
    return {**told, "command": ["true"], **more}


def queue(agent: str, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the document of a queue."""
    told = {"agent": agent, "status": "active", "current_task": None}
    return {**told, "queued_tasks": list(entries), **more}


def workspace(root: Path, *queues: dict[str, Any], **settings: Any) -> Workspace:
    """Make a workspace with these queues, committed on main; return it."""
    shutil.copytree(ROOT / "schemas", root / "schemas")
    (root / "dvc.yaml").write_text("stages: {}\n")
    shutil.copyfile(ROOT / "params.yaml", root / "params.yaml")
    (root / "faucet.yaml").write_text(yaml.safe_dump({**SETTINGS, **settings}))
    ignored = "/.cache/\n/data/inbox/\n/data/outbox/\n/faucet.local.yaml\n"
    (root / ".gitignore").write_text(ignored)
    write_queues(root, *queues)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    who = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
    git(root, *who, "commit", "--quiet", "-m", "queues")
    return Workspace(root)


def write_queues(root: Path, *queues: dict[str, Any]) -> None:
    """Write the documents of queues into a workspace."""
    folder = root / "data/task_queues"
    folder.mkdir(parents=True, exist_ok=True)
    for one in queues:
        (folder / f"{one['agent']}_queue.json").write_text(json.dumps(one))


def clones(folder: Path, count: int, *entries: dict[str, Any]) -> list[Workspace]:
    """Return clones of a bare remote (remote.git) whose main has zai's queue with these tasks."""
    workspace(folder / "first", queue("zai", *entries), remote="origin")
    git(folder, "clone", "--quiet", "--bare", "first", "remote.git")
    folders = [Workspace(folder / f"clone{number}") for number in range(count)]
    for one in folders:
        git(folder, "clone", "--quiet", "remote.git", one.root.name)
    return folders
