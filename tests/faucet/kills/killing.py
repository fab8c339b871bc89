"""Commands killed at a system call that is named, and what is left when they are called again."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.workspace.git import git
from tests.conftest import ROOT

CALLS = {
    "write": "write,pwrite64,writev",
    "rename": "rename,renameat,renameat2",
    "unlink": "unlink,unlinkat",
    "fsync": "fsync,fdatasync",
}
"""The system calls at which a writer is killed, as strace names them."""

_INJECTED = Path(__file__).with_name("injected.py")
_MOMENT = re.compile(rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|\+00:00)")
_NOT_COMPARED = (".git", ".cache", ".dvc", "__pycache__")


class Point(NamedTuple):
    """Where a command is killed: at the number-th call of a kind, of one file or of any."""

    call: str
    number: int
    path: str | None = None


@cache
def has_strace() -> bool:
    """Return whether system calls can be injected here."""
    if shutil.which("strace") is None:
        return False
    done = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], check=False)
    return done.returncode == 0


def call(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a module of this Python (`pipeline.cli`, `dvc`) with words, as a user would."""
    return _run([sys.executable, "-m", *words], root)


def killed(root: Path, point: Point, *words: str) -> bool:
    """Run the same, killed at a point; return whether it came to that point."""
    if not has_strace():
        command = [sys.executable, str(_INJECTED), point.call, str(point.number), *words]
        return _run(command, root).returncode == -9
    log = root.with_name(f"{root.name}.strace")
    calls = CALLS[point.call]
    inject = f"inject={calls}:signal=KILL:when={point.number}"
    only = ["-P", str(root / point.path)] if point.path else []
    tracing = [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-o",
        str(log),
        *only,
        "-e",
        f"trace={calls}",
        "-e",
        inject,
    ]
    _run([*tracing, sys.executable, "-m", *words], root)
    return "killed by SIGKILL" in log.read_text(encoding="utf-8", errors="replace")


def points(root: Path, name: str, path: str | None, *words: str) -> Iterator[tuple[Point, Path]]:
    """Yield every point of a kind at which a command can be killed, and the folder it left."""
    number = 0
    while True:
        number += 1
        copy = copied(root, f"{root.name}-{name}-{number}")
        point = Point(name, number, path)
        if not killed(copy, point, *words):
            shutil.rmtree(copy)
            return
        yield point, copy
        shutil.rmtree(copy)


def copied(root: Path, name: str) -> Path:
    """Return a copy of a workspace beside it."""
    copy = root.with_name(name)
    shutil.copytree(root, copy, symlinks=True)
    return copy


def left(root: Path) -> dict[str, bytes]:
    """Return what a workspace holds besides its caches, every moment in it made the same."""
    found = sorted(path for path in root.rglob("*") if path.is_file())
    names = {path.relative_to(root): path for path in found}
    return {
        name.as_posix(): _MOMENT.sub(b"MOMENT", path.read_bytes())
        for name, path in names.items()
        if not set(_NOT_COMPARED).intersection(name.parts)
    }


def committed(root: Path, message: str) -> None:
    """Commit all of a workspace."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", message)


def _run(command: list[str], root: Path) -> "subprocess.CompletedProcess[str]":
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "DAFT_PROGRESS_BAR": "0"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
