"""Landing: from a folder that strangers write to, to immutable deliveries with safe names.

Nothing of an inbox reaches DVC, git or a parser before it has landed, because each of them can
be led astray by a symlink, a FIFO or a name that is no UTF-8. How a delivery is stored says
stored.py; what is too large, too much or still being written stays where it is, with its reason.
"""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.deliveries.beside import MAPPING_NAME, mapping_above, put_beside
from pipeline.deliveries.copies import NOT_REMOVED, Copy, copied, restore_sources, settle, sweep
from pipeline.deliveries.offered import name_fault, offered, why_no_file
from pipeline.deliveries.stored import AGENT_NAME, printable
from pipeline.deliveries.writers import Writers
from pipeline.reviews.removals import NOTHING_REMOVED, Removed

LEFT_REASONS: dict[str, str] = {
    "bad_agent": "the folder's name is no agent name (lower case letters, digits, _ and -)",
    "changed": "the file changed while it was read; it lands next time",
    "drop_full": "the drop is more than `landing` in faucet.yaml allows; it lands next time",
    "hidden": "names that start with a dot are not read",
    "in_use": "a program still has the file open for writing; it lands once that is done",
    "name_taken": "another delivery is stored under the same name: the digests' start collides",
    "no_agent": "the file lies beside the agents' folders: name its agent with --agent",
    "no_space": "the disk would be full: make room, and land again",
    NOT_REMOVED: "it landed; its folder does not let it be removed, so that it lies there still",
    "not_regular": "only regular files land; this is a link, a pipe, a socket or a device",
    "removed": "its bytes were removed from the data set: `faucet remove --undo` takes them back",
    "too_deep": "folders lie in each other too deeply, or their path is too long",
    "too_large": "the file is larger than integrate.max_delivery_mb: deliver it in several files",
    "unfinished": "the name says that the file is still being written",
    "unreadable": "the file or folder cannot be opened or read",
}
"""Why a file does not land; all but removed ones stay where they are."""

_FREE_BYTES = 64_000_000
_BATCH_FILES = 512
_BATCH_BYTES = 64_000_000


class LandingLimits(NamedTuple):
    """What one landing takes: bytes of a file, files and bytes of a drop; and the quiet time.

    Seconds without a change make a file whole where the kernel does not tell who writes to it.
    """

    max_bytes: int = 512_000_000
    max_files: int = 200_000
    max_total_bytes: int = 20_000_000_000
    quiet_s: float = 2.0


class Landed(NamedTuple):
    """One file of an inbox: where it is stored now, or the reason why it did not land.

    source is the path as found, printable. stored is relative to the deliveries folder, None
    where the file did not land; a reason besides it says that its source could not go. is_new is
    False where the same bytes had landed under the same name. removal says who removed bytes that
    come again, when and why.
    """

    agent: str
    source: str
    stored: str | None
    is_new: bool
    reason: str | None = None
    removal: str | None = None


def land(
    source: Path,
    deliveries: Path,
    *,
    agent: str | None = None,
    move: bool = False,
    bounds: LandingLimits | None = None,
    mapping: str = "",
    removed: Removed = NOTHING_REMOVED,
) -> Iterator[Landed]:
    """Copy a file or a folder's files into deliveries, and yield what became of each, in order.

    Without agent, a folder's first level names the agent of the files below it. Files that stay
    are yielded with their reason and touched in no way. With move, a file that landed is removed
    from source once its copy is safe on disk, unless somebody wrote to it meanwhile: then it
    stays, and what was added lands as a delivery of its own next time. Bytes that people removed
    do not land again: the delivery that was removed keeps them, and such a file is moved, too.
    Small files are made safe by the hundred, since asking the disk for each takes longer than
    copying it. mapping is what the keys of all of them mean, as YAML; without one, the nearest
    mapping.yaml beside a file or above it speaks for it: it stays where it is, and every file that
    lands keeps a copy beside it.

    Raises UserError where source does not exist, or where no agent is named.
    """
    if agent is not None and not AGENT_NAME.fullmatch(agent):
        raise UserError(f"{agent!r} is no agent name: {LEFT_REASONS['bad_agent']}")
    if move:
        restore_sources(os.fsencode(source))
    drop = _Drop(deliveries, bounds or LandingLimits(), removed)
    batch: list[Landed | Copy] = []
    of_folder: dict[bytes, bytes] = {}
    for path, owner, name in offered(source, agent):
        if path.rpartition(b"/")[2] == MAPPING_NAME:
            continue
        folder = os.path.dirname(path)  # noqa: PTH120 - the path is bytes: its name may be no text
        if folder not in of_folder:
            of_folder[folder] = mapping.encode() or mapping_above(path, os.fsencode(source))
        if of_folder[folder]:
            drop.mappings[printable(path)] = of_folder[folder]
        batch.append(drop.take(path, owner, name))
        if len(batch) >= _BATCH_FILES or drop.unsettled_bytes >= _BATCH_BYTES:
            yield from drop.settled(batch, move=move)
            batch = []
    yield from drop.settled(batch, move=move)


