"""`faucet repro` as a process of its own, so that whoever waits for it can go on watching."""

import sys
from collections.abc import Callable

from pipeline.faucet.runs.reporting import current_reporter
from pipeline.faucet.runs.supervise import Bounds, Ended, run
from pipeline.workspace.layout import REPRO_LOG
from pipeline.workspace.workspace import Workspace

_MINUTE_S = 60
_HOUR_S = 3_600


def repro_apart(
    root: Workspace,
    arguments: tuple[str, ...],
    bounds: Bounds,
    watch: Callable[[], None] = lambda: None,
) -> Ended:
    """Run `faucet repro` with arguments in root and return how it ended; its log is REPRO_LOG.

    Where a command reports on what it does, it shows the run's stages.
    """
    command = (sys.executable, "-m", "pipeline.cli", "repro", *arguments)
    reporter = current_reporter()
    heard = reporter.line if reporter else lambda _: None
    return run(command, root.root, bounds, root / REPRO_LOG, watch=watch, heard=heard)


def dvc_apart(root: Workspace, arguments: tuple[str, ...]) -> Ended:
    """Run a DVC command in root and return how it ended, with what it said."""
    command = (sys.executable, "-m", "dvc", *arguments)
    bounds = Bounds(_HOUR_S, 10 * _MINUTE_S)
    return run(command, root.root, bounds, root / REPRO_LOG.with_name("dvc.log"))


def last_words(tail: str) -> str:
    """Return the last line of what a program printed, for a sentence."""
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "it said nothing"
