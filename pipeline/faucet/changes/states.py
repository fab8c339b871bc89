"""A state of the data set: a commit, or what lies in the workspace now."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import daft

from pipeline.core.errors import UserError
from pipeline.faucet.lookup import KEPT
from pipeline.faucet.runs.verify import rebuilt
from pipeline.store.fitting import fitting
from pipeline.store.metrics import figures_of
from pipeline.workspace.layout import DVC_LOCK, metrics_path
from pipeline.workspace.lock_file import cached, recorded_files, recorded_stages
from pipeline.workspace.workspace import Workspace

NOW = "workspace"
"""The name of what lies in the workspace, beside names of commits."""

COMPARED = ("pair_id", "question", "indicator", "score")
"""What is compared of kept pairs; of an older state their category stands for their group."""

_SHORT = 12


class DataState(NamedTuple):
    """A commit by its whole hash, or NOW; name is how people called it."""

    commit: str
    name: str

    @property
    def short(self) -> str:
        """Return the start of the commit's hash, or NOW."""
        return self.commit[:_SHORT]


def data_state(workspace: Workspace, name: str) -> DataState:
    """Return the state that a name means: a commit, or the workspace itself.

    Raises UserError where the repository has no such commit.
    """
    if name == NOW:
        return DataState(NOW, NOW)
    ended = workspace.try_git(
        "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
    )
    if not ended.stdout.strip():
        raise UserError(f"{name[:80]!r} is no commit of this repository")
    return DataState(str(ended.stdout.strip()), name)


def figures_at(workspace: Workspace, commit: str) -> dict[str, float]:
    """Return every figure of a state by its name (qa.mean_score); stages without any are left out.

    Figures come from the metrics in that very commit. A file that was committed broken has none.
    """
    found: dict[str, float] = {}
    paths = {stage: metrics_path(stage) for stage in workspace.dag.names}
    contents = _contents(workspace, commit, paths.values())
    for stage, path in paths.items():
        try:
            figures = figures_of(stage, contents.get(path, b"{}"))
        except UserError:
            continue
        found |= {f"{stage}.{name}": value for name, value in figures.items()}
    return found


def _contents(workspace: Workspace, commit: str, paths: Iterable[Path]) -> dict[Path, bytes]:
    """Return what a state has of files that git holds; a path that it lacks is left out."""
    if commit == NOW:
        return {
            path: (workspace / path).read_bytes() for path in paths if (workspace / path).is_file()
        }
    return {path: held for (_, path), held in workspace.files_at([commit], paths).items()}


def kept_at(workspace: Workspace, commit: str) -> daft.DataFrame | None:
    """Return the kept pairs of a state, None where they are not to be had here.

    Those of a commit are in DVC's cache: never in a fresh clone, and not after `dvc gc`.

    Raises UserError where those of the workspace are damaged.
    """
    files = _kept_files(workspace, commit)
    return daft.read_parquet([str(file) for file in files]) if files else None


@contextmanager
def kept_by_rebuilding(workspace: Workspace, revision: str) -> Iterator[daft.DataFrame]:
    """Yield the kept pairs of a commit, made anew in a temporary clone that is gone afterwards."""
    with rebuilt(workspace, revision, ("dedup",)) as clone:
        found = kept_at(Workspace(clone), NOW)
        assert found is not None
        yield found


def _kept_files(workspace: Workspace, commit: str) -> list[Path]:
    place = workspace.output(KEPT)
    if commit == NOW:
        return list(fitting(workspace, place, COMPARED)) if (workspace / place).exists() else []
    content = _contents(workspace, commit, [DVC_LOCK]).get(DVC_LOCK)
    if content is None:
        return []
    outs = [
        out
        for stage in recorded_stages(content, DVC_LOCK.name).values()
        for out in stage.get("outs", ())
        if out["path"] == place.as_posix()
    ]
    files = [cached(workspace, md5) for _, md5 in recorded_files(workspace, outs)]
    return files if all(file.exists() for file in files) else []
