"""Commands that look, wait or hand out tasks start without what reads and writes tables."""

import subprocess
import sys

from tests.conftest import ROOT

HEAVY = ("daft", "dvc", "numpy", "pandas", "pyarrow")
STARTED = (
    "pipeline.cli",
    "pipeline.faucet.checkpoints.making",
    "pipeline.faucet.monitor.report",
    "pipeline.faucet.runs.repro",
    "pipeline.faucet.runs.summary",
    "pipeline.faucet.work.looping",
    "pipeline.mcp.server",
)
LOAD = f"""
import importlib, sys
for name in {STARTED!r}:
    importlib.import_module(name)
    print(name, *sorted(set({HEAVY!r}).intersection(sys.modules)))
"""


def test_commands_start_without_the_engine() -> None:
    """Agents call `faucet` thousands of times a day: each call loads what it uses, and no more."""
    command = [sys.executable, "-c", LOAD]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == list(STARTED)
