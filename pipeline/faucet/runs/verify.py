"""Proof by repetition: a commit rebuilt from scratch gives the bytes that it says it gives."""

import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click

from pipeline.core.errors import UserError
from pipeline.faucet.runs.interrupts import interrupts_end_programs
from pipeline.faucet.runs.mending import put_right
from pipeline.faucet.runs.reporting import reporting
from pipeline.store.engine import stale_files
from pipeline.store.installed import VERSION, is_installed_engine
from pipeline.workspace.dag import Dag
from pipeline.workspace.git import git
from pipeline.workspace.layout import DVC, DVC_LOCK, PINS, stand_in
from pipeline.workspace.lock_file import read_lock, recorded_stages
from pipeline.workspace.scratch import scratch
from pipeline.workspace.workspace import Workspace

_OF_DVC = "WARNING: "
"""How DVC begins what it warns of: a book without entries is an empty file, and no fault."""


class StageVerdict(NamedTuple):
    """What came of one stage: the paths whose bytes differ from the commit's, of how many."""

    stage: str
    files: int
    differing: tuple[str, ...]


def verify(root: Workspace, revision: str) -> list[StageVerdict]:
    """Rebuild a commit of the workspace at root in a temporary clone; return one verdict a stage.

    Nothing is taken from caches: `dvc repro -f --no-run-cache`. Where the commit locks other
    library versions than the workspace does, they are installed into a temporary environment.

    Raises UserError for an unknown revision, a commit without dvc.lock, one that was made by
    another engine than the installed one, or a rebuild that fails.
    """
    put_right(root)
    with rebuilt(root, revision) as clone:
        held = git(clone, "show", f"HEAD:{DVC_LOCK.as_posix()}").encode()
        recorded = recorded_stages(held, f"{DVC_LOCK} of {revision}")
        return list(_verdicts(clone, recorded))


@contextmanager
def rebuilt(root: Workspace, revision: str, stages: tuple[str, ...] = ()) -> Iterator[Path]:
    """Yield a temporary clone in which a commit's stages, all by default, were run from scratch.

    Raises UserError as verify does.
    """
    commit = git(root, "rev-parse", "--verify", f"{revision}^{{commit}}").strip()
    with scratch(root.root, "verify") as folder:
        clone = folder / "clone"
        with interrupts_end_programs():
            git(root, "clone", "--quiet", "--no-checkout", str(root), str(clone))
            git(clone, "checkout", "--quiet", "--detach", commit)
            if not (clone / DVC_LOCK).is_file():
                raise UserError(f"{revision} has no {DVC_LOCK}: nothing says what it should give")
            recorded_stages((clone / DVC_LOCK).read_bytes(), f"{DVC_LOCK} of {revision}")
            _refuse_other_engine(clone, revision)
            python = _python_for(root, clone, folder)
            for path in Workspace(clone).offloaded:
                _dvc(python, clone, "config", "--local", "cache.dir", str(root / DVC / "cache"))
                _dvc(python, clone, "checkout", str(stand_in(path)))
            _dvc(python, clone, "repro", "-f", "--no-run-cache", *stages)
        yield clone


def _refuse_other_engine(clone: Path, revision: str) -> None:
    """Raise UserError where a commit's results were made by another engine than is installed."""
    if not is_installed_engine(clone):
        return
    stale = stale_files(clone)
    if stale:
        made_by = (clone / VERSION).read_text(encoding="utf-8").strip()
        raise UserError(
            f"{revision} was made with {made_by} and another {stale[0]} than is installed: install"
            f" what its {VERSION.parent} lists into a new environment, and verify it there"
        )


def _python_for(root: Workspace, clone: Path, folder: Path) -> str:
    """Return a Python with the versions that the clone locks: this one, or a new environment's.

    A workspace of the installed engine locks none; its lists were found true.
    """
    if is_installed_engine(clone) or (clone / PINS).read_bytes() == (root / PINS).read_bytes():
        return sys.executable
    click.echo(f"verify: installing the versions of its {PINS}", err=True)
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    pip = [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(clone / PINS)]
    _run(pip, clone)
    return python


def _dvc(python: str, clone: Path, *arguments: str) -> None:
    _run([python, "-m", "dvc", *arguments], clone)


def _run(command: list[str], folder: Path) -> None:
    """Run a command in folder with its Python first on PATH, its stages shown by the reporter.

    What DVC says of them on stdout, and warns of, is left out; what went wrong is in the error.
    """
    path = f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    last = ""
    with (
        reporting(Workspace(folder), "verify") as reporter,
        subprocess.Popen(  # noqa: S603 - an argument list, no shell
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        assert process.stderr
        for line in process.stderr:
            last = line.strip() or last
            if not line.startswith(_OF_DVC):
                reporter.line(line.rstrip())
        code = process.wait()
        why = "; ".join(reporter.faults.values()) or last
    if code:
        raise UserError(f"{' '.join(command[2:5])} failed in the clone, with {code}: {why}")


def _verdicts(
    clone: Path, recorded: dict[str, dict[str, list[dict[str, str]]]]
) -> Iterator[StageVerdict]:
    """Yield per stage of dvc.yaml the outputs and metrics whose hash is not the recorded one."""
    rebuilt = read_lock(clone)
    changed = set(filter(None, git(clone, "diff", "--name-only", "-z", "HEAD").split("\0")))
    for stage in Dag(clone).names:
        before = {out["path"]: out["md5"] for out in recorded.get(stage, {}).get("outs", [])}
        after = {out["path"]: out["md5"] for out in rebuilt[stage]["outs"]}
        differing = {path for path in before | after if before.get(path) != after.get(path)}
        differing |= changed.intersection(after)
        yield StageVerdict(stage, len(before | after), tuple(sorted(differing)))
    outside = changed - {DVC_LOCK.as_posix()}
    in_lock = [DVC_LOCK.as_posix()] if DVC_LOCK.as_posix() in changed else []
    yield StageVerdict(DVC_LOCK.name, 1, (*in_lock, *sorted(outside)))
