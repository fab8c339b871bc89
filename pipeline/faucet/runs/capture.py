"""What this process and its children print, line by line, before a terminal gets it.

DVC's stages inherit our descriptors: a line of theirs would break a progress bar in the middle,
and a line of a library would reach the reader. While captured, both descriptors lead into a pipe.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import UnsupportedOperation
from typing import TextIO

from pipeline.faucet.runs.interrupts import interrupts_left_alone

_DESCRIPTORS = (1, 2)
_PATIENCE_S = 5.0
"""How long a child that outlives its run may keep the pipe open before it is left alone."""


@contextmanager
def captured(write_line: Callable[[str], None]) -> Iterator[None]:
    """Hand every line that is printed meanwhile to write_line, called in a thread of its own.

    Where this process's streams are not the descriptors (in tests), nothing is captured.
    write_line must print to what `real_stderr` gives: stderr leads into the pipe.
    """
    if not _streams_are_descriptors():
        yield
        return
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    kept = [os.dup(number) for number in _DESCRIPTORS]
    reading, writing = os.pipe()
    reader = threading.Thread(target=_read, args=(reading, write_line), daemon=True)
    with interrupts_left_alone():
        reader.start()
    try:
        for number in _DESCRIPTORS:
            os.dup2(writing, number)
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        for number, own in zip(_DESCRIPTORS, kept, strict=True):
            os.dup2(own, number)
            os.close(own)
        os.close(writing)
        reader.join(_PATIENCE_S)


def real_stderr() -> TextIO:
    """Return a stream to what stderr is now, which stays so while lines are captured."""
    if not _streams_are_descriptors():
        return sys.stderr
    copy = os.dup(_DESCRIPTORS[1])
    return os.fdopen(copy, "w", encoding=sys.stderr.encoding, errors="replace", buffering=1)


def _streams_are_descriptors() -> bool:
    try:
        return (sys.stdout.fileno(), sys.stderr.fileno()) == _DESCRIPTORS
    except (AttributeError, ValueError, UnsupportedOperation):
        return False


def _read(reading: int, write_line: Callable[[str], None]) -> None:
    with os.fdopen(reading, "r", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            write_line(line.rstrip("\r\n"))
