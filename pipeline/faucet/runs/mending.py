"""What a killed run or a merge left behind, put right before a run; what it made is made again.

dvc.lock and metrics are results: any readable state of them is a good start, because a run brings
them to what the inputs give. What people write is never chosen for them.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import orjson

from pipeline.core.errors import UserError
from pipeline.store.atomic import write_bytes
from pipeline.workspace.git import try_git
from pipeline.workspace.layout import (
    DVC_LOCK,
    DVC_RWLOCK,
    DVC_YAML,
    METRICS,
    PARAMS,
    QUEUES,
    RUN_GOES_ON,
)
from pipeline.workspace.workspace import Workspace

_MARK = re.compile(rb"^(<{7} |>{7} )", re.MULTILINE)
_SOURCES = (":2:", "HEAD:", ":3:")
"""Where git has a file of: our side of a merge, the last commit, their side."""


def heal(root: Workspace) -> list[str]:
    """Mend what a killed run or a merge left, and return one sentence per thing mended.

    Only the holder of the run lock may call this: no other run is alive then. Raises UserError
    where a merge stopped in a file that people write.
    """
    refuse_conflicts(root)
    return [*_heal_results(root), *_heal_rwlock(root), *_end_orphans(root)]


def refuse_conflicts(root: Workspace) -> None:
    """Raise UserError where files that people write hold two sides of a merge."""
    fault = next(conflicts(root), None)
    if fault:
        raise UserError(fault)


def conflicts(root: Workspace) -> Iterator[str]:
    """Yield one sentence for each file of people's that holds two sides of a merge."""
    left = [name for name in unmerged(root) if not is_result(Path(name))]
    for name in left:
        yield (
            f"{name} is left in conflict by a merge: keep one side (`git checkout --ours -- {name}`"
            f" or --theirs) or edit it, `git add {name}`, then `faucet repro`"
        )
    for path in _written_by_people(root):
        name = path.as_posix()
        if name not in left and _MARK.search((root / path).read_bytes()):
            yield f"{name} holds conflict marks of a merge (<<<<<<<): edit it, keep one side"


def _written_by_people(root: Workspace) -> Iterator[Path]:
    """Yield the files of people's in which a merge may leave marks; deliveries are not theirs."""
    yield from (path for path in (DVC_YAML, PARAMS) if (root / path).is_file())
    try:
        inputs = root.dag.inputs
    except (UserError, ValueError, TypeError, KeyError):
        inputs = []  # dvc.yaml itself is broken, and said to be
    queues = (file.relative_to(root) for file in sorted((root / QUEUES).glob("*.json")))
    yield from (path for path in (*inputs, *queues) if (root / path).is_file())


def unmerged(root: Workspace) -> list[str]:
    """Return the paths in which a merge stopped; none where no git tells."""
    listed = try_git(root, "ls-files", "--unmerged", "-z")
    entries = listed.stdout.split("\0") if listed.returncode == 0 else []
    return sorted({entry.split("\t", 1)[1] for entry in entries if entry})


def is_merging(root: Workspace) -> bool:
    """Return whether results are left in conflict, which only `git add` and a commit end."""
    return any(is_result(Path(name)) for name in unmerged(root))


def is_result(path: Path) -> bool:
    """Return whether a file is what a run makes and git holds: dvc.lock or metrics."""
    return path == DVC_LOCK or path.parts[0] == METRICS.name


def unreadable(root: Workspace) -> Iterator[Path]:
    """Yield dvc.lock and metrics that are there and cannot be read, paths from root."""
    for path in (
        DVC_LOCK,
        *(file.relative_to(root) for file in sorted((root / METRICS).glob("*.json"))),
    ):
        if (root / path).is_file() and not _is_readable(path, (root / path).read_bytes()):
            yield path


def _heal_results(root: Workspace) -> Iterator[str]:
    in_conflict = {Path(name) for name in unmerged(root) if is_result(Path(name))}
    for path in dict.fromkeys([*unreadable(root), *sorted(in_conflict)]):
        is_there = (root / path).is_file()
        if is_there and path in in_conflict and _is_readable(path, (root / path).read_bytes()):
            continue  # a side was taken already
        why = "in conflict" if path in in_conflict else "unreadable after a killed run"
        yield f"{path.as_posix()} was {why}: {_put_back(root, path)}"


def _put_back(root: Workspace, path: Path) -> str:
    """Write the first readable state of a result that git has; return what was done."""
    for source in _SOURCES:
        held = try_git(root, "show", f"{source}{path.as_posix()}")
        content = held.stdout.encode()
        if held.returncode == 0 and _is_readable(path, content):
            write_bytes(root / path, content)
            from_commit = "restored from the last commit"
            return from_commit if source == "HEAD:" else "one side taken, the run makes it anew"
    (root / path).unlink(missing_ok=True)
    return "removed, as no commit has a readable one"


def _is_readable(path: Path, content: bytes) -> bool:
    if path != DVC_LOCK:
        try:
            return isinstance(orjson.loads(content), dict)
        except ValueError:
            return False
    if not content.strip() or _MARK.search(content):
        return False
    return isinstance(_yaml(content), dict)


def _yaml(content: bytes) -> object:
    import yaml  # noqa: PLC0415 - a healthy lock is read by DVC alone

    try:
        return yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - it is a safe one
    except yaml.YAMLError:
        return None


def _heal_rwlock(root: Workspace) -> Iterator[str]:
    path = root / DVC_RWLOCK
    if not path.exists():
        return
    try:
        json.loads(path.read_bytes())
    except ValueError:
        path.unlink()
        yield f"{DVC_RWLOCK.as_posix()} was unreadable after a killed run: removed"


def _end_orphans(root: Workspace) -> Iterator[str]:
    """End stages that outlived a killed run; looked for only where a run did not end itself."""
    running = root / RUN_GOES_ON
    if not running.exists():
        return
    import psutil  # noqa: PLC0415 - only after a killed run

    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        try:
            if "pipeline.run" in command and Path(process.cwd()) == root.root:
                process.kill()
                process.wait(10)
                yield f"stage {command[-1]} (process {process.pid}) outlived a killed run: ended"
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.TimeoutExpired):
            continue
    running.unlink(missing_ok=True)
