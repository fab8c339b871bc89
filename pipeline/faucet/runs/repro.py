"""`dvc repro` that survives kill -9: behind our own lock, after looking what the last run left.

Killed at the wrong moment, DVC leaves an empty dvc.lock or an unreadable rwlock that no retry of
its own heals. Both are looked at first, under a kernel lock that dies with its process, so that
what is mended belongs to nobody alive.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import click

from pipeline.core.errors import UserError
from pipeline.core.text import counted
from pipeline.faucet.answers.outbox import hand_receipts, is_current
from pipeline.faucet.run_lock import run_lock
from pipeline.faucet.workspace import LOCK, git
from pipeline.params.reading import read_params
from pipeline.store.engine import write_manifest

_MINUTE_S = 60
_RUNNING = Path(".cache/repro.running")
_RWLOCK = Path(".dvc/tmp/rwlock")


def repro(root: Path, arguments: Sequence[str]) -> int:
    """Run `dvc repro` with arguments in root; return its exit code.

    A second run waits for the first one and says so. After a run that succeeds, agents find the
    receipts of their deliveries in data/outbox; a run without news writes none. Raises UserError
    where params.yaml holds what is not allowed, before DVC removes any output.
    """
    code = behind_lock(root, ["repro", *arguments], partial(make_ready, root))
    if code == 0:
        _hand_receipts(root)
    return code


def heal(root: Path) -> list[str]:
    """Mend what a killed run left, and return one sentence per thing mended.

    Only the holder of the run lock may call this: no other run is alive then.
    """
    return [*_heal_dvc_lock(root), *_heal_rwlock(root), *_end_orphans(root)]


def make_ready(root: Path) -> None:
    """Check the whole of params.yaml and let the engine's manifest be true, before DVC looks."""
    read_params(root)
    write_manifest(root)


def behind_lock(root: Path, arguments: list[str], ready: Callable[[], None]) -> int:
    """Run a DVC command that runs stages, with the run lock held; return its exit code.

    ready is called once nobody else runs, and ends it with a UserError while nothing is touched.
    """
    with run_lock(root, watch=_said_once_a_minute()):
        ready()
        for sentence in heal(root):
            click.echo(f"faucet: {sentence}", err=True)
        running = root / _RUNNING
        running.touch()
        code = _dvc(root, arguments)
        running.unlink(missing_ok=True)
        return code


def _said_once_a_minute() -> Callable[[], None]:
    """Return a watch that says once a minute that it still waits, so that it is no silence."""
    told = [time.monotonic()]

    def say() -> None:
        if time.monotonic() - told[0] >= _MINUTE_S:
            told[0] = time.monotonic()
            click.echo("faucet: still waiting", err=True)

    return say


def _dvc(root: Path, arguments: list[str]) -> int:
    """Run DVC in this process, its stages with this process's Python; return the exit code."""
    from dvc.cli import main  # noqa: PLC0415 - costs half a second, and help needs none of it

    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    os.chdir(root)
    return int(main(arguments))


def _hand_receipts(root: Path) -> None:
    if not is_current(root):
        written = len(hand_receipts(root).written)
        click.echo(f"faucet: {counted(written, 'receipt file')} written to data/outbox", err=True)


def _heal_dvc_lock(root: Path) -> Iterator[str]:
    path = root / LOCK
    if not path.exists() or path.read_bytes().strip():
        return
    try:
        committed = git(root, "show", f"HEAD:{LOCK}")
    except UserError:
        path.unlink()
        yield f"{LOCK} was empty after a killed run and no commit has one: removed"
        return
    path.write_text(committed, encoding="utf-8", newline="\n")
    yield f"{LOCK} was empty after a killed run: restored from the last commit"


def _heal_rwlock(root: Path) -> Iterator[str]:
    path = root / _RWLOCK
    if not path.exists():
        return
    try:
        json.loads(path.read_bytes())
    except ValueError:
        path.unlink()
        yield f"{_RWLOCK.as_posix()} was unreadable after a killed run: removed"


def _end_orphans(root: Path) -> Iterator[str]:
    """End stages that outlived a killed run; looked for only where a run did not end itself."""
    running = root / _RUNNING
    if not running.exists():
        return
    import psutil  # noqa: PLC0415 - only after a killed run

    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        try:
            if "pipeline.run" in command and Path(process.cwd()) == root:
                process.kill()
                process.wait(10)
                yield f"stage {command[-1]} (process {process.pid}) outlived a killed run: ended"
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.TimeoutExpired):
            continue
    running.unlink(missing_ok=True)
