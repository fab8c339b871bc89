"""Queues and receipts as a commit holds them, read without a checkout."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.queues import files as task_files
from pipeline.faucet.queues.storage import QUEUE_SUFFIX, queue_document
from pipeline.faucet.tasks.state import TASK_ID
from pipeline.workspace.layout import COMPLETED, COMPLETED_VIEW, QUEUES, receipt_path
from pipeline.workspace.workspace import Workspace


class Branch(NamedTuple):
    """What a commit holds of the tasks: queue documents by path, receipts, the view of them."""

    commit: str
    documents: Mapping[Path, Json]
    receipt_ids: frozenset[str]
    viewed: tuple[Json, ...]


def read_branch(workspace: Workspace, commit: str) -> Branch:
    """Return what a commit holds of the tasks.

    Raises UserError with one sentence where a queue file in it is malformed or there is none.
    """
    listed = workspace.git("ls-tree", "-r", "--name-only", commit, "--", f"{QUEUES.as_posix()}/")
    paths = [Path(line) for line in listed.splitlines()]
    queues = [path for path in paths if path.parent == QUEUES and path.name.endswith(QUEUE_SUFFIX)]
    if not queues:
        raise UserError(f"{commit[:12]} has no {QUEUES.as_posix()}: commit and push the queues")
    contents = _read(workspace, commit, [*queues, COMPLETED_VIEW])
    documents = {path: queue_document(workspace, path, contents[path]) for path in queues}
    ids = {path.stem for path in paths if path.parent == COMPLETED and path.suffix == ".json"}
    branch = Branch(commit, documents, frozenset(filter(TASK_ID.fullmatch, ids)), ())
    rows = _rows_of(contents.get(COMPLETED_VIEW, b'{"completed_tasks": []}'))
    return branch._replace(viewed=tuple(receipts_of(workspace, branch) if rows is None else rows))


def receipts_of(workspace: Workspace, branch: Branch) -> list[Json]:
    """Return the receipts that a commit holds, by task id."""
    contents = _read(workspace, branch.commit, map(receipt_path, sorted(branch.receipt_ids)))
    return [task_files.parsed(workspace, p, c, "task_receipt") for p, c in contents.items()]


def _rows_of(view: bytes) -> list[Json] | None:
    """Return the rows of completed_tasks.json; None where a merge, say, left none to be read."""
    try:
        rows = orjson.loads(view)["completed_tasks"]
    except (ValueError, TypeError, LookupError):
        return None
    return rows if isinstance(rows, list) and all(isinstance(one, dict) for one in rows) else None


def _read(workspace: Workspace, commit: str, paths: Iterable[Path]) -> dict[Path, bytes]:
    """Return the contents of those paths that a commit has, in their order."""
    return {path: held for (_, path), held in workspace.files_at([commit], paths).items()}
