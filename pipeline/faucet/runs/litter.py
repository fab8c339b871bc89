"""What killed commands left: temporary files and folders, and locks of a git that is gone."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import orjson

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.workspace.git import try_git
from pipeline.workspace.layout import (
    CACHE,
    COMPLETED,
    DELIVERIES,
    DVC_FILES,
    DVC_RWLOCK,
    EMBEDDING_JOBS,
    METRICS,
    OUTBOX,
    QUEUES,
    RECORDED,
    RESPONSES,
    SCRATCH,
    WORK,
)
from pipeline.workspace.scratch import scratch_of
from pipeline.workspace.workspace import Workspace

_TEMPORARY = re.compile(r"\.(?:landing-(?P<one>\d+)(?:-\d+)?|.+\.(?P<two>\d+)\.tmp)")
_OF_DVC = re.compile(r"\.[\w-]{22}\.tmp")
"""DVC's temporary files name no process: they stand beside outputs, and in the cache."""
_GIT_LOCKS = ("index.lock", "HEAD.lock")
_GIT = re.compile(r"git\b")
_YOUNG_S = 2.0
_NAMED = 3


def sweep(root: Workspace) -> Iterator[str]:
    """Remove what commands left that were killed; yield one sentence for each kind of it."""
    is_dvc_over = not _dvc_works(root)
    left = sorted(
        path for folder in _folders(root) for path in _temporary(folder, is_dvc_over=is_dvc_over)
    )
    for path in left:
        path.unlink(missing_ok=True)
    if left:
        names = ", ".join(path.relative_to(root).as_posix() for path in left[:_NAMED])
        more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
        files = counted(len(left), "half-written file")
        yield f"{files} of killed commands removed: {names}{more}"
    yield from _sweep_scratch(root)
    yield from _sweep_git(root)


def _folders(root: Workspace) -> Iterator[Path]:
    """Yield the folders in which commands and stages write, without those below them."""
    try:
        dag = root.dag
        made = [
            path for one in dag.wirings for path in (*one.outs, *(out.parent for out in one.outs))
        ]
        books = [path.parent for path in dag.inputs if path != DELIVERIES]
    except (UserError, ValueError, TypeError, KeyError):
        made, books = [], []  # dvc.yaml itself is broken, and said to be
    yield root.root  # dvc.lock, params.yaml, settings of agents
    yield from root.root.glob("*/")
    named = {METRICS, QUEUES, COMPLETED, EMBEDDING_JOBS, *made, *books}
    yield from (root / path for path in sorted(named) if len(path.parts) > 1)
    yield from (folder for top in (DELIVERIES, OUTBOX) for folder in (root / top).glob("*/"))
    yield from (root / RECORDED).glob("*/*/")
    yield from (root / RESPONSES).glob("*/")
    yield root / DVC_FILES
    yield from (folder for folder in (root / CACHE).glob("*/**/") if _is_ours(root, folder))


def _is_ours(root: Workspace, folder: Path) -> bool:
    """Return whether only commands write into a folder, no agents and no rebuilds."""
    path = folder.relative_to(root)
    return not any(path.is_relative_to(others) for others in (WORK, SCRATCH))


def _temporary(folder: Path, *, is_dvc_over: bool) -> Iterator[Path]:
    """Yield the temporary files of a folder whose writers are not alive."""
    if not folder.is_dir():
        return
    for path in folder.iterdir():
        if not path.name.startswith(".") or not path.is_file():
            continue
        match = _TEMPORARY.fullmatch(path.name)
        is_dead = match and not _is_alive(int(match["one"] or match["two"]))
        if is_dead or (is_dvc_over and _OF_DVC.fullmatch(path.name)):
            yield path


def _dvc_works(root: Workspace) -> bool:
    """Return whether a DVC that is alive holds paths of this workspace, as its own book says."""
    try:
        holders = orjson.loads((root / DVC_RWLOCK).read_bytes()).values()
        held = [one for holder in holders for one in (holder.get("write"), *holder.get("read", ()))]
        return any(_is_alive(one["pid"]) for one in held if one)
    except FileNotFoundError:
        return False
    except (ValueError, TypeError, KeyError, AttributeError):
        return True  # nobody can tell


def _sweep_scratch(root: Workspace) -> Iterator[str]:
    """Remove the folders that commands needed for a while, where none of them is alive."""
    left = [folder for folder, process in scratch_of(root.root) if not _is_alive(process)]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    if left:
        yield f"{counted(len(left), 'temporary folder')} of killed commands removed"


def _sweep_git(root: Workspace) -> Iterator[str]:
    """Remove locks that a killed git left, where no git works here now."""
    git_dir = try_git(root, "rev-parse", "--absolute-git-dir")
    if git_dir.returncode:
        return
    home = Path(git_dir.stdout.strip())
    left = [home / name for name in _GIT_LOCKS] + sorted((home / "refs/heads").rglob("*.lock"))
    for path in left:
        if (
            path.is_file()
            and time.time() - path.stat().st_mtime > _YOUNG_S
            and not _git_works(root)
        ):
            path.unlink(missing_ok=True)
            yield f"{path.name} of a git that was killed: removed"


def _git_works(root: Workspace) -> bool:
    """Return whether a git is at work in this workspace, or where no one can tell."""
    import psutil  # noqa: PLC0415 - only after a killed git

    for process in psutil.process_iter(["name", "cwd"]):
        if _GIT.match(process.info["name"] or ""):
            folder = process.info["cwd"]
            if folder is None or Path(folder).is_relative_to(root.root):
                return True
    return False


def _is_alive(process: int) -> bool:
    import psutil  # noqa: PLC0415 - only after a killed command

    return psutil.pid_exists(process)
