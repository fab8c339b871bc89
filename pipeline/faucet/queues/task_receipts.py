"""Receipts of completed tasks: one file each, written once, and the view that lists them all."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.queues import files as task_files
from pipeline.faucet.tasks.state import TASK_ID
from pipeline.store.atomic import write_bytes
from pipeline.store.kept import copies
from pipeline.workspace.layout import COMPLETED, COMPLETED_VIEW, receipt_path
from pipeline.workspace.workspace import Workspace

_VIEWED = ("task_id", "agent", "owner", "attempt", "claimed", "submitted", "completed", "result")


def receipt_ids(workspace: Workspace) -> set[str]:
    """Return the ids of all tasks that have their receipt."""
    return {
        path.stem for path in (workspace / COMPLETED).glob("*.json") if TASK_ID.fullmatch(path.stem)
    }


def read_receipts(workspace: Workspace) -> list[Json]:
    """Return all receipts, by task id.

    Raises UserError for one that is malformed, or is not as it was written and committed.
    """
    changed = changed_receipts(workspace)
    if changed:
        name = changed[0].as_posix()
        raise UserError(
            f"{name} is not as it was written, and a receipt is written once:"
            f" `git checkout -- {name}` or `faucet fsck --repair` brings it back"
        )
    return [
        task_files.read(workspace, COMPLETED / f"{task_id}.json", "task_receipt")
        for task_id in sorted(receipt_ids(workspace))
    ]


def changed_receipts(workspace: Workspace) -> list[Path]:
    """Return the receipts that are neither as the last commit has them nor as they were written.

    Cheap: git looks only into files whose size, time or inode changed.
    """
    listed = workspace.try_git("status", "--porcelain", "-z", "-uall", "--", COMPLETED.as_posix())
    entries = [] if listed.returncode else listed.stdout.split("\0")
    names = [Path(entry[3:]) for entry in entries if entry.endswith(".json")]
    there = [
        path for path in names if (workspace / path).is_file() and TASK_ID.fullmatch(path.stem)
    ]
    return [path for path in there if not _is_as_written(workspace, path)]


def _is_as_written(workspace: Workspace, path: Path) -> bool:
    """Return whether a receipt is what we wrote; a new one without a copy came from elsewhere."""
    written = copies(workspace, path)
    is_new = not workspace.git("ls-files", "--", path.as_posix())
    return (workspace / path).read_bytes() in written or (is_new and not written)


def write_receipt(workspace: Workspace, receipt: Json) -> None:
    """Write a new receipt; raises UserError where it exists, or does not fit its schema."""
    path = receipt_path(receipt["task_id"])
    if (workspace / path).exists():
        raise UserError(f"{path.as_posix()} exists: a receipt is written once")
    task_files.write(workspace, path, receipt, "task_receipt")


def write_view(workspace: Workspace, receipts: Iterable[Json]) -> None:
    """Write completed_tasks.json: what every receipt says in short, for people; rebuilt at need.

    receipts are the new ones.
    """
    new = [_viewed(receipt) for receipt in receipts]
    try:
        rows = [*orjson.loads((workspace / COMPLETED_VIEW).read_bytes())["completed_tasks"], *new]
        is_whole = Counter(row["task_id"] for row in rows) == Counter(receipt_ids(workspace))
    except (OSError, ValueError, LookupError, TypeError):
        is_whole = False
    if not is_whole:
        rows = [_viewed(receipt) for receipt in read_receipts(workspace)]
    write_bytes(workspace / COMPLETED_VIEW, view_of(rows))


def view_of(rows: Iterable[Json]) -> bytes:
    """Return the content of completed_tasks.json: rows of it, or receipts, in order of time."""
    viewed = [_viewed(row) for row in rows]
    viewed.sort(key=lambda row: (row["completed"] or "", row["task_id"]))
    return task_files.as_bytes({"completed_tasks": viewed})


def _viewed(receipt: Json) -> Json:
    return {name: receipt[name] for name in _VIEWED}
