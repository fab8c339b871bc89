"""What a bare remote's final state proves about the work that went through it."""

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from pipeline.workspace.git import git

_COMPLETED = "data/task_queues/completed"


class History(NamedTuple):
    """What the remote tells: receipts by task, how often each was written, what is left over."""

    owners: dict[str, str]
    written: Counter[str]
    changed: list[str]
    queued: list[str]
    claims: list[str]


def history(remote: Path, branch: str = "main") -> History:
    """Return what the branch and the refs of a bare repository prove, and nothing else is read."""
    listed = git(remote, "ls-tree", "--name-only", branch, f"{_COMPLETED}/").split()
    receipts = [json.loads(git(remote, "show", f"{branch}:{path}")) for path in listed]
    told = git(remote, "log", "--format=", "--name-status", branch, "--", f"{_COMPLETED}/")
    lines = [line.split("\t") for line in told.splitlines() if line]
    queue = json.loads(git(remote, "show", f"{branch}:data/task_queues/zai_queue.json"))
    return History(
        owners={receipt["task_id"]: receipt["owner"] for receipt in receipts},
        written=Counter(Path(path).stem for kind, path in lines if kind == "A"),
        changed=[path for kind, path in lines if kind != "A"],
        queued=[task["task_id"] for task in queue["queued_tasks"]],
        claims=git(remote, "for-each-ref", "--format=%(refname)", "refs/faucet/claims").split(),
    )
