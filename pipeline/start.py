"""The first moment of `faucet`: a Ctrl-C while it loads ends it as one later does.

Loading the commands takes a part of a second, in which Python answers Ctrl-C with a traceback of
imports. This module loads next to nothing, so that almost all of that time lies behind it.
"""

import os
import signal
from types import FrameType

from pipeline.core.errors import INTERRUPTED, STOPPED


def main() -> None:
    """Load the commands and call the one that is asked for; Ctrl-C before that is one sentence.

    Nothing is under way while commands load, so the process ends at once: an exception could be
    swallowed by the module that is just being loaded. Where Ctrl-C is ignored, as by shells for
    what they start in the background, it stays so.
    """
    usual = signal.getsignal(signal.SIGINT)
    if usual is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _stop)
    from pipeline.cli import faucet  # noqa: PLC0415 - what takes the time

    signal.signal(signal.SIGINT, usual)
    faucet(prog_name="faucet")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    os.write(2, f"\n{STOPPED}\n".encode())
    os._exit(INTERRUPTED)
