"""The last whole copies of what DVC writes in pieces: dvc.lock and the files of `dvc add`.

A copy is taken before DVC may touch the file and after every run that came to its end. A dvc.lock
is believed where it is such a copy, or where git holds it; where there is no copy, by its form.
"""

from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.store.kept import copies, forget, keep
from pipeline.workspace.git import files_at
from pipeline.workspace.layout import DVC_LOCK, stand_in
from pipeline.workspace.lock_file import lock_fault, stand_in_fault
from pipeline.workspace.workspace import Workspace


def damage(root: Workspace, path: Path, content: bytes) -> str | None:
    """Return what shows that dvc.lock or a stand-in was cut or damaged, None where it is whole."""
    if path != DVC_LOCK:
        return stand_in_fault(content)
    fault = lock_fault(content)
    if fault is not None:
        return fault
    known = copies(root, path)
    if content in known or _is_in_git(root, path):
        return None
    if known:
        return "it is not what the last run left, and no commit has it"
    return lock_fault(content, _outs(root))


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


def _is_in_git(root: Workspace, path: Path) -> bool:
    """Return whether git holds what a file holds: of any commit, experiment or stage."""
    named = root.try_git("hash-object", "--", path.as_posix())
    return (
        not named.returncode and not root.try_git("cat-file", "-e", named.stdout.strip()).returncode
    )


def _committed(root: Workspace, path: Path) -> bytes | None:
    try:
        return files_at(root, ["HEAD"], [path]).get(("HEAD", path))
    except UserError:
        return None  # no git here
