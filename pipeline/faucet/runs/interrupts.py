"""Ctrl-C during a run: this process alone hears it, ends the stage under way and says so once.

A terminal sends it to every process of a command. A stage that is still loading answers with a
traceback of Python's own, and DVC does not listen while a stage runs, so that nobody would know
whether the stage failed or was ended.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn

from pipeline.core.errors import UserError

_GRACE_S = 5.0
_LOOK_S = 0.2

_HEARS_IGNORED = sys.platform == "linux"
"""Whether a signal that is ignored and held back still comes to who waits for it.

Programs get it both ways: a shell between us and a stage may forget what is held back (dash does),
and none forgets what is ignored.
"""


@contextmanager
def interrupts_heard() -> Iterator[threading.Event]:
    """Yield what is set once Ctrl-C was pressed; programs started inside never see it themselves.

    What was started is ended then, and whatever starts after it; where nothing was, a
    KeyboardInterrupt is raised. It is not raised in what deals with a program's end: DVC would
    leave its own files half written.
    Without effect where systems cannot hold signals back, in other threads than the first, and
    where whoever started this process has Ctrl-C ignored, as shells do in the background.
    """
    pressed, is_over = threading.Event(), threading.Event()
    is_first = threading.current_thread() is threading.main_thread()
    is_ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if not is_first or is_ignored or not hasattr(signal, "pthread_sigmask"):
        yield pressed
        return
    waking = signal.signal(signal.SIGUSR1, _raise)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    handler = signal.getsignal(signal.SIGINT)
    if _HEARS_IGNORED:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = threading.Thread(target=_listen, args=(pressed, is_over), daemon=True)
    listener.start()
    try:
        yield pressed
    finally:
        is_over.set()
        signal.pthread_kill(listener.ident or 0, signal.SIGINT)
        listener.join()
        signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGUSR1, waking)


@contextmanager
def interrupts_left_alone() -> Iterator[None]:
    """Threads that are started inside, and by those, never take Ctrl-C from who listens for it.

    The system hands it to any thread that does not hold it back; the first one, waiting for a
    program, would not notice that another has it.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextmanager
def interrupts_end_programs() -> Iterator[None]:
    """Have Ctrl-C end the programs that are started inside, and raise KeyboardInterrupt after them.

    What a program that was ended makes its caller say (git failed, DVC failed in the clone) is not
    what happened, and is left out. All programs are gone once it is raised: who removes the folder
    that they worked in does so behind this, and nothing of it comes back.
    """
    with interrupts_heard() as pressed:
        try:
            yield
        except UserError:
            if not pressed.is_set():
                raise
        was_pressed = pressed.is_set()  # behind this it is set, to end who listens
    if was_pressed:
        raise KeyboardInterrupt


def _raise(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _listen(pressed: threading.Event, is_over: threading.Event) -> None:
    signal.sigwait({signal.SIGINT})
    pressed.set()
    if not is_over.is_set() and not _end_children():
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
    while not is_over.wait(_LOOK_S):
        _end_children()  # a program that was about to start


def _end_children() -> bool:
    """End all that this process started; return whether there was anything."""
    import psutil  # noqa: PLC0415 - only after Ctrl-C

    children = psutil.Process(os.getpid()).children(recursive=True)
    for child in children:
        with suppress(psutil.NoSuchProcess):
            child.terminate()
    for child in psutil.wait_procs(children, timeout=_GRACE_S)[1]:
        with suppress(psutil.NoSuchProcess):
            child.kill()
    return bool(children)
