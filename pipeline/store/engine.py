"""The engine: code that every stage runs through, as one dependency in dvc.yaml.

MANIFEST lists its files with their digests in the form of `sha256sum`, so `sha256sum -c` checks it
and a diff names the file that changed. It is generated: `faucet repro` and `faucet exp` write it
before DVC looks at it, and a stage refuses to run while it is not true, so that dvc.lock never
records other code than ran.
"""

from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.ids import content_digest
from pipeline.store.atomic import write_bytes
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import PINS

MANIFEST = Path("pipeline/engine.sha256")

ENGINE = (
    Path("pipeline/run.py"),
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


def manifest(folder: Folder) -> bytes:
    """Return what MANIFEST must say of the code below folder, one file a line, sorted by path."""
    root = Path(folder)
    files = {file for path in ENGINE for file in _files(root / path)}
    lines = sorted((file.relative_to(root).as_posix(), file) for file in files)
    rows = [f"{content_digest(file.read_bytes())}  {name}\n" for name, file in lines]
    return "".join(rows).encode()


def write_manifest(folder: Folder) -> bool:
    """Write MANIFEST anew where it is not true; return whether it was. Others' DAGs have none."""
    if not (Path(folder) / ENGINE[0]).is_file() or not stale_files(folder):
        return False
    write_bytes(Path(folder) / MANIFEST, manifest(folder))
    return True


def stale_files(folder: Folder) -> list[str]:
    """Return the files of the engine that are not as MANIFEST says, sorted; none where it is."""
    place = Path(folder) / MANIFEST
    listed = _lines(place.read_bytes()) if place.is_file() else set()
    differing = listed ^ _lines(manifest(folder))
    return sorted({line.partition("  ")[2] for line in differing})


def check_manifest(folder: Folder) -> None:
    """Raise UserError where the engine is not as MANIFEST says."""
    stale = stale_files(folder) if (Path(folder) / ENGINE[0]).is_file() else []
    if stale:
        message = f"{MANIFEST.as_posix()} does not say what {stale[0]} is"
        raise UserError(f"{message}: `faucet repro` writes it anew and runs what depends on it")


def _lines(content: bytes) -> set[str]:
    return set(content.decode("utf-8", "replace").splitlines())


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path] if path.is_file() else []
    inside = (file for file in path.rglob("*") if file.is_file())
    return [file for file in inside if file.suffix != ".pyc" and not file.name.startswith(".")]
