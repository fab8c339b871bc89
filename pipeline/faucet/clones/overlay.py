"""Claims laid over the queues of a commit, and what of a new state goes back into which.

Pure, but for the writing of new claim texts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.faucet.clones import claims
from pipeline.faucet.clones.branch import Branch
from pipeline.faucet.queues import files as task_files
from pipeline.faucet.queues.storage import changed_documents, state_of
from pipeline.faucet.queues.task_receipts import view_of
from pipeline.faucet.tasks.state import Claim, Queue, State, Task
from pipeline.workspace.layout import COMPLETED_VIEW, receipt_path
from pipeline.workspace.workspace import Workspace

_CLAIM = ("owner", "claimed", "renewed", "lease_s", "process")


class RemoteState(NamedTuple):
    """What the remote holds: the branch, claims that count, claims that ended, and the state.

    bare is the state of the queue files alone, state the one with the claims in it.
    """

    branch: Branch
    held: Mapping[str, claims.Held]
    ended: Mapping[str, claims.Held]
    bare: State
    state: State


def found_at(branch: Branch, seen: Mapping[str, claims.Held]) -> RemoteState:
    """Return the state that a branch and the claims beside it make together.

    A claim ended where its task is done or handed in, whatever its ref still says.
    """
    bare = state_of(branch.documents.values(), set(branch.receipt_ids))
    for queue in bare.queues.values():
        bare = bare.with_queue(queue)  # ready and waiting are derived: alone they are no change
    open_ids = {task.task_id for task in bare.tasks() if task.claim is None}
    held = {name: one for name, one in seen.items() if name in open_ids}
    ended = {name: one for name, one in seen.items() if name not in open_ids}
    state = bare
    for name, one in held.items():
        task = bare.task(name)
        assert task, "an open claim is of a queued task"
        taken = replace(
            task, claim=Claim(**one.entry["claim"]), turn=one.entry["turn"], not_before=None
        )
        state = state.with_task(taken)
    return RemoteState(branch, held, ended, bare, state)


def moves_of(workspace: Workspace, found: RemoteState, after: State) -> Iterator[claims.Move]:
    """Yield how the claims' refs change from what was found to a new state."""
    for name, one in found.ended.items():
        yield claims.Move(name, one.value, None)
    new = {
        task.task_id: entry
        for task in after.tasks()
        if (entry := _entry(task)) and not _in_file(found, task)
    }
    for name in sorted(found.held.keys() | new.keys()):
        old, entry = found.held.get(name), new.get(name)
        if entry is None and old:
            yield claims.Move(name, old.value, None)
        elif entry and (old is None or {n: old.entry[n] for n in entry} != entry):
            yield claims.Move(name, old.value if old else None, claims.written(workspace, entry))


def contents_of(workspace: Workspace, found: RemoteState, after: State) -> dict[Path, bytes]:
    """Return the queue files and receipts that differ from the branch; none where only claims do.

    Raises UserError where one would break its schema.
    """
    plain = _without_claims(found, after)
    contents = {}
    for path, document in changed_documents(found.bare, plain).items():
        task_files.check(workspace, path, document, "task_queue")
        contents[path] = task_files.as_bytes(document)
    for task_id, receipt in after.receipts.items():
        task_files.check(workspace, receipt_path(task_id), receipt, "task_receipt")
        contents[receipt_path(task_id)] = task_files.as_bytes(receipt)
    if after.receipts:
        contents[COMPLETED_VIEW] = view_of([*found.branch.viewed, *after.receipts.values()])
    return contents


def _entry(task: Task) -> Json | None:
    """Return what a claim's ref says; None where no ref is needed."""
    if task.claim is None or task.submission:
        return None
    return {"claim": {n: getattr(task.claim, n) for n in _CLAIM}, "turn": task.turn}


def _in_file(found: RemoteState, task: Task) -> bool:
    """Return whether a claim was made in the queue file, before clones shared it."""
    old = found.bare.task(task.task_id)
    return old is not None and old.claim is not None


def _without_claims(found: RemoteState, after: State) -> State:
    """Return the state as queue files tell it: claims that live in refs are left out of them."""
    queues = {agent: _plain(found, queue) for agent, queue in after.queues.items()}
    return replace(after, queues=queues)


def _plain(found: RemoteState, queue: Queue) -> Queue:
    bare = replace(queue, tasks=tuple(_unclaimed(found, task) for task in queue.tasks))
    old = found.bare.queues.get(queue.agent)
    return old if old and replace(bare, current=old.current) == old else bare


def _unclaimed(found: RemoteState, task: Task) -> Task:
    """Return a task as its queue file tells it: a claim alone changes nothing there."""
    old = found.bare.task(task.task_id)
    if old is None or old.claim or task.submission:
        return task
    same = replace(task, claim=None, turn=old.turn, not_before=old.not_before)
    return same if task.claim or same == old else task
