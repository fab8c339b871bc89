"""Queue files on disk: locked, loaded, changed by the state machine, written whole.

The lock is the kernel's and dies with its process. Receipts are written before queues: a task
whose receipt exists is done, whatever a queue file still says, so a crash in between loses
nothing and completes nothing twice. The next change, or `settle`, writes what it left out.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.faucet.queues import files as task_files
from pipeline.faucet.queues.board import Along, Step
from pipeline.faucet.queues.task_receipts import (
    read_receipts,
    receipt_ids,
    write_receipt,
    write_view,
)
from pipeline.faucet.tasks.dependencies import cycle
from pipeline.faucet.tasks.documents import document_of, queue_of
from pipeline.faucet.tasks.judging import completed
from pipeline.faucet.tasks.machine import apply
from pipeline.faucet.tasks.operations import Operation, Rejected
from pipeline.faucet.tasks.state import State, Task
from pipeline.workspace.layout import COMPLETED, QUEUES, queue_path
from pipeline.workspace.workspace import Workspace

QUEUE_SUFFIX = "_queue.json"


class LocalBoard:
    """The board of one clone: its queue files, behind a lock that dies with its process."""

    is_shared = False

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def synchronize(self) -> None:
        """Finish what a killed command left: the workspace is the board."""
        settle(self.workspace)

    def load(self) -> State:
        """Return the state of the queue files."""
        return load(self.workspace)

    def change(self, *steps: Operation | Step, along: Along | None = None) -> State | Rejected:
        """Apply steps to the queue files; what goes along lies in the workspace already."""
        del along
        return change(self.workspace, *steps)

    def receipts(self) -> list[Json]:
        """Return the receipts below data/task_queues/completed."""
        return read_receipts(self.workspace)


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
    queues = [queue_of(document) for document in documents]
    _hold_together([task for queue in queues for task in queue.tasks])
    open_queues = {
        queue.agent: replace(
            queue, tasks=tuple(task for task in queue.tasks if task.task_id not in with_receipt)
        )
        for queue in queues
    }
    queued = {task.task_id for queue in queues for task in queue.tasks}
    past = {name for queue in queues for name in queue.past} - queued
    return State(open_queues, done=frozenset(past | with_receipt))


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

    What a call that was cut short wrote of the same queues is gone on from. Raises UserError where
    all of the queues exist already, or one with other contents; nothing is written then.
    """
    with workspace.queues_lock():
        listed = {queue_path(document["agent"]): document for document in documents}
        there = [path for path in sorted(listed) if (workspace / path).exists()]
        if len(there) == len(listed) > 0 or not all(
            (workspace / path).read_bytes() == task_files.as_bytes(listed[path]) for path in there
        ):
            raise UserError(f"{there[0].as_posix()} exists: queues are never overwritten")
        listed_receipts = list(receipts)
        for receipt in listed_receipts:
            write_receipt(workspace, receipt)
        write_view(workspace, listed_receipts)
        for path, document in listed.items():
            task_files.write(workspace, path, document, "task_queue")
        return sorted(listed)


def _read_queue(workspace: Workspace, path: Path) -> Json:
    return _rightly_named(path, task_files.read(workspace, path, "task_queue"))


def queue_document(workspace: Workspace, path: Path, content: bytes) -> Json:
    """Return the document that content of a queue file holds; raises UserError where it is none."""
    return _rightly_named(path, task_files.parsed(workspace, path, content, "task_queue"))


def _rightly_named(path: Path, document: Json) -> Json:
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
        write_receipt(workspace, receipt)
    _write_queues(workspace, before, after)


def _write_queues(workspace: Workspace, before: State, after: State) -> None:
    """Write the queues that changed, last: while one lists a task, its receipt is looked for."""
    for half in (*(workspace / QUEUES).glob(".*.tmp"), *(workspace / COMPLETED).glob(".*.tmp")):
        half.unlink()  # we hold the lock: its writer was killed
    if after.receipts:
        write_view(workspace, after.receipts.values())
    for path, document in changed_documents(before, after).items():
        task_files.write(workspace, path, document, "task_queue")


def changed_documents(before: State, after: State) -> dict[Path, Json]:
    """Return the documents of the queues that differ between two states, by path."""
    return {
        queue_path(agent): document_of(queue)
        for agent, queue in after.queues.items()
        if queue != before.queues.get(agent)
    }
