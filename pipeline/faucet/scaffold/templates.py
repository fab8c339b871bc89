"""What a workspace is made of: files of our own repository, so that both are the same.

template.csv lists them once, for the wheel (setup.py) and for here: from which folder, what there,
and where it goes. Its kinds say what a newer engine may do to them: `replaced` files are the
engine's, `merged` ones are begun by it and changed by people, those that are written `once` are
people's own, and the rest are the files of an example.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.core.ids import content_digest
from pipeline.store.engine_files import MANIFEST
from pipeline.store.installed import template_root, workspace_dag
from pipeline.workspace.layout import DVC_YAML, ENGINE_NOTES

MERGED, REPLACED, ONCE = "merged", "replaced", "once"
EMPTY = "empty"
"""The subject that says nothing of any: every file of it is there and empty."""

BASES = ENGINE_NOTES / "templates"
REPLACED_LIST = BASES / "replaced.sha256"
_LIST = Path("template.csv")
_FOR_ITSELF = "list"


class Template(NamedTuple):
    """A file of a workspace: its path there, its content, and what may be done to it later."""

    path: Path
    content: bytes
    kind: str


def templates(*kinds: str) -> list[Template]:
    """Return the templates of these kinds, as this engine has them, sorted by path."""
    found = {one.path: one for one in _listed() if one.kind in kinds}
    return [found[path] for path in sorted(found)]


def examples() -> list[str]:
    """Return the subjects that a workspace can begin with, sorted."""
    return sorted(
        {EMPTY, *(row["kind"] for row in _rows())} - {MERGED, REPLACED, ONCE, _FOR_ITSELF}
    )


def base_path(path: Path) -> Path:
    """Return where a workspace keeps the template that one of its files was begun with.

    The suffix keeps git and DVC from taking it for a file of theirs.
    """
    return BASES / f"{path.as_posix()}.base"


def replaced_list() -> list[str]:
    """Return the files that are the engine's, with their digests as `sha256sum` writes them."""
    found = templates(REPLACED)
    return [f"{content_digest(one.content)}  {one.path.as_posix()}\n" for one in found]


def _listed() -> Iterator[Template]:
    root = template_root()
    for row in _rows():
        folder = root / row["folder"]
        for file in folder.glob(row["pattern"]):
            if file.is_file():
                path = Path(row["into"]) / file.relative_to(folder)
                yield Template(path, _adapted(path, file.read_bytes()), row["kind"])


def _rows() -> list[dict[str, str]]:
    with (template_root() / _LIST).open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def _adapted(path: Path, content: bytes) -> bytes:
    """Return a file of ours as it reads where the engine is installed: it has lists of digests."""
    text = content.decode("utf-8")
    if path == DVC_YAML:
        return workspace_dag(text)[0].encode()
    return text.replace(MANIFEST.as_posix(), f"{ENGINE_NOTES.as_posix()}/**").encode()
