"""What is wrong with a file, and how what is right about it is brought back."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.store.atomic import write_bytes
from pipeline.workspace.layout import SET_ASIDE
from pipeline.workspace.workspace import Workspace


class Fault(NamedTuple):
    """A damaged file: its path from root, what shows it, and what mends it.

    mend returns what it did; None where nothing at hand can bring the file back, and hint says
    what a person can do.
    """

    path: str
    fault: str
    mend: Callable[[], str] | None
    hint: str


class Inspection(NamedTuple):
    """How many files of a kind were read, and the faults among them."""

    files: int
    faults: list[Fault]


def bring_back(root: Workspace, path: Path, content: bytes, source: str) -> str:
    """Write content to a path, what was there put aside; return what was done."""
    aside = set_aside(root, path)
    write_bytes(root / path, content)
    return f"brought back from {source}{aside}"


def set_aside(root: Workspace, path: Path) -> str:
    """Move a damaged file out of the way, where nothing of it is lost; return where it is."""
    if not (root / path).is_file():
        return ""
    place = SET_ASIDE / path
    number = 0
    while (root / place).exists():
        number += 1
        place = SET_ASIDE / path.with_name(f"{path.name}.{number}")
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / path).rename(root / place)
    return f"; the damaged one is {place.as_posix()}"


def in_git(root: Workspace, paths: list[Path]) -> dict[Path, list[bytes]]:
    """Return what index and last commit have of files, the index first; nothing without git."""
    names = {path: [f":{path.as_posix()}", f"HEAD:{path.as_posix()}"] for path in paths}
    plain = [name for path in paths if "\n" not in str(path) for name in names[path]]
    try:
        held = root.blobs(plain)
    except UserError:
        held = {}
    return {path: [held[name] for name in names[path] if name in held] for path in paths}
