"""Queues and receipts as a commit holds them, read without a checkout."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.commits import blobs, run_git
from pipeline.faucet.queues import files as task_files
from pipeline.faucet.queues.storage import (
    COMPLETED,
    QUEUE_SUFFIX,
    QUEUES,
    VIEW,
    queue_document,
    receipt_path,
)
from pipeline.faucet.tasks.state import TASK_ID


class Branch(NamedTuple):
    """What a commit holds of the tasks: queue documents by path, receipts, the view of them."""

    commit: str
    documents: Mapping[Path, Json]
    receipt_ids: frozenset[str]
    viewed: tuple[Json, ...]


def read_branch(root: Path, commit: str) -> Branch:
    """Return what a commit holds of the tasks.

    Raises UserError with one sentence where a queue file in it is malformed or there is none.
    """
    listed = run_git(root, "ls-tree", "-r", "--name-only", commit, "--", f"{QUEUES.as_posix()}/")
    paths = [Path(line) for line in listed.splitlines()]
    queues = [path for path in paths if path.parent == QUEUES and path.name.endswith(QUEUE_SUFFIX)]
    if not queues:
        raise UserError(f"{commit[:12]} has no {QUEUES.as_posix()}: commit and push the queues")
    contents = blobs(root, [f"{commit}:{path.as_posix()}" for path in (*queues, VIEW)])
    documents = {
        path: queue_document(root, path, content or b"")
        for path, content in zip(queues, contents[:-1], strict=True)
    }
    ids = {path.stem for path in paths if path.parent == COMPLETED and path.suffix == ".json"}
    rows = orjson.loads(contents[-1])["completed_tasks"] if contents[-1] else []
    return Branch(commit, documents, frozenset(filter(TASK_ID.fullmatch, ids)), tuple(rows))


def receipts_of(root: Path, branch: Branch) -> list[Json]:
    """Return the receipts that a commit holds, by task id."""
    names = [receipt_path(task_id) for task_id in sorted(branch.receipt_ids)]
    contents = blobs(root, [f"{branch.commit}:{name.as_posix()}" for name in names])
    return [
        task_files.parsed(root, name, content or b"", "task_receipt")
        for name, content in zip(names, contents, strict=True)
    ]
