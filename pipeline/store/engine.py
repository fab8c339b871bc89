"""What dvc.lock calls the engine: lists of code with digests that stages depend on.

In a workspace that holds the source, MANIFEST lists the code that all stages run through in the
form of `sha256sum`, so `sha256sum -c` checks it and a diff names the file that changed; others
have the lists of pipeline/store/installed.py. They are generated: `faucet repro` and `faucet exp`
write them before DVC looks at them, and a stage refuses to run while they are not true, so that
dvc.lock never records other code than ran.
"""

from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.store.atomic import write_bytes
from pipeline.store.engine_files import ENGINE, MANIFEST, listing
from pipeline.store.installed import installed_notes, is_installed_engine
from pipeline.workspace.git import Folder


def write_manifest(folder: Folder) -> bool:
    """Write the lists anew that are not true; return whether one was. Others' DAGs have none."""
    stale = stale_lists(folder)
    for path, content in stale.items():
        write_bytes(Path(folder) / path, content)
    return bool(stale)


def stale_lists(folder: Folder) -> dict[Path, bytes]:
    """Return what the lists that are not true must say, by path from the folder."""
    root = Path(folder)
    wanted = _lists(root)
    return {path: content for path, content in wanted.items() if _content(root / path) != content}


def stale_files(folder: Folder) -> list[str]:
    """Return the files and versions that are not as the lists say, sorted; none where all are."""
    root = Path(folder)
    differing = {
        line
        for path, content in stale_lists(root).items()
        for line in _lines(_content(root / path)) ^ _lines(content)
    }
    return sorted({line.rpartition("  ")[2] for line in differing})


def check_manifest(folder: Folder) -> None:
    """Raise UserError where a list is not true."""
    root = Path(folder)
    for path, content in stale_lists(root).items():
        differing = _lines(_content(root / path)) ^ _lines(content)
        what = min((line.rpartition("  ")[2] for line in differing), default="its order")
        message = f"{path.as_posix()} does not say what {what} is"
        raise UserError(f"{message}: `faucet repro` writes it anew and runs what depends on it")


def _lists(root: Path) -> dict[Path, bytes]:
    if (root / ENGINE[0]).exists():
        return {MANIFEST: listing(root, ENGINE)}
    return installed_notes() if is_installed_engine(root) else {}


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _lines(content: bytes) -> set[str]:
    return set(content.decode("utf-8", "replace").splitlines())