class _Drop:
    """One landing: what it has taken so far, and what it may still take."""

    def __init__(self, deliveries: Path, bounds: LandingLimits, removed: Removed) -> None:
        self._deliveries, self._bounds, self._removed = deliveries, bounds, removed
        self._again: dict[Path, tuple[str, str]] = {}
        self._writers = Writers(bounds.quiet_s)
        self._files = self._bytes = self.unsettled_bytes = 0
        self._folders: set[str] = set()
        self.mappings: dict[str, bytes] = {}

    def take(self, path: bytes, agent: str, name: bytes) -> Landed | Copy:
        """Return the copy of a file below a temporary name, or why it stays."""
        reason = name_fault(agent, name)
        if reason == "bad_agent":
            agent = printable(os.fsencode(agent))
        try:
            descriptor = None if reason else _open_regular(path)
        except OSError as fault:
            is_link = fault.errno in (errno.ELOOP, errno.EMLINK, errno.ENXIO)
            return _left(agent, path, "not_regular" if is_link else "unreadable")
        if reason or descriptor is None:
            return _left(agent, path, reason or why_no_file(path, name))
        with os.fdopen(descriptor, "rb") as content:
            state = os.fstat(descriptor)
            reason = self._refusal(state)
            if reason:
                return _left(agent, path, reason)
            made = copied(content.fileno(), state, path, name, self._folder(agent))
        if isinstance(made, str):
            return _left(agent, path, made)
        self._files += 1
        self._bytes += state.st_size
        self.unsettled_bytes += state.st_size
        return self._placed(made)

    def settled(self, batch: list[Landed | Copy], *, move: bool) -> Iterator[Landed]:
        """Make the copies of a batch safe under their names, and yield what became of all."""
        self.unsettled_bytes = 0
        outcomes = settle([one for one in batch if isinstance(one, Copy)], move=move)
        for one in batch:
            if isinstance(one, Landed):
                yield one
                continue
            is_new, reason = outcomes[one.temporary]
            mapping = self.mappings.pop(printable(one.path), b"")
            if one.temporary in self._again and reason in (None, NOT_REMOVED):
                agent, removal = self._again[one.temporary]
                yield _left(agent, one.path, "removed")._replace(removal=removal)
                continue
            is_stored = reason in (None, NOT_REMOVED)
            stored = f"{one.folder.name}/{one.stored}" if is_stored else None
            if stored is not None and mapping:
                put_beside(self._deliveries / stored, mapping)
            yield Landed(one.folder.name, printable(one.path), stored, is_new, reason)

    def _placed(self, copy: Copy) -> Copy:
        """Return a copy bound for its place; bytes that were removed go to the removed delivery."""
        agent, target = copy.folder.name, copy.folder / copy.stored
        removal = self._removed.of(
            (agent, copy.stored), copy.digest, is_stored=os.path.lexists(target)
        )
        if removal is None:
            return copy
        self._again[copy.temporary] = agent, f"removed {removal.because}"
        return copy._replace(folder=self._folder(removal.agent), stored=removal.delivery)

    def _refusal(self, state: os.stat_result) -> str | None:
        """Return why a file of that state may not be copied; nothing of it is read for that."""
        if state.st_size > self._bounds.max_bytes:
            return "too_large"
        is_full = self._files >= self._bounds.max_files
        if is_full or self._bytes + state.st_size > self._bounds.max_total_bytes:
            return "drop_full"
        if self._writers.write_to(state):
            return "in_use"
        has_room = shutil.disk_usage(_existing(self._deliveries)).free > state.st_size + _FREE_BYTES
        return None if has_room else "no_space"

    def _folder(self, agent: str) -> Path:
        folder = self._deliveries / agent
        if agent not in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
            sweep(folder)
            self._folders.add(agent)
        return folder


def _open_regular(path: bytes) -> int | None:
    """Return a descriptor of a regular file, None for anything else; never blocks on a FIFO."""
    if not stat.S_ISREG(os.lstat(path).st_mode):
        return None
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _left(agent: str, path: bytes, reason: str) -> Landed:
    return Landed(agent, printable(path), None, is_new=False, reason=reason)
