"""What runs made: dvc.lock, outputs, the cache of DVC, earlier results."""

import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from pipeline.faucet.fsck.faults import Fault, Inspection, bring_back, in_git, set_aside
from pipeline.faucet.runs.mending import unreadable
from pipeline.faucet.runs.outputs import recorded_outputs, remembered_outputs
from pipeline.faucet.runs.whole import damage, whole_copy
from pipeline.store.atomic import write_bytes
from pipeline.store.digests import md5_of, other_than_named
from pipeline.workspace.digest import list_of, md5_hex
from pipeline.workspace.layout import CACHE, DVC_LOCK, METRICS, stand_in
from pipeline.workspace.lock_file import cache_folder, cached
from pipeline.workspace.workspace import Workspace

_FOLDER = ".dir"
_NOT_NAMED = "its bytes are not those that its name says"
_REPRO = "`faucet repro` makes it again"


def lock(root: Workspace) -> Inspection:
    """Compare dvc.lock and the files of `dvc add` with the last whole copies and with git."""
    paths = [DVC_LOCK, *(stand_in(path) for path in root.offloaded)]
    there = [path for path in paths if (root / path).is_file()]
    return Inspection(len(there), [one for path in there for one in _lock_faults(root, path)])


def outputs(root: Workspace) -> Inspection:
    """Compare every output with what dvc.lock records, or with what the last run wrote."""
    recorded = dict(recorded_outputs(root))
    written = remembered_outputs(root)
    expected = {**written, **recorded}  # of a folder that no cache lists, what the run wrote counts
    there = [name for name in expected if (root / name).is_file()]
    faults = []
    for name in there:
        digest = md5_of(root / name)
        if digest not in (recorded.get(name), written.get(name)):
            mend = partial(_output_back, root, Path(name), expected[name])
            faults.append(Fault(name, "it is not what the last run wrote", mend, _REPRO))
    named = {fault.path for fault in faults}
    faults += [
        Fault(path.as_posix(), fault, None, "`faucet repro` mends it")
        for path, fault in unreadable(root)
        if path.parts[0] == METRICS.name and path.as_posix() not in named
    ]
    return Inspection(len(there), faults)


def cache(root: Workspace) -> Inspection:
    """Compare every object of DVC's cache with the digest that is its name."""
    objects = sorted((cache_folder(root) / "files" / "md5").glob("??/*"))
    whole = [path for path in objects if path.is_file() and not path.name.endswith(".tmp")]
    faults = []
    for path in whole:
        digest = path.parent.name + path.name
        if md5_of(path) != digest.removesuffix(_FOLDER):
            mend = partial(_object_back, root, path, digest)
            faults.append(Fault(_shown(root, path), _NOT_NAMED, mend, "`dvc pull`"))
    return Inspection(len(whole), faults)


def memo(root: Workspace) -> Inspection:
    """Compare every file of earlier results with the digest in its name."""
    parts = sorted((root / CACHE).glob("*/*/*/*.parquet"))
    faults = [
        Fault(_shown(root, path), _NOT_NAMED, partial(_drop, path.parent), "")
        for path in other_than_named(parts)
    ]
    return Inspection(len(parts), faults)


def _lock_faults(root: Workspace, path: Path) -> Iterator[Fault]:
    fault = damage(root, path, (root / path).read_bytes())
    if fault is None:
        return
    found = whole_copy(root, path)
    mend: Callable[[], str] | None = None
    if found is not None:
        mend = partial(bring_back, root, path, found[1], found[0])
    yield Fault(path.as_posix(), fault, mend, "`faucet repro` mends it")


def _output_back(root: Workspace, path: Path, md5: str) -> str:
    """Bring an output back from DVC's cache or git, or put it aside for the next run to make."""
    held = cached(root, md5)
    if held.is_file() and not held.samefile(root / path) and md5_of(held) == md5:
        return bring_back(root, path, held.read_bytes(), "the cache of DVC")
    for content in in_git(root, [path])[path]:
        if md5_hex(content) == md5:
            return bring_back(root, path, content, "index or commit")
    return f"out of the way: `faucet repro` makes it again{set_aside(root, path)}"


def _object_back(root: Workspace, path: Path, digest: str) -> str:
    """Make an object again from the output that it is, or drop it: a run or a pull makes it."""
    path.unlink()
    for name, md5 in recorded_outputs(root):
        if md5 == digest and (root / name).is_file() and md5_of(root / name) == digest:
            write_bytes(path, (root / name).read_bytes())
            return f"made again from {name}"
    content = _listing(root, digest)
    if content is not None:
        write_bytes(path, content)
        return "made again from the folder that it lists"
    return "dropped: what needs it is made again, or pulled"


def _listing(root: Workspace, digest: str) -> bytes | None:
    """Return the list of an output's folder as DVC keeps it, where the folder is that one."""
    for path in root.dag.outputs.values():
        if not digest.endswith(_FOLDER) or not (root / path).is_dir():
            continue
        content = list_of(root, path)
        if md5_hex(content) == digest.removesuffix(_FOLDER):
            return content
    return None


def _drop(folder: Path) -> str:
    shutil.rmtree(folder, ignore_errors=True)
    return "dropped with what belongs to it: the next run computes it anew"


def _shown(root: Workspace, path: Path) -> str:
    is_below = path.is_relative_to(root)
    return (path.relative_to(root) if is_below else path).as_posix()
