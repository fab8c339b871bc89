"""`faucet repro` as a process of its own, so that whoever waits for it can go on watching."""

import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.faucet.runs.supervise import Bounds, Ended, run

_MINUTE_S = 60
_HOUR_S = 3_600
LOG = Path(".cache/faucet/repro.log")


def repro_apart(
    root: Path,
    arguments: tuple[str, ...],
    bounds: Bounds,
    watch: Callable[[], None] = lambda: None,
) -> Ended:
    """Run `faucet repro` with arguments in root and return how it ended; its log is LOG."""
    command = (sys.executable, "-m", "pipeline.cli", "repro", *arguments)
    quiet = {"DAFT_PROGRESS_BAR": "0"}
    return run(command, root, bounds, root / LOG, variables=quiet, watch=watch)


def dvc_apart(root: Path, arguments: tuple[str, ...]) -> Ended:
    """Run a DVC command in root and return how it ended, with what it said."""
    command = (sys.executable, "-m", "dvc", *arguments)
    bounds = Bounds(_HOUR_S, 10 * _MINUTE_S)
    return run(command, root, bounds, root / LOG.with_name("dvc.log"))
