"""Outputs that something else than a run changed: named before the run that makes them again."""

from collections.abc import Iterator

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.store.digests import DigestCache, md5_of
from pipeline.workspace.layout import SEEN
from pipeline.workspace.lock_file import read_lock, recorded_files
from pipeline.workspace.workspace import Workspace

_BOOK = SEEN / "outputs.json"


def changed_outputs(root: Workspace) -> Iterator[str]:
    """Yield one sentence per output that is neither what the last run wrote nor dvc.lock's.

    Read are only files whose size, time or inode changed since that run.
    """
    changed = DigestCache(root / _BOOK, root.root).changed()
    recorded = dict(recorded_outputs(root)) if changed else {}
    for path, digest in changed:
        name = path.relative_to(root).as_posix()
        if md5_of(path) not in (digest, recorded.get(name)):
            yield f"{name} is not what the last run wrote: it is made again"


def remember_outputs(root: Workspace) -> None:
    """Note what a run that came to its end wrote."""
    seen = DigestCache(root / _BOOK, root.root)
    for name, md5 in recorded_outputs(root):
        if (root / name).is_file():
            seen.note(root / name, md5)
    seen.save()


def remembered_outputs(root: Workspace) -> dict[str, str]:
    """Return the md5 of every output as the last run wrote it, by path from root."""
    return {
        path.relative_to(root).as_posix(): digest
        for path, digest in DigestCache(root / _BOOK, root.root).remembered()
        if path.is_relative_to(root)
    }


def recorded_outputs(root: Workspace) -> Iterator[tuple[str, str]]:
    """Yield (path, md5) of every file of every output that dvc.lock records."""
    try:
        stages = read_lock(root)
    except UserError:
        return
    outs: list[Json] = [out for stage in stages.values() for out in stage.get("outs", ())]
    yield from recorded_files(root, outs)
