"""Whole copies of files that no commit may hold yet: dvc.lock, queues, receipts, reviews.

Below .cache, each behind a line with its own SHA-256, so that a damaged copy is none. What is at
the path itself is known where it is one of the copies: the newest, or, where a process was killed
between writing the copy and writing the file, the one before it.
"""

import os
from hashlib import sha256
from pathlib import Path

from pipeline.store.atomic import write_bytes
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import KEPT_COPIES

_BEFORE = ".before"


def write_kept(folder: Folder, path: Path, content: bytes) -> None:
    """Write a file of a workspace whole, after a copy of it."""
    keep(folder, path, content)
    write_bytes(Path(folder) / path, content)


def keep(folder: Folder, path: Path, content: bytes) -> None:
    """Keep a copy of what a file of a workspace holds, or is about to hold."""
    place = _place(folder, path)
    newest = _content(place)
    if newest == content:
        return
    now = Path(folder) / path
    if now.is_file():
        held = now.read_bytes()
        if newest is None and held != content:
            write_bytes(_before(place), _with_digest(held))
        elif newest is not None and held == newest:
            os.replace(place, _before(place))  # noqa: PTH105 - replaces on every platform
    write_bytes(place, _with_digest(content))


def copies(folder: Folder, path: Path) -> list[bytes]:
    """Return the whole copies of a file, the newest first."""
    place = _place(folder, path)
    return [held for one in (place, _before(place)) if (held := _content(one)) is not None]


def is_kept(folder: Folder, path: Path, content: bytes) -> bool:
    """Return whether content is a copy of what was written to path last."""
    return content in copies(folder, path)


def forget(folder: Folder, path: Path) -> None:
    """Drop the copies of a file that is meant to be gone."""
    place = _place(folder, path)
    for one in (place, _before(place)):
        one.unlink(missing_ok=True)


def _place(folder: Folder, path: Path) -> Path:
    return Path(folder) / KEPT_COPIES / path


def _with_digest(content: bytes) -> bytes:
    return sha256(content).hexdigest().encode() + b"\n" + content


def _before(place: Path) -> Path:
    return place.with_name(f".{place.name}{_BEFORE}")


def _content(place: Path) -> bytes | None:
    """Return what a copy holds, None where there is none or it is damaged."""
    try:
        digest, _, content = place.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if sha256(content).hexdigest().encode() == digest else None
