"""What DVC's cache holds for no commit that anybody goes back to, and its end.

Needed is what dvc.lock names: as it is now, at every tag, branch and experiment, and at the last
checkpoints. What stand-ins of inputs name (data/*.dvc) is needed at every commit there is:
deliveries are nobody's to make again.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.faucet.checkpoints.history import checkpoints
from pipeline.workspace.layout import DVC_LOCK, stand_in
from pipeline.workspace.lock_file import cache_folder, cached, listed_files, read_lock
from pipeline.workspace.workspace import Workspace

KEPT_CHECKPOINTS = 10
_FOLDER = ".dir"
_MD5 = re.compile(rb"md5: ([0-9a-f]{32}(?:\.dir)?)")
_ENTRY = re.compile(rb"- path: (\S+)\n\s+hash: md5\n\s+md5: ([0-9a-f]{32}(?:\.dir)?)")
_ELSEWHERE = "named by no commit"


class Garbage(NamedTuple):
    """Objects that nothing needs: bytes by the output that they were, and what stays in all."""

    bytes_by_output: dict[str, int]
    objects: int
    kept_bytes: int

    @property
    def bytes(self) -> int:
        """Return the bytes of all of them."""
        return sum(self.bytes_by_output.values())


def collect_garbage(workspace: Workspace, last: int, *, is_removed: bool) -> Garbage:
    """Return what the cache holds that nobody needs; with is_removed, end it.

    last: checkpoints of this branch, from the newest, whose outputs stay. An output of an older
    one is made again by `faucet restore` from its inputs.

    Raises UserError where the cache lies outside the workspace, since other workspaces may share
    it, and where it has no list of an input that DVC holds: nobody could tell its files.
    """
    folder = cache_folder(workspace)
    if not folder.resolve().is_relative_to(workspace.root.resolve()):
        raise UserError(f"{folder} may serve other workspaces, too: nothing of it is removed")
    with workspace.run_lock():
        needed = {*_of_results(workspace, last), *_of_inputs(workspace)}
        needed |= set(_inside(workspace, needed))
        objects = [path for path in (folder / "files/md5").glob("??/*") if path.is_file()]
        unused = [path for path in objects if path.parent.name + path.name not in needed]
        found = _garbage(workspace, unused, objects)
        for path in unused if is_removed else ():
            path.unlink()
    return found


def _of_results(workspace: Workspace, last: int) -> Iterator[str]:
    """Yield the md5 of everything that a dvc.lock that counts names.

    Raises UserError where the workspace's own is cut or damaged: half of one names half.
    """
    read_lock(workspace)
    path = workspace / DVC_LOCK
    contents = [path.read_bytes()] if path.is_file() else []
    refs = ("refs/tags", "refs/heads", "refs/remotes", "refs/exps")
    commits = workspace.git("for-each-ref", "--format=%(objectname)", *refs).split()
    commits += [one.commit for one in checkpoints(workspace, last)]
    contents += workspace.files_at(["HEAD", *commits], [DVC_LOCK]).values()
    for content in contents:
        yield from (md5.decode() for md5 in _MD5.findall(content))


def _of_inputs(workspace: Workspace) -> Iterator[str]:
    """Yield the md5 of every input that DVC holds or ever held, with the files in it."""
    listing = workspace.git(
        *("log", "--all", "--raw", "--no-abbrev", "--no-renames", "--format=", "--", "*.dvc")
    )
    ids = {name for line in listing.splitlines() for name in line.split()[2:4]}
    contents = [*workspace.blobs(sorted(ids)).values()]
    contents += [(workspace / stand_in(path)).read_bytes() for path in workspace.offloaded]
    for md5 in {md5.decode() for content in contents for md5 in _MD5.findall(content)}:
        if md5.endswith(_FOLDER) and not cached(workspace, md5).is_file():
            raise UserError(
                f"an input that DVC holds has its list ({md5}) in no cache:"
                " `dvc fetch --all-commits` brings it"
            )
        yield md5


def _inside(workspace: Workspace, needed: Iterable[str]) -> Iterator[str]:
    """Yield the md5 of the files of folders, where the cache has their list."""
    for md5 in needed:
        if md5.endswith(_FOLDER) and (held := cached(workspace, md5)).is_file():
            entries = listed_files(held)
            if not entries and not held.read_bytes().startswith(b"[]"):
                raise UserError(
                    f"{held} lists no files any more, so that nobody can tell what is needed:"
                    " `faucet fsck --repair` brings it back"
                )
            yield from (entry["md5"] for entry in entries)


def _garbage(workspace: Workspace, unused: list[Path], objects: list[Path]) -> Garbage:
    commits = workspace.git("log", "--format=%H", "--", DVC_LOCK.as_posix()).split()
    held = workspace.files_at(commits, [DVC_LOCK])
    names = {
        md5.decode(): path.decode()
        for content in held.values()
        for path, md5 in _ENTRY.findall(content)
    }
    sizes: Counter[str] = Counter()
    for path in unused:
        sizes[names.get(path.parent.name + path.name, _ELSEWHERE)] += path.stat().st_size
    kept = sum(path.stat().st_size for path in objects) - sizes.total()
    return Garbage(dict(sorted(sizes.items())), len(unused), kept)
