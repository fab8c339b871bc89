"""Whether what lies in a workspace is one data set: read whole, run whole, written whole.

Looked at before a commit, in a fraction of a second: dvc.lock says which bytes each stage read
and wrote, so it tells by itself whether some stage still has to run.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.deliveries.stored import Stored, landed, mapping_path
from pipeline.faucet.answers.books import accounting
from pipeline.store.atomic import write_bytes
from pipeline.store.engine import stale_lists
from pipeline.store.engine_files import ENGINE, MANIFEST
from pipeline.workspace.dag import Dag
from pipeline.workspace.digest import dvc_digest
from pipeline.workspace.layout import DELIVERIES, DVC_LOCK, DVC_YAML, PARAMS, SETTLED
from pipeline.workspace.lock_file import read_lock
from pipeline.workspace.workspace import Workspace

RUNNING = "a run goes on"


def unsettled(workspace: Workspace) -> str | None:
    """Return the first reason why the outputs at root are not those of the inputs there.

    None where dvc.lock, metrics and books agree with each other and with the deliveries.
    """
    return next(_unsettled(workspace), None)


def torn(workspace: Workspace) -> str | None:
    """Return the first reason why what the last run read and made is not one data set.

    Deliveries that landed after it are none: they are the next run's, and wait.
    """
    return next(_unsettled(workspace, counts_new=False), None)


def unread(workspace: Workspace) -> list[Stored]:
    """Return the landed deliveries that the books of integrate do not have, sorted."""
    booked = {(row["agent"], row["delivery"]) for row in accounting(workspace)}
    there = landed(workspace / DELIVERIES)
    return [one for one in there if (one.agent, one.delivery) not in booked]


def unread_paths(workspace: Workspace) -> frozenset[Path]:
    """Return the files of those deliveries, relative to root: no commit holds them yet."""
    places = (place for one in unread(workspace) for place in (one.path, mapping_path(one.path)))
    return frozenset(place.relative_to(workspace.root) for place in places)


def unsettled_now(workspace: Workspace) -> str | None:
    """Return the same of a workspace in which others may be at work: a run is a reason, too."""
    with workspace.try_run_lock() as is_free:
        return unsettled(workspace) if is_free else RUNNING


def remember_settled(workspace: Workspace) -> None:
    """Note that the DAG was run to its end on what lies at root now."""
    write_bytes(workspace / SETTLED, _stamp(workspace).encode())


def is_known_settled(workspace: Workspace, *, but_for_new: bool = False) -> bool:
    """Return whether a run to the end is known of what lies at root, so that none is needed.

    but_for_new says that deliveries which landed after that run do not matter.

    Only to be believed while code and params are as the last commit has them (foreign_changes).
    """
    path = workspace / SETTLED
    is_same = path.is_file() and path.read_bytes() == _stamp(workspace).encode()
    fault = torn(workspace) if but_for_new else unsettled(workspace)
    return is_same and fault is None and _outputs_are_there(workspace)


def foreign_changes(workspace: Workspace, besides: Iterable[Path] = ()) -> list[str]:
    """Return the changed inputs of the DAG that a checkpoint does not commit, sorted.

    Those are code, params, schemas, locked versions and the like: a person's to commit.
    """
    ours = {path.as_posix() for path in besides}
    paths = [name for name in _code(workspace.dag) if name not in ours]
    if not paths:
        return []
    status = workspace.git("status", "--porcelain", "-z", "--", *paths)
    changed = {entry[3:] for entry in status.split("\0") if entry}
    stale = {path.as_posix() for path in stale_lists(workspace)}  # the next run writes them anew
    return sorted(changed | stale.intersection(paths))


def _unsettled(workspace: Workspace, *, counts_new: bool = True) -> Iterator[str]:
    dag = workspace.dag
    if not dag.names:
        return
    if not (workspace / DVC_LOCK).is_file():
        yield f"{DVC_LOCK} is missing"
        return
    try:
        stages = read_lock(workspace)
    except UserError as fault:
        yield str(fault)
        return
    yield from (f"{name} has not run" for name in dag.names if name not in stages)
    yield from _chain(stages)
    yield from _small_files(workspace, dag, stages)
    yield from _books(workspace, counts_new=counts_new)


def _chain(stages: Json) -> Iterator[str]:
    """Yield the stages that read something else than what the stage before them wrote."""
    made = {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", ())}
    for name, stage in stages.items():
        for dep in stage.get("deps", ()):
            if made.get(dep["path"], dep["md5"]) != dep["md5"]:
                yield f"{name} has not run on the {dep['path']} that is there"


def _small_files(workspace: Workspace, dag: Dag, stages: Json) -> Iterator[str]:
    """Yield metrics and inputs that are not as the last run had them.

    Deliveries are many and large; whether a run read them is told by what it counted.
    """
    recorded = {
        entry["path"]: entry["md5"]
        for stage in stages.values()
        for entry in (*stage.get("deps", ()), *stage.get("outs", ()))
    }
    metrics = [wiring.metrics for wiring in dag.wirings]
    for path in (*(path for path in dag.inputs if path != DELIVERIES), *metrics):
        if recorded.get(path.as_posix()) != dvc_digest(workspace, path):
            yield f"{path.as_posix()} is not what the last run read or wrote"


def _books(workspace: Workspace, *, counts_new: bool) -> Iterator[str]:
    """Yield what is in the books of integrate and there no more, or landed and is not in them."""
    booked = {(row["agent"], row["delivery"]) for row in accounting(workspace)}
    there = {(one.agent, one.delivery) for one in landed(workspace / DELIVERIES)}
    for agent, delivery in sorted(booked ^ there if counts_new else booked - there):
        yield f"{agent}/{delivery} is not integrated as it is"


def _code(dag: Dag) -> list[str]:
    """Return the inputs of the DAG that only people change, sorted; none where it has no stage."""
    code = (*dag.code, DVC_YAML, PARAMS) if dag.names else ()
    engine = ENGINE if MANIFEST in code else ()
    return sorted({path.as_posix() for path in (*code, *engine)})


def _stamp(workspace: Workspace) -> str:
    """Return a digest of the code as committed and of dvc.lock as it is."""
    listed = workspace.git("ls-files", "--stage", "--", *_code(workspace.dag))
    lock = (workspace / DVC_LOCK).read_bytes() if (workspace / DVC_LOCK).is_file() else b""
    return hashlib.sha256(listed.encode() + lock).hexdigest()


def _outputs_are_there(workspace: Workspace) -> bool:
    return all((workspace / out).exists() for one in workspace.dag.wirings for out in one.outs)
