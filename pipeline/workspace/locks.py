"""The locks of a workspace: the kernel's, so that each dies with its process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from filelock import BaseFileLock, FileLock, Timeout

from pipeline.core.errors import UserError
from pipeline.workspace.git import Folder
from pipeline.workspace.layout import JUDGE_LOCK, QUEUES_LOCK, RUN_LOCK

_QUIET_WAIT_S = 0.2
_LOOK_S = 1.0
_POLL_S = 0.01
_QUEUES_WAIT_S = 60


@contextmanager
def run_lock(
    folder: Folder, *, is_announced: bool = True, watch: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Hold the run lock: who changes what a run of the DAG reads or writes holds it.

    Waits for the run that has it and (is_announced) says so. While it waits, watch is asked every
    second; raises UserError with a sentence from it.
    """
    lock = file_lock(folder, RUN_LOCK)
    try:
        lock.acquire(timeout=_QUIET_WAIT_S)
    except Timeout:
        if is_announced:
            click.echo("faucet: another run holds this workspace; waiting for it to end", err=True)
        _wait(lock, watch)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def run_lock_of_runs(folder: Folder, *, watch: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the run lock for a run of the DAG, which lets whoever judges go first.

    Runs that follow each other closely would keep the results of each from ever being judged:
    a run that got the lock while somebody waits for it in judging_lock gives it back once more.
    """
    while True:
        with run_lock(folder, watch=watch):
            with try_lock(folder, JUDGE_LOCK) as is_free:
                pass
            if is_free:
                yield
                return
        turn = file_lock(folder, JUDGE_LOCK)
        _wait(turn, watch)
        turn.release()


@contextmanager
def judging_lock(folder: Folder, *, watch: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the run lock before the next run of the DAG begins, whoever waits to begin one."""
    turn = file_lock(folder, JUDGE_LOCK)
    _wait(turn, watch)
    try:
        run = run_lock(folder, is_announced=False, watch=watch)
        run.__enter__()
    finally:
        turn.release()
    try:
        yield
    finally:
        run.__exit__(None, None, None)


@contextmanager
def try_run_lock(folder: Folder) -> Iterator[bool]:
    """Hold the run lock where it is free at once; yield whether it is held."""
    with try_lock(folder, RUN_LOCK) as is_held:
        yield is_held


@contextmanager
def queues_lock(folder: Folder) -> Iterator[None]:
    """Hold the lock of the queues; raises UserError where it is not to be had within a minute."""
    lock = file_lock(folder, QUEUES_LOCK)
    try:
        lock.acquire(timeout=_QUEUES_WAIT_S)
    except Timeout:
        held = f"another process has held {QUEUES_LOCK.as_posix()} for {_QUEUES_WAIT_S} s"
        raise UserError(held) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def try_lock(folder: Folder, path: Path) -> Iterator[bool]:
    """Hold a lock of the workspace where it is free at once; yield whether it is held."""
    lock = file_lock(folder, path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def is_held(folder: Folder, path: Path) -> bool:
    """Return whether somebody holds a lock of the workspace.

    To look is to take it for a moment, so those who look do it one after the other: none takes
    another look for a holder.
    """
    looking = file_lock(folder, path.with_suffix(".look"))
    with looking.acquire(poll_interval=_POLL_S), try_lock(folder, path) as is_free:
        return not is_free


def file_lock(folder: Folder, path: Path) -> BaseFileLock:
    """Return a lock of the workspace at folder, whose file is at path below it."""
    place = Path(folder) / path
    place.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(place)


def _wait(lock: BaseFileLock, watch: Callable[[], None]) -> None:
    while True:
        watch()
        try:
            lock.acquire(timeout=_LOOK_S)
        except Timeout:
            continue
        return
