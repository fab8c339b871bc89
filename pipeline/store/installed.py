"""The engine as an installed package: what workspaces that hold none of its source depend on.

In such a workspace the folder ENGINE_NOTES says what results are made with: the installed
engine's version, the versions of the libraries that it names, and the digests of its files, those
that all stages run through apart from those of one stage alone. dvc.yaml names these lists where
our own names the files, so that a newer engine runs those stages again whose code it changes.
"""

import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pipeline
from pipeline.core.errors import UserError
from pipeline.core.extras import DISTRIBUTION
from pipeline.store.engine_files import ENGINE, MANIFEST, listing
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import DVC_YAML, ENGINE_NOTES, PINS

VERSION = ENGINE_NOTES / "version.txt"
LIBRARIES = ENGINE_NOTES / "libraries.txt"
COMMON = ENGINE_NOTES / "common.sha256"

_PACKAGE = Path(pipeline.__file__).parent
_PACKAGED = _PACKAGE / "template"
_STAGE = re.compile(r"  (\w+):")
_CODE = re.compile(rf"      - ({_PACKAGE.name}/\S+)")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def template_root() -> Path:
    """Return the folder that holds what a new workspace is made of, at paths from its root.

    In a wheel that is a folder of the package; in a checkout, the repository itself.
    """
    return _PACKAGED if _PACKAGED.is_dir() else _PACKAGE.parent


def workspace_dag(text: str) -> tuple[str, dict[str, tuple[Path, ...]]]:
    """Return our dvc.yaml as a workspace without source has it, and the code of each stage.

    The code that a stage names becomes three lists of ENGINE_NOTES, at the place of its first
    line; the comment above all stages, which speaks of our repository, goes.
    """
    lines, code = [], dict[str, tuple[Path, ...]]()
    stage = ""
    for line in text[text.index("stages:") :].splitlines(keepends=True):
        if found := _STAGE.match(line):
            stage = found[1]
        if not (dep := _CODE.match(line)):
            lines.append(line)
            continue
        if stage not in code:
            notes = (LIBRARIES, COMMON, stage_list(stage))
            lines += [f"      - {note.as_posix()}\n" for note in notes]
        own = () if dep[1] == MANIFEST.as_posix() else (Path(dep[1]),)
        code[stage] = (*code.get(stage, ()), *own)
    return "".join(lines), code


def stage_list(stage: str) -> Path:
    """Return where the digests of the code of one stage are listed."""
    return ENGINE_NOTES / f"{stage}.sha256"


def is_installed_engine(folder: Folder) -> bool:
    """Return whether a workspace depends on the installed engine instead of source of its own."""
    return (Path(folder) / ENGINE_NOTES).is_dir() and not (Path(folder) / ENGINE[0]).is_file()


def installed_notes() -> dict[Path, bytes]:
    """Return what ENGINE_NOTES must say of the engine that runs, by path.

    Raises UserError where the package is imported without being installed: it has no version.
    """
    root = _PACKAGE.parent
    _, code = workspace_dag((template_root() / DVC_YAML).read_text(encoding="utf-8"))
    shared = [path for path in ENGINE if path != PINS]
    own = {stage_list(stage): listing(root, paths) for stage, paths in code.items()}
    return {
        VERSION: _pinned(DISTRIBUTION).encode(),
        LIBRARIES: "".join(map(_pinned, sorted(_libraries()))).encode(),
        COMMON: listing(root, shared),
        **own,
    }


def _libraries() -> Iterator[str]:
    """Yield the names of the libraries that the engine needs in any case, without its extras."""
    for needed in metadata.requires(DISTRIBUTION) or ():
        found = _NAME.match(needed)
        if found and "extra ==" not in needed:
            yield found[0]


def _pinned(name: str) -> str:
    try:
        return f"{name}=={metadata.version(name)}\n"
    except metadata.PackageNotFoundError:
        raise UserError(f"{name} is not installed here: `pip install {DISTRIBUTION}`") from None
