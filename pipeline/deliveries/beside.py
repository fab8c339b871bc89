"""mapping.yaml: found in an inbox, and kept beside each delivery that it speaks for."""

import os
import stat
from pathlib import Path

from pipeline.deliveries.stored import mapping_path

MAPPING_NAME = b"mapping.yaml"
"""What it is called in an inbox, where it speaks for the files beside it and below."""

_LARGEST_BYTES = 100_000


def mapping_above(path: bytes, source: bytes) -> bytes:
    """Return the mapping of the nearest folder between a file and its source, b"" without one."""
    folder = os.path.dirname(path)  # noqa: PTH120 - the path is bytes: its name may be no text
    top = source if os.path.isdir(source) else os.path.dirname(source)  # noqa: PTH112, PTH120
    while len(folder) >= len(top):
        mapping = _content(os.path.join(folder, MAPPING_NAME))  # noqa: PTH118
        if mapping is not None:
            return mapping
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            break
        folder = above
    return b""


def _content(path: bytes) -> bytes | None:
    """Return a regular file's first bytes, None where there is none; no link is followed."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return file.read(_LARGEST_BYTES + 1)


def put_beside(stored: Path, mapping: bytes) -> None:
    """Write what the keys of a stored delivery mean beside it, whole or not at all."""
    temporary = stored.with_name(f".mapping-{os.getpid()}")
    temporary.write_bytes(mapping)
    temporary.replace(mapping_path(stored))
