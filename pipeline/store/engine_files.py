"""Which files of the package every stage runs through, and how files are listed by digest."""

from collections.abc import Iterable
from pathlib import Path

from pipeline.core.ids import content_digest
from pipeline.workspace.layout import PINS

MANIFEST = Path("pipeline/engine.sha256")
"""Their list in a workspace that holds the source; see pipeline/store/engine.py."""

ENGINE = (
    Path("pipeline/run"),
    Path("pipeline/core"),
    Path("pipeline/domain"),
    Path("pipeline/params"),
    Path("pipeline/reviews"),
    Path("pipeline/store"),
    Path("pipeline/workspace"),
    Path("pipeline/deliveries/stored.py"),
    PINS,
)
"""Files and folders that every stage depends on; a contract test holds them to the imports."""


def listing(root: Path, paths: Iterable[Path]) -> bytes:
    """Return the files at or below paths with their digests, as `sha256sum` writes them.

    One line a file, sorted by its path from root; compiled and hidden files are left out.
    """
    files = {file for path in paths for file in _files(root / path)}
    lines = sorted((file.relative_to(root).as_posix(), file) for file in files)
    return "".join(
        f"{content_digest(file.read_bytes())}  {name}\n" for name, file in lines
    ).encode()


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path] if path.is_file() else []
    inside = (file for file in path.rglob("*") if file.is_file())
    return [file for file in inside if _is_code(file)]


def _is_code(file: Path) -> bool:
    """Return whether a file is no hidden one and none that Python compiled, or is just compiling.

    It compiles into a file `name.pyc.<number>` first.
    """
    is_compiled = file.suffix == ".pyc" or file.parent.name == "__pycache__"
    return not is_compiled and not file.name.startswith(".")
