"""Python on every core: forks of a stage's process do what one interpreter would do in turn.

Daft calls a function over batches from as many threads as there are cores, and one interpreter
lets one of them run. A fork has what is loaded already, starts in milliseconds, and shares the
memory that neither writes to; a process that starts anew costs more than most tables save.
"""

import ctypes
import gc
import os
import signal
import sys
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, TypeVar

ROWS_A_FORK = 2_000
"""For fewer rows each it is not worth having another process."""

_PARTS_AHEAD = 4
"""How many parts are begun for each fork before the first is asked for what became of it."""

_FORKS: ContextVar[int] = ContextVar("forks", default=1)

_POOLS: dict[int, ProcessPoolExecutor] = {}
"""The forks that are at work, by the name of their function."""

T = TypeVar("T")
R = TypeVar("R")


@contextmanager
def forks_allowed() -> Iterator[None]:
    """Let what is called inside fork, up to one process for each core that this one may use.

    Nothing forks outside: a program that imports us may have threads that no fork takes along,
    and rows of a cluster are on its nodes. Where Linux is not, libraries do not bear it.
    """
    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1
    before = _FORKS.set(allowed)
    try:
        yield
    finally:
        _FORKS.reset(before)


def may_fork() -> bool:
    """Return whether forks are allowed here, and more than one core is there for them."""
    return _FORKS.get() > 1


@contextmanager
def forked(work: Callable[..., R], rows: int) -> Iterator[Callable[..., R]]:
    """Yield work as a function that forks do, so that threads that call it run side by side.

    It is work itself where forks are not allowed, or too few rows come. To be entered while no
    query runs, and left when all calls are over: forks have what this process has at its start.
    What work takes and returns is pickled, work itself is not.

    Raises what work raises, and BrokenProcessPool where a fork was ended from outside.
    """
    forks = min(_FORKS.get(), rows // ROWS_A_FORK)
    if forks < 2:  # noqa: PLR2004 - one is this process
        yield work
        return
    pool = ProcessPoolExecutor(forks, get_context("fork"), _begin, (work,))
    try:
        with warnings.catch_warnings():  # Python's, of threads: those of libraries wait for work
            warnings.filterwarnings("ignore", message=".*fork", category=DeprecationWarning)
            pool.submit(os.getpid).result()
        _POOLS[id(pool)] = pool
        yield _ByForks(id(pool))
    finally:
        _POOLS.pop(id(pool), None)
        pool.shutdown(cancel_futures=True)


def spread(work: Callable[[T], R], parts: Iterable[T], rows: int) -> Iterator[R]:
    """Yield work(part) of each part in their order, worked out by forks where that is worth it.

    parts are taken as forks become free, a few ahead, so that they need not all be in memory.
    """
    with forked(work, rows) as do:
        if do is work:
            yield from map(work, parts)
            return
        forks = _FORKS.get()
        with ThreadPoolExecutor(forks) as waiting:
            begun: deque[Future[R]] = deque()
            for part in parts:
                begun.append(waiting.submit(do, part))
                if len(begun) > forks * _PARTS_AHEAD:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()


def die_with_parent(by: signal.Signals) -> None:
    """Ask the kernel to end this process when its parent ends, where the kernel can do that."""
    set_death_signal = 1
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(set_death_signal, by)


@dataclass(frozen=True, slots=True)
class _ByForks:
    """A function that forks do. Daft pickles what it is given, and a pool cannot be."""

    name: int

    def __call__(self, *given: Any) -> Any:
        return _POOLS[self.name].submit(_done, *given).result()


_work: Callable[..., Any]
"""What a fork was made for."""


def _begin(work: Callable[..., Any]) -> None:
    global _work  # noqa: PLW0603 - a fork's own
    die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits for it is interrupted
    gc.freeze()  # what it shares stays shared
    _work = work


def _done(*given: Any) -> Any:
    return _work(*given)
