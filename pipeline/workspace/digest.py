"""What dvc.lock calls the content of a file or folder, without starting DVC."""

import hashlib
import json
from fnmatch import fnmatch
from pathlib import Path

from pipeline.workspace.git import Folder
from pipeline.workspace.layout import DVC_IGNORE

_FOLDER = ".dir"


def dvc_digest(folder: Folder, path: Path) -> str | None:
    """Return the md5 that DVC records for what is at path below a folder; None for nothing.

    A folder's is that of the list of its files with their digests. What .dvcignore names is left
    out, by name: its patterns here have no slash.
    """
    place = Path(folder) / path
    if place.is_file():
        return md5_hex(place.read_bytes())
    return md5_hex(list_of(folder, path)) + _FOLDER if place.is_dir() else None


def list_of(folder: Folder, path: Path) -> bytes:
    """Return the list of the files at path below a folder as DVC keeps it, each with its digest.

    DVC orders them by the text of their paths, where a-b stands before a/b.
    """
    place = Path(folder) / path
    ignored = _patterns(Path(folder))
    files = sorted(
        (file.relative_to(place).as_posix(), file) for file in place.rglob("*") if file.is_file()
    )
    listed = [
        {"md5": md5_hex(file.read_bytes()), "relpath": name}
        for name, file in files
        if not any(fnmatch(part, pattern) for part in name.split("/") for pattern in ignored)
    ]
    return json.dumps(listed, sort_keys=True).encode()


def md5_hex(content: bytes) -> str:
    """Return the MD5 of bytes, by which DVC knows them."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _patterns(folder: Path) -> list[str]:
    path = folder / DVC_IGNORE
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [line.strip().rstrip("/") for line in lines if line.strip() and line[0] != "#"]
