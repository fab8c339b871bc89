"""Faults of this program, told without a traceback where one record must not stop a run."""

import traceback
from pathlib import Path

from pipeline.core.errors import UserError

_PACKAGE = "pipeline"

GOES_ON = (UserError, MemoryError)
"""What no last net may catch: what the user can mend, and what concerns more than one record."""


def fault_place(fault: Exception) -> str:
    """Return the kind of a fault and the place in our code, the same on every machine.

    The fault's own words are left out: they may repeat the record.
    """
    frames = [
        frame
        for frame in traceback.extract_tb(fault.__traceback__)
        if _PACKAGE in Path(frame.filename).parts
    ]
    if not frames:
        return type(fault).__name__
    parts = Path(frames[-1].filename).parts
    start = len(parts) - 1 - parts[::-1].index(_PACKAGE)
    return f"{type(fault).__name__} at {'/'.join(parts[start:])}:{frames[-1].lineno}"
