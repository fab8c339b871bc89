"""Publish a checkpoint: only what differs at the target is sent, and what is ours taken away."""

import hashlib
from typing import NamedTuple

from pipeline.core.json_values import Json
from pipeline.core.text import counted
from pipeline.faucet.publishing.bundle import CHECKPOINT, Bundle, Published
from pipeline.faucet.publishing.target import Destination, Present

_UNITS = (("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000))


class Publication(NamedTuple):
    """What publishing does, or would do: files sent, left as they are, and taken away.

    where is the address of what was published, "" where nothing was sent.
    """

    commit: str
    sent: list[Published]
    same: list[Published]
    removed: list[str]
    where: str = ""

    def as_json(self) -> Json:
        """Return the publication as JSON values."""
        return {
            "commit": self.commit,
            "sent": {file.path: file.size for file in self.sent},
            "same": {file.path: file.size for file in self.same},
            "removed": self.removed,
            "where": self.where or None,
        }


def plan(bundle: Bundle, target: Destination) -> Publication:
    """Return what publishing a bundle to a target would do; nothing is changed there.

    A file is the same where size and digest are. The checkpoint's mark goes last, so that a
    publication that broke off is not taken for a whole one.
    """
    there = target.present()
    files = sorted(bundle.files.values(), key=lambda file: (file.path == CHECKPOINT, file.path))
    same = [file for file in files if _is_same(file, there.get(file.path))]
    sent = [file for file in files if file not in same]
    removed = sorted(path for path in there if bundle.is_owned(path) and path not in bundle.files)
    return Publication(bundle.commit, sent, same, removed)


def publish(bundle: Bundle, target: Destination) -> Publication:
    """Publish a bundle; return what was done. Nothing is sent where nothing differs."""
    planned = plan(bundle, target)
    if not planned.sent and not planned.removed:
        return planned
    return planned._replace(where=target.publish(bundle, planned.sent, planned.removed))


def _is_same(file: Published, there: Present | None) -> bool:
    if there is None or there.size != file.size:
        return False
    if there.sha256 is not None:
        return there.sha256 == file.sha256
    return there.git_id is not None and there.git_id == _git_id(file)


def lines(done: Publication) -> list[str]:
    """Return a publication for people: a line a file that moves, and a closing one."""
    moved = [f"send    {file.path}  {size(file.size)}" for file in done.sent]
    moved += [f"remove  {path}" for path in done.removed]
    total = size(sum(file.size for file in done.sent))
    closing = f"{counted(len(done.sent), 'file')}, {total}; the same: {len(done.same)}"
    return [*moved, closing]


def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    for unit, limit in _UNITS:
        if count >= limit:
            return f"{count / limit:.1f} {unit}"
    return counted(count, "byte")


def _git_id(file: Published) -> str:
    """Return the name that git gives to a file's content, which the Hub tells of small files."""
    content = file.source if isinstance(file.source, bytes) else file.source.read_bytes()
    digest = hashlib.sha1(usedforsecurity=False)
    digest.update(f"blob {len(content)}\0".encode() + content)
    return digest.hexdigest()
