"""The last whole copies of what DVC writes in pieces: dvc.lock and the files of `dvc add`.

A copy is taken before DVC may touch the file and after every run that came to its end. What lies
there is believed where it is such a copy or the last commit's. Anything else is held to its form,
and a dvc.lock also to the stages that the last whole one records: DVC never takes one out.
"""

from collections.abc import Iterable
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.store.kept import copies, forget, keep
from pipeline.workspace.git import blobs
from pipeline.workspace.layout import DVC_LOCK, stand_in
from pipeline.workspace.lock_file import lock_fault, recorded_stages, stand_in_fault
from pipeline.workspace.workspace import Workspace


def damage(root: Workspace, path: Path, content: bytes) -> str | None:
    """Return what shows that dvc.lock or a stand-in was cut or damaged, None where it is whole."""
    if path != DVC_LOCK:
        return stand_in_fault(content)
    fault = lock_fault(content)
    if fault is not None:
        return fault
    known = copies(root, path)
    if content in known or content == _committed(root, path):
        return None
    outs = _outs(root)
    return lock_fault(content, outs) or _lost_stage(content, known[:1], outs)


def whole_copy(root: Workspace, path: Path) -> tuple[str, bytes] | None:
    """Return the last whole copy of dvc.lock or of a stand-in, and where it was found."""
    committed = _committed(root, path)
    found = [("the last whole copy", content) for content in copies(root, path)]
    found += [("the last commit", committed)] if committed is not None else []
    fault_of = lock_fault if path == DVC_LOCK else stand_in_fault
    return next((one for one in found if fault_of(one[1]) is None), None)


def keep_whole(root: Workspace) -> None:
    """Keep dvc.lock and stand-ins as they are; a dvc.lock that is meant to be gone is forgotten.

    Only called where they were found whole.
    """
    if not (root / DVC_LOCK).is_file():
        forget(root, DVC_LOCK)
    try:
        held = [stand_in(path) for path in root.offloaded]
    except (UserError, ValueError, TypeError, KeyError):
        held = []  # dvc.yaml itself is broken, and said to be
    for path in (DVC_LOCK, *held):
        if (root / path).is_file():
            keep(root, path, (root / path).read_bytes())


def keep_ended(root: Workspace) -> None:
    """Do the same after a run that came to its end, where it left them whole."""
    path = root / DVC_LOCK
    if not path.is_file() or lock_fault(path.read_bytes()) is None:
        keep_whole(root)


def _outs(root: Workspace) -> dict[str, list[str]]:
    try:
        return {
            one.name: [path.as_posix() for path in (*one.outs, one.metrics)]
            for one in root.dag.wirings
        }
    except (UserError, ValueError, TypeError, KeyError):
        return {}  # dvc.yaml itself is broken, and said to be


def _lost_stage(content: bytes, last: Iterable[bytes], names: Iterable[str]) -> str | None:
    """Return which stage of the DAG is gone that the last whole copy records."""
    recorded = recorded_stages(content, DVC_LOCK.name)
    for whole in last:
        before = recorded_stages(whole, DVC_LOCK.name)
        lost = [name for name in names if name in before and name not in recorded]
        if lost:
            return f"stage {lost[0]} is gone from it"
    return None


def _committed(root: Workspace, path: Path) -> bytes | None:
    name = f"HEAD:{path.as_posix()}"
    try:
        return blobs(root, [name]).get(name)
    except UserError:
        return None  # no git here
