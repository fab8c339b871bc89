"""What all tasks of the peers take from a workspace: its pairs, and a stage that starts cold."""

import csv
import importlib
import os
import shutil
from pathlib import Path
from typing import Any

from benchmarks.peers_run import Clock
from pipeline.workspace.workspace import Workspace

_HERE = Workspace(Path(__file__).parents[1])
PAIRS = _HERE.output("pairs.parquet")
SCORES = _HERE.output("scores.parquet")
DECISIONS = _HERE.output("decisions.parquet")


def columns(path: Path, *names: str) -> list[list[Any]]:
    """Return columns of a Parquet file."""
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=list(names))
    return [table[name].to_pylist() for name in names]


def labels(path: Path) -> list[dict[str, str]]:
    """Return the rows of a file of labels."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sampled(rows: list[Any], wanted: set[str], every: int) -> list[Any]:
    """Return the rows whose first value is wanted, and every so many of all: for slow peers."""
    return [row for place, row in enumerate(rows) if row[0] in wanted or place % every == 0]


def run_cold(name: str, workspace: Path, clock: Clock) -> None:
    """Run a stage of the workspace, without its memory of earlier runs, in this process."""
    from pipeline.run.stage import run_stage

    importlib.import_module(f"pipeline.stages.{name}")
    shutil.rmtree(workspace / ".cache" / name, ignore_errors=True)
    os.chdir(workspace)
    with clock:
        run_stage(name, workspace)
