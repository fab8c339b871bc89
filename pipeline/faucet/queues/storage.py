"""Queue files on disk: locked, loaded, changed by the state machine, written whole.

The lock is the kernel's and dies with its process. Receipts are written before queues: a task
whose receipt exists is done, whatever a queue file still says, so a crash in between loses
nothing and completes nothing twice. The next change, or `settle`, writes what it left out.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.queues import files as task_files
from pipeline.faucet.tasks.dependencies import cycle
from pipeline.faucet.tasks.documents import document_of, history, queue_of
from pipeline.faucet.tasks.judging import completed
from pipeline.faucet.tasks.machine import apply
from pipeline.faucet.tasks.operations import Operation, Rejected
from pipeline.faucet.tasks.state import TASK_ID, State, Task
from pipeline.store.atomic import write_bytes
from pipeline.store.kept import copies
from pipeline.workspace.layout import COMPLETED, COMPLETED_VIEW, QUEUES, queue_path, receipt_path
from pipeline.workspace.workspace import Workspace

QUEUE_SUFFIX = "_queue.json"
_VIEWED = ("task_id", "agent", "owner", "attempt", "claimed", "submitted", "completed", "result")

Step = Callable[[State], State | Rejected]


def load(workspace: Workspace) -> State:
    """Return the state of the queues below root.

    Raises UserError with one sentence that names file, field and rule where a file is malformed,
    and where there are no queues at all.
    """
    documents = _documents(workspace)
    return state_of(documents, receipt_ids(workspace))  # after the queues: see the top of this file


def _documents(workspace: Workspace) -> list[Json]:
    paths = _queue_paths(workspace)
    if not paths:
        raise UserError(f"{QUEUES.as_posix()} has no queues: `faucet queue init` makes them")
    return [_read_queue(workspace, path.relative_to(workspace)) for path in paths]


def _queue_paths(workspace: Workspace) -> list[Path]:
    return sorted((workspace / QUEUES).glob(f"*{QUEUE_SUFFIX}"))


def state_of(documents: Iterable[Json], with_receipt: set[str]) -> State:
    """Return the state that documents tell, where the tasks with a receipt are done.

    Raises UserError where two tasks share an id, or tasks wait for each other in a ring.
    """
    listed = list(documents)
    queues = [queue_of(document) for document in listed]
    _hold_together([task for queue in queues for task in queue.tasks])
    open_queues = {
        queue.agent: replace(
            queue, tasks=tuple(task for task in queue.tasks if task.task_id not in with_receipt)
        )
        for queue in queues
    }
    queued = {task.task_id for queue in queues for task in queue.tasks}
    past = {name for document in listed for name in history(document)} - queued
    return State(open_queues, done=frozenset(past | with_receipt))


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


def change(workspace: Workspace, *steps: Operation | Step) -> State | Rejected:
    """Apply operations to the queues below root as one: all of them, or none and the rejection.

    A step can be a function of the state, for what depends on what the state turns out to be.
    Raises UserError as load does, and where the lock is not to be had within a minute.
    """
    with workspace.queues_lock():
        before = _settled(workspace)
        after = stepped(before, steps)
        if isinstance(after, State):
            _write(workspace, before, after)
        return after


def settle(workspace: Workspace) -> None:
    """Take tasks out of their queues whose receipts a killed command wrote, and no more.

    Raises UserError as change does.
    """
    if _queue_paths(workspace):
        with workspace.queues_lock():
            _settled(workspace)


def _settled(workspace: Workspace) -> State:
    """Return the state of the queues, in whose files no task is left that has its receipt."""
    documents, written = _documents(workspace), receipt_ids(workspace)
    listed = State({queue.agent: queue for queue in map(queue_of, documents)})
    after = listed
    for task in listed.tasks():
        if task.task_id in written:
            name = COMPLETED / f"{task.task_id}.json"
            after = completed(after, task, task_files.read(workspace, name, "task_receipt"))
    if not after.receipts:
        return state_of(documents, written)
    _write_queues(workspace, listed, after)
    return load(workspace)


def stepped(state: State, steps: Iterable[Operation | Step]) -> State | Rejected:
    """Return the state after all steps, or the first rejection."""
    for step in steps:
        after = step(state) if callable(step) else apply(state, step)
        if isinstance(after, Rejected):
            return after
        state = after
    return state


def create(workspace: Workspace, documents: Iterable[Json], receipts: Iterable[Json]) -> list[Path]:
    """Write new queues and receipts; return the paths of the queues, relative to root.

    Raises UserError where one of the queues exists already; nothing is written then.
    """
    with workspace.queues_lock():
        listed = {queue_path(document["agent"]): document for document in documents}
        there = [path for path in sorted(listed) if (workspace / path).exists()]
        if there:
            raise UserError(f"{there[0].as_posix()} exists: queues are never overwritten")
        listed_receipts = list(receipts)
        for receipt in listed_receipts:
            _write_receipt(workspace, receipt)
        for path, document in listed.items():
            task_files.write(workspace, path, document, "task_queue")
        _write_view(workspace, listed_receipts)
        return sorted(listed)


def _read_queue(workspace: Workspace, path: Path) -> Json:
    return queue_document(workspace, path, task_files.content(workspace, path))


def queue_document(workspace: Workspace, path: Path, content: bytes) -> Json:
    """Return the document that content of a queue file holds; raises UserError where it is none."""
    document = task_files.parsed(workspace, path, content, "task_queue")
    if path != queue_path(document["agent"]):
        named = queue_path(document["agent"]).name
        raise UserError(f"{path.as_posix()}: field agent: its file must be named {named}")
    return document


def _hold_together(tasks: list[Task]) -> None:
    """Raise UserError where two tasks share an id, or tasks wait for each other in a ring."""
    for task_id, count in Counter(task.task_id for task in tasks).items():
        if count > 1:
            agents = sorted({task.agent for task in tasks if task.task_id == task_id})
            raise UserError(
                f"{queue_path(agents[-1]).as_posix()}: field queued_tasks: task {task_id} is queued"
                f" {count} times (at {', '.join(agents)}), must be once"
            )
    ring = cycle(tasks)
    if ring:
        chain = " -> ".join(ring)
        raise UserError(f"{QUEUES.as_posix()}: field dependencies: tasks wait in a ring: {chain}")


def _write(workspace: Workspace, before: State, after: State) -> None:
    """Write what changed; every document is checked before the first one is written."""
    for path, document in changed_documents(before, after).items():
        task_files.check(workspace, path, document, "task_queue")
    for receipt in after.receipts.values():
        _write_receipt(workspace, receipt)
    _write_queues(workspace, before, after)


def _write_queues(workspace: Workspace, before: State, after: State) -> None:
    """Write the queues that changed, last: while one lists a task, its receipt is looked for."""
    for half in (*(workspace / QUEUES).glob(".*.tmp"), *(workspace / COMPLETED).glob(".*.tmp")):
        half.unlink()  # we hold the lock: its writer was killed
    if after.receipts:
        _write_view(workspace, after.receipts.values())
    for path, document in changed_documents(before, after).items():
        task_files.write(workspace, path, document, "task_queue")


def changed_documents(before: State, after: State) -> dict[Path, Json]:
    """Return the documents of the queues that differ between two states, by path."""
    return {
        queue_path(agent): document_of(queue)
        for agent, queue in after.queues.items()
        if queue != before.queues.get(agent)
    }


def _write_receipt(workspace: Workspace, receipt: Json) -> None:
    path = receipt_path(receipt["task_id"])
    if (workspace / path).exists():
        raise UserError(f"{path.as_posix()} exists: a receipt is written once")
    task_files.write(workspace, path, receipt, "task_receipt")


def _write_view(workspace: Workspace, receipts: Iterable[Json]) -> None:
    """Write completed_tasks.json: what every receipt says in short, for people; rebuilt at need."""
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
