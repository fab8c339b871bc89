"""Folders for a while, below .cache: named by the process that needs them."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.workspace.layout import SCRATCH

_NAME = re.compile(r"[a-z]+-(\d+)-\w+")


@contextmanager
def scratch(root: Path, what: str) -> Iterator[Path]:
    """Yield a new folder that is gone afterwards; what, in small letters, says what it is for.

    A folder of the system's would stay for ever after a kill. This one names its process, and the
    next run removes it (`scratch_of`).
    """
    place = root / SCRATCH
    place.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f"{what}-{os.getpid()}-", dir=place) as folder:
        yield Path(folder)


def scratch_of(root: Path) -> Iterator[tuple[Path, int]]:
    """Yield every such folder of a workspace with the number of its process."""
    for folder in sorted((root / SCRATCH).glob("*/")):
        if match := _NAME.fullmatch(folder.name):
            yield folder, int(match[1])
