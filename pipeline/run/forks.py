"""A process that listens, forks for who asks, and passes on how each fork ended."""

import os
import selectors
import signal
import socket
import sys
from collections.abc import Callable
from typing import NamedTuple

from pipeline.run.warm import is_own

Begin = Callable[[socket.socket, selectors.BaseSelector], int | None]
"""Forks for who asks over a connection, and returns the process; None where it closed it, as what
was asked for is none of its own. A fork closes what the selector holds."""


class _Running(NamedTuple):
    """A fork at work: its process, what shows its end, and who waits for it."""

    process: int
    ends: int
    asker: socket.socket


def serve_forks(listener: socket.socket, begin: Begin, *, end_by: signal.Signals) -> None:
    """Begin what is asked for over listener, and answer with its exit code, until stdin closes.

    A fork that nobody waits for any more, or that is at work when stdin closes, is ended by a
    signal.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin, selectors.EVENT_READ)
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    for running in {key.data for key in selector.get_map().values() if key.data}:
                        _end(running, selector, end_by)
                    return
                if key.fileobj is listener:
                    asker = listener.accept()[0]
                    if not is_own(asker):
                        asker.close()
                        continue
                    process = begin(asker, selector)
                    if process is not None:
                        _watch(_Running(process, os.pidfd_open(process), asker), selector)
                elif key.fd in selector.get_map():  # both show one end, often at once
                    _end(key.data, selector, end_by)


def _watch(running: _Running, selector: selectors.BaseSelector) -> None:
    for shown in (running.ends, running.asker):
        selector.register(shown, selectors.EVENT_READ, running)


def _end(running: _Running, selector: selectors.BaseSelector, end_by: signal.Signals) -> None:
    """Tell who waits how a fork ended; one that is still at work is ended."""
    process, status = os.waitpid(running.process, os.WNOHANG)
    if process == 0:
        os.kill(running.process, end_by)
        _, status = os.waitpid(running.process, 0)
    for registered in (running.ends, running.asker):
        selector.unregister(registered)
    os.close(running.ends)
    with running.asker as asker:
        try:
            asker.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        except OSError:
            return  # it is gone
