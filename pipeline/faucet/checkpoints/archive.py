"""The safety copy: one file that holds the history and the data set, and brings both back.

A tar of a git bundle, the objects of the DVC cache and the outputs that it does not hold, a
manifest of what each output is made of, and `restore.py`, which needs Python and git and nothing
else: no network, no package.
"""

import io
import tarfile
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json, pretty
from pipeline.faucet.checkpoints.settled import unread_paths
from pipeline.faucet.runs.apart import dvc_apart, last_words
from pipeline.params.yaml_text import load_yaml
from pipeline.store.atomic import replacing
from pipeline.store.digests import md5_of, sha256_of
from pipeline.workspace.layout import stand_in
from pipeline.workspace.lock_file import files_in, folder_list, read_lock
from pipeline.workspace.scratch import scratch
from pipeline.workspace.workspace import Workspace

_FOLDER = ".dir"


class Archived(NamedTuple):
    """What an archive holds: the commit that it brings back, and how many objects beside it."""

    commit: str
    objects: int


class UncommittedError(UserError):
    """The data set that lies there is in no commit: a checkpoint makes one."""


def write_archive(workspace: Workspace, target: Path) -> Archived:
    """Write an archive of the last commit and of its outputs to a file, whole or not at all.

    Deliveries that no run has read are in no commit, and not in it. Raises UncommittedError where
    the data set that lies there is in no commit, UserError where an object of an output is in no
    cache: `faucet repro` makes it anew.
    """
    with workspace.run_lock(is_announced=False):
        return _write(workspace, target)


def _write(workspace: Workspace, target: Path) -> Archived:
    status = workspace.git(
        "status", "--porcelain", "-z", "-uall", "--", *map(Path.as_posix, workspace.data_set)
    )
    new = unread_paths(workspace) if workspace.dag.names else ()
    changed = [entry[3:] for entry in status.split("\0") if entry and Path(entry[3:]) not in new]
    if changed:
        message = f"{changed[0]} has changes that no commit holds: `faucet checkpoint` first"
        raise UncommittedError(message)
    commit = workspace.git("rev-parse", "HEAD").strip()
    cache = Path(last_words(dvc_apart(workspace, ("cache", "dir")).tail)) / "files" / "md5"
    outs = _outs(workspace)
    folders = dict(_folders(workspace, outs))
    files = dict(_files(workspace, outs, folders))
    held = {path: _object(cache, md5).is_file() for path, md5 in files.items()}
    for path, md5 in sorted(files.items()):
        if not held[path] and not _is_there(workspace / path, md5):
            raise UserError(f"{path} is in no cache: `faucet repro -f` makes it anew")
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        scratch(workspace.root, "archive") as folder,
        replacing(target) as temporary,
        tarfile.open(temporary, "w") as archive,
    ):
        bundle = folder / "history.bundle"
        _bundle(workspace, bundle)
        archive.add(bundle, "history.bundle")
        branch = workspace.git("rev-parse", "--abbrev-ref", "HEAD").strip()
        manifest: Json = {
            "commit": commit,
            "branch": None if branch == "HEAD" else branch,
            "files": files,
            "folders": sorted(folders),
            "not_cached": sorted(path for path, is_held in held.items() if not is_held),
            "bundle_sha256": sha256_of(bundle),
        }
        _add(archive, "manifest.json", pretty(manifest))
        script = resources.files(__package__).joinpath("restore_archive.py").read_bytes()
        _add(archive, "restore.py", script)
        sources = {
            md5: _object(cache, md5) if held[path] else workspace / path
            for path, md5 in files.items()
        }
        for md5, source in sorted(sources.items()):
            archive.add(source, f"objects/{md5}", filter=_plain)
        for md5, listed in sorted(folders.items()):
            _add(archive, f"objects/{md5}", listed)
    return Archived(commit, len(set(files.values())))


def _bundle(workspace: Workspace, bundle: Path) -> None:
    """Write the whole history of HEAD and all tags to a bundle."""
    done = workspace.try_git(
        "bundle", "create", "--quiet", str(bundle), "HEAD", "--branches", "--tags"
    )
    if done.returncode:
        raise UserError(f"git bundle: {' '.join(done.stderr.split())[:200]}")


def _folders(workspace: Workspace, outs: list[Json]) -> Iterator[tuple[str, bytes]]:
    """Yield the md5 of every folder with the list of its files."""
    for out in outs:
        if out["md5"].endswith(_FOLDER):
            listed = folder_list(workspace, out)
            if listed is None:
                raise UserError(f"{out['path']} is in no cache: `faucet repro -f` makes it anew")
            yield out["md5"], listed


def _files(
    workspace: Workspace, outs: list[Json], folders: Mapping[str, bytes]
) -> Iterator[tuple[str, str]]:
    """Yield (path, md5) of every file that git does not hold: outputs, inputs given to DVC."""
    for out in outs:
        if out["md5"].endswith(_FOLDER):
            yield from files_in(out, folders[out["md5"]])
        elif not workspace.git("ls-files", "--", out["path"]):
            yield out["path"], out["md5"]


def _is_there(path: Path, md5: str) -> bool:
    """Tell whether an output that no cache holds lies in the workspace as it is recorded."""
    return path.is_file() and md5_of(path) == md5


def _outs(workspace: Workspace) -> list[Json]:
    outs = [out for stage in read_lock(workspace).values() for out in stage["outs"]]
    for path in workspace.offloaded:
        (held,) = load_yaml(workspace / stand_in(path))["outs"]
        outs.append({**held, "path": path.as_posix()})
    return outs


def _object(cache: Path, md5: str) -> Path:
    return cache / md5[:2] / md5[2:]


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o644
    return entry
