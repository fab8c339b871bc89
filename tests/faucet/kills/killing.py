"""Commands killed at a system call that is named, and what is left when they are called again."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.workspace.git import git
from tests.conftest import ROOT
from tests.programs import loaded

CALLS = {
    "write": "write,pwrite64,writev",
    "rename": "rename,renameat,renameat2",
    "unlink": "unlink,unlinkat",
    "fsync": "fsync,fdatasync",
}
"""The system calls at which a writer is killed, as strace names them."""

MOST = 20
"""Points of one kind at which a command is killed."""

_CALL = re.compile(r"(\d+) +(\w+)\(")
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
    """Return whether system calls can be injected here, shown by a program that one kills."""
    if shutil.which("strace") is None:
        return False
    inject = ["-e", "inject=exit_group:signal=KILL", "true"]
    done = subprocess.run(["strace", "-f", "-qq", "-o", os.devnull, *inject], check=False)
    return done.returncode == -signal.SIGKILL


def call(root: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a module of this Python (`pipeline.cli`, `dvc`) with words, as a user would."""
    return _run([sys.executable, "-m", *words], root, path=loaded())


def killed(root: Path, point: Point, *words: str) -> bool:
    """Run the same, killed at a point; return whether it came to that point."""
    if not has_strace():
        command = [sys.executable, str(_INJECTED), point.call, str(point.number), *words]
        return _run(command, root).returncode == -signal.SIGKILL
    inject = f"inject={CALLS[point.call]}:signal=KILL:when={point.number}"
    return "killed by SIGKILL" in _traced(root, point.call, point.path, *words, inject=inject)


def points(root: Path, name: str, path: str | None, *words: str) -> Iterator[tuple[Point, Path]]:
    """Yield the points of a kind at which a command can be killed, and the folder it left.

    Every one of the calls that name path (or of all calls), or as many as MOST evenly from the
    first to the last where there are more: a run of the DAG writes thousands of times.
    """
    numbers = _numbers(copied(root, f"{root.name}-{name}-counted"), name, path, *words)
    steps = (place * (len(numbers) - 1) // (MOST - 1) for place in range(MOST if numbers else 0))
    for number in sorted({numbers[step] for step in steps}):
        copy = copied(root, f"{root.name}-{name}-{number}")
        point = Point(name, number)
        if killed(copy, point, *words):
            yield point, copy
        shutil.rmtree(copy)


def _numbers(root: Path, name: str, path: str | None, *words: str) -> list[int]:
    """Return the numbers of a command's calls of a kind that name path, as strace's `when` counts.

    Each process and each call is counted by itself there; without strace nothing is counted. A
    file that is written aside and renamed is named by both, so that path may be part of a name.
    """
    if not has_strace():
        return list(range(1, MOST + 1))
    seen: Counter[tuple[str, str]] = Counter()
    numbers: set[int] = set()
    for line in _traced(root, name, None, *words).splitlines():
        traced = _CALL.match(line)
        if traced:
            caller = traced[1], traced[2]
            seen[caller] += 1
            if not path or path in line:
                numbers.add(seen[caller])
    return sorted(numbers)


def _traced(root: Path, name: str, path: str | None, *words: str, inject: str = "") -> str:
    """Run a command under strace and return its log of a kind's calls, of one file or of any.

    Not with --seccomp-bpf: with a path beside it nothing is injected.
    """
    log = root.with_name(f"{root.name}.strace")
    only = ["-P", str(root / path)] if path else []
    what = ["-e", f"trace={CALLS[name]}", *(["-e", inject] if inject else [])]
    tracing = ["strace", "-f", "-y", "-qq", "-o", str(log), *only, *what]
    _run([*tracing, sys.executable, "-m", *words], root)
    return log.read_text(encoding="utf-8", errors="replace")


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


def _run(
    command: list[str], root: Path, *, path: str = str(ROOT)
) -> "subprocess.CompletedProcess[str]":
    """Run a command; what is killed has loaded all by itself."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=root,
        env={**os.environ, "PATH": programs, "PYTHONPATH": path, "DAFT_PROGRESS_BAR": "0"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
