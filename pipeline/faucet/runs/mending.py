"""What a killed run or a merge left behind, put right before a run; what it made is made again.

dvc.lock and metrics are results: any readable state of them is a good start, because a run brings
them to what the inputs give. What people write is never chosen for them.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import orjson

from pipeline.core.errors import UserError
from pipeline.faucet.runs.litter import sweep
from pipeline.faucet.runs.whole import damage, keep_whole, whole_copy
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
    stand_in,
)
from pipeline.workspace.workspace import Workspace

_MARK = re.compile(rb"^(<{7} |>{7} )", re.MULTILINE)
_MARKED = "it holds the marks of a merge"
_SOURCES = (":2:", "HEAD:", ":3:")
"""Where git has a file of: our side of a merge, the last commit, their side."""


def heal(root: Workspace) -> list[str]:
    """Mend what a killed run or a merge left, and return one sentence per thing mended.

    Only the holder of the run lock may call this: no other run is alive then. dvc.lock as it is
    afterwards is kept as the last whole one. Raises UserError where a merge stopped in a file that
    people write.
    """
    refuse_conflicts(root)
    ended = list(_end_orphans(root))
    mended = [*_heal_stand_ins(root), *_heal_results(root), *_heal_rwlock(root), *sweep(root)]
    keep_whole(root)
    return [*ended, *mended]


def put_right(root: Workspace) -> None:
    """Mend what a killed run left, and say on stderr what was mended.

    Nothing is done while a run goes on: it has mended what it found.
    """
    with root.try_run_lock() as is_free:
        for sentence in heal(root) if is_free else ():
            click.echo(f"faucet: {sentence}", err=True)


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
    for path in _written_by_hand(root):
        name = path.as_posix()
        if name not in left and _MARK.search((root / path).read_bytes()):
            yield f"{name} holds conflict marks of a merge (<<<<<<<): edit it, keep one side"


def _written_by_hand(root: Workspace) -> Iterator[Path]:
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


def unreadable(root: Workspace) -> Iterator[tuple[Path, str]]:
    """Yield dvc.lock and metrics that are there and damaged, paths from root, and what shows it."""
    for path in (
        DVC_LOCK,
        *(file.relative_to(root) for file in sorted((root / METRICS).glob("*.json"))),
    ):
        fault = _fault(root, path, (root / path).read_bytes()) if (root / path).is_file() else None
        if fault:
            yield path, fault


def _heal_results(root: Workspace) -> Iterator[str]:
    in_conflict = {Path(name) for name in unmerged(root) if is_result(Path(name))}
    faults = dict(unreadable(root))
    for path in dict.fromkeys([*faults, *sorted(in_conflict)]):
        if path in in_conflict and (root / path).is_file() and path not in faults:
            continue  # a side was taken already
        if path in in_conflict or faults[path] == _MARKED:
            yield f"{path.as_posix()} was in conflict: {_put_back(root, path)}"
        else:
            message = f"{path.as_posix()} was cut or damaged ({faults[path]})"
            yield f"{message}: {_back_from_copy(root, path) or _put_back(root, path)}"


def _heal_stand_ins(root: Workspace) -> Iterator[str]:
    """Bring the files of `dvc add` back that a killed one left cut; they are inputs, so no guess.

    Raises UserError where there is no whole copy.
    """
    try:
        held = [stand_in(path) for path in root.offloaded]
    except (UserError, ValueError, TypeError, KeyError):
        return  # dvc.yaml itself is broken, and said to be
    for path in held:
        fault = damage(root, path, (root / path).read_bytes())
        if fault is None:
            continue
        done = _back_from_copy(root, path)
        if done is None:
            name = path.as_posix()
            again = f"`dvc add {name.removesuffix(path.suffix)}` makes it anew"
            raise UserError(f"{name} is cut or damaged ({fault}), and no copy is whole: {again}")
        yield f"{path.as_posix()} was cut or damaged ({fault}): {done}"


def _back_from_copy(root: Workspace, path: Path) -> str | None:
    """Bring the last whole copy back and return where it came from, None where there is none."""
    found = whole_copy(root, path)
    if found is None:
        return None
    source, content = found
    write_bytes(root / path, content)
    return f"restored from {source}"


def _put_back(root: Workspace, path: Path) -> str:
    """Write the first readable state of a result that git has; return what was done."""
    for source in _SOURCES:
        held = try_git(root, "show", f"{source}{path.as_posix()}")
        content = held.stdout.encode()
        if held.returncode == 0 and _fault(root, path, content) is None:
            write_bytes(root / path, content)
            from_commit = "restored from the last commit"
            return from_commit if source == "HEAD:" else "one side taken, the run makes it anew"
    (root / path).unlink(missing_ok=True)
    return "removed, as no commit has a readable one"


def _fault(root: Workspace, path: Path, content: bytes) -> str | None:
    """Return what shows that content is no whole dvc.lock or metrics file, None where it is one."""
    if _MARK.search(content):
        return _MARKED
    if path == DVC_LOCK:
        return damage(root, path, content)
    try:
        return None if isinstance(orjson.loads(content), dict) else "it is no JSON object"
    except ValueError:
        return "it is no JSON"


def _heal_rwlock(root: Workspace) -> Iterator[str]:
    path = root / DVC_RWLOCK
    if not path.exists():
        return
    try:
        value = json.loads(path.read_bytes())
    except ValueError:
        value = None
    if not isinstance(value, dict) or not all(isinstance(held, dict) for held in value.values()):
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
            of_run = {"pipeline.run", "pipeline.run.serving"}.intersection(command)
            if of_run and Path(process.cwd()) == root.root:
                process.kill()
                process.wait(10)
                what = "a stage" if command[-1].isdigit() else f"stage {command[-1]}"
                yield f"{what} (process {process.pid}) outlived a killed run: ended"
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.TimeoutExpired):
            continue
    running.unlink(missing_ok=True)
