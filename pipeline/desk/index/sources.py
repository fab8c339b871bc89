"""The outputs of the last run that the index is made from, and whether they are still the same."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from pipeline.store.fitting import fitting
from pipeline.workspace.layout import RUN_GOES_ON
from pipeline.workspace.workspace import Workspace

_OPTIONAL = {
    "scores": "scores.parquet",
    "kept": "kept.parquet",
    "assignments": "assignments.parquet",
    "decisions": "decisions.parquet",
    "similarity": "similarity.parquet",
    "vectors": "vectors.parquet",
}
_FORM = b"desk 2"
"""The form of the index: another one is made anew."""


class Sources(NamedTuple):
    """Where the outputs lie, each as the files of one table; an output that is missing has none."""

    pairs: tuple[Path, ...] = ()
    scores: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()
    assignments: tuple[Path, ...] = ()
    decisions: tuple[Path, ...] = ()
    similarity: tuple[Path, ...] = ()
    vectors: tuple[Path, ...] = ()

    def digest(self) -> str:
        """Return what these files are known by: their names, sizes and times, not their bytes.

        Outputs are replaced and never changed in place, and a digest of bytes would cost seconds.
        """
        known = hashlib.blake2b(_FORM, digest_size=12)
        for name, files in self._asdict().items():
            for path in files:
                stat = path.stat()
                known.update(f"{name} {path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
        return known.hexdigest()


def sources(workspace: Workspace) -> Sources:
    """Return the outputs that are there now; without pairs there is nothing to index."""
    found = {name: _files(workspace, file) for name, file in _OPTIONAL.items()}
    return Sources(pairs=_files(workspace, "pairs.parquet"), **found)


def hold(workspace: Workspace) -> None:
    """Hold the outputs that are there to what this program reads.

    Raises UserError, which names the file, where one is damaged or of another version.
    """
    for name in ("pairs.parquet", *_OPTIONAL.values()):
        if workspace.has(name):
            fitting(workspace, workspace.output(name))


def is_running(workspace: Workspace) -> bool:
    """Return whether a run goes on: its outputs are then of two data sets."""
    return (workspace / RUN_GOES_ON).exists()


def _files(workspace: Workspace, name: str) -> tuple[Path, ...]:
    """Return the files of a table in order of its rows; a table of shards is a folder of parts."""
    if not workspace.has(name):
        return ()
    path = workspace / workspace.output(name)
    return tuple(sorted(path.glob("part-*.parquet"))) if path.is_dir() else (path,)
