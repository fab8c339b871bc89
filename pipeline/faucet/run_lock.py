"""One at a time: who changes what a run of the DAG reads or writes holds its run lock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from filelock import BaseFileLock, FileLock, Timeout

RUN_LOCK = Path(".cache/repro.lock")
_QUIET_WAIT_S = 0.2
_LOOK_S = 1.0


@contextmanager
def run_lock(
    root: Path, *, is_told: bool = True, watch: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Hold the workspace's run lock, waiting for the run that has it and (is_told) saying so.

    While it waits, watch is called every second, and what it raises ends the waiting.
    """
    path = root / RUN_LOCK
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=_QUIET_WAIT_S)
    except Timeout:
        if is_told:
            click.echo("faucet: another run holds this workspace; waiting for it to end", err=True)
        _wait(lock, watch)
    try:
        yield
    finally:
        lock.release()


def _wait(lock: BaseFileLock, watch: Callable[[], None]) -> None:
    while True:
        watch()
        try:
            lock.acquire(timeout=_LOOK_S)
        except Timeout:
            continue
        return


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
