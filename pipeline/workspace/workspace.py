"""The clone that a person or an agent works in, as one value."""

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.workspace import git, locks
from pipeline.workspace.dag import Dag
from pipeline.workspace.git import GitResult
from pipeline.workspace.layout import DELIVERIES, DVC_LOCK, DVC_YAML, METRICS, PARAMS, stand_in


@dataclass(frozen=True)
class Workspace:
    """A folder with a DAG, its git and its locks; it stands for its folder where one is wanted.

    Nothing of the disk is kept in it: dvc.yaml may change under a worker that runs for days, so
    every question is answered from what is there now. Paths that it returns are relative to the
    root, as dvc.yaml has them; `workspace / path` is where one lies.
    """

    root: Path

    def __str__(self) -> str:
        return str(self.root)

    def __truediv__(self, path: str | Path) -> Path:
        return self.root / path

    def __fspath__(self) -> str:
        return str(self.root)

    @property
    def dag(self) -> Dag:
        """Return the stages and params as they are now."""
        return Dag(self.root)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Return what people and agents write for the DAG: data that no stage makes, sorted.

        Derived from dvc.yaml, so that a new book is committed, brought back, archived and
        published from the day that a stage reads it. Deliveries are there even without a stage,
        because landing needs none.
        """
        return tuple(sorted({DELIVERIES, *self.dag.inputs}))

    @property
    def held_inputs(self) -> tuple[Path, ...]:
        """Return the inputs as git holds them: one that DVC holds, by its stand-in."""
        return tuple(
            stand_in(path) if (self / stand_in(path)).is_file() else path for path in self.inputs
        )

    @property
    def offloaded(self) -> tuple[Path, ...]:
        """Return the inputs that DVC holds instead of git."""
        return tuple(path for path in self.inputs if (self / stand_in(path)).is_file())

    @property
    def data_set(self) -> tuple[Path, ...]:
        """Return what a commit must hold so that anybody can rebuild the data set from it.

        Code and params are a person's to commit; this is the rest: inputs, dvc.lock, metrics.
        """
        return (*self.held_inputs, DVC_LOCK, METRICS)

    def output(self, name: str) -> Path:
        """Return the output of the DAG whose file has this name.

        Raises UserError where dvc.yaml names none: the file cannot be there.
        """
        found = self.dag.outputs.get(name)
        if found is None:
            raise UserError(f"{DVC_YAML} has no output {name}: no stage makes it")
        return found

    def has(self, name: str) -> bool:
        """Return whether a stage makes a file of this name and it is there."""
        found = self.dag.outputs.get(name)
        return found is not None and (self / found).exists()

    def git(
        self, *arguments: str, text: str = "", variables: Mapping[str, str] | None = None
    ) -> str:
        """Return what a git command prints; raises UserError with its words when it fails."""
        return git.git(self.root, *arguments, text=text, variables=variables)

    def try_git(self, *arguments: str) -> GitResult:
        """Return how a git command ended, whatever its exit code."""
        return git.try_git(self.root, *arguments)

    def blobs(self, names: Iterable[str]) -> dict[str, bytes]:
        """Return the content of every named object of git that exists, by name."""
        return git.blobs(self.root, names)

    def files_at(
        self, commits: Iterable[str], paths: Iterable[Path]
    ) -> dict[tuple[str, Path], bytes]:
        """Return what commits have of files, by commit and path (git.files_at)."""
        return git.files_at(self.root, commits, paths)

    def file_at(self, commit: str, path: Path) -> bytes | None:
        """Return what a commit has of a file, None where it has none."""
        return self.files_at([commit], [path]).get((commit, path))

    def run_lock(
        self, *, is_announced: bool = True, watch: Callable[[], None] = lambda: None
    ) -> AbstractContextManager[None]:
        """Hold the run lock (locks.run_lock)."""
        return locks.run_lock(self.root, is_announced=is_announced, watch=watch)

    def judging_lock(self, watch: Callable[[], None]) -> AbstractContextManager[None]:
        """Hold the run lock before the next run begins (locks.judging_lock)."""
        return locks.judging_lock(self.root, watch=watch)

    def try_run_lock(self) -> AbstractContextManager[bool]:
        """Hold the run lock where it is free at once; yield whether it is held."""
        return locks.try_run_lock(self.root)

    def queues_lock(self) -> AbstractContextManager[None]:
        """Hold the lock of the queues (locks.queues_lock)."""
        return locks.queues_lock(self.root)


def find_workspace(start: Path) -> Workspace:
    """Return the workspace of the nearest folder from start upwards with dvc.yaml and params.yaml.

    Raises UserError where there is none.
    """
    for folder in (start, *start.parents):
        if all(os.path.lexists(folder / name) for name in (DVC_YAML, PARAMS)):
            return Workspace(folder)
    raise UserError(f"{start} is in no workspace: no {DVC_YAML} here or above")
