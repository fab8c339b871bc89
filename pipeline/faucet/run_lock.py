"""One at a time: who changes what a run of the DAG reads or writes holds its run lock."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from filelock import FileLock, Timeout

RUN_LOCK = Path(".cache/repro.lock")
_QUIET_WAIT_S = 0.2


@contextmanager
def run_lock(root: Path, *, is_told: bool = True) -> Iterator[None]:
    """Hold the workspace's run lock, waiting for the run that has it and (is_told) saying so."""
    path = root / RUN_LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=_QUIET_WAIT_S)
    except Timeout:
        if is_told:
            click.echo("faucet: another run holds this workspace; waiting for it to end", err=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def try_run_lock(root: Path) -> Iterator[bool]:
    """Hold the workspace's run lock where it is free at once; yield whether it is held."""
    path = root / RUN_LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
