"""One peer at one task, in a process of its own: what it found, and what it took.

`measured` starts this file again as `python benchmarks/peers_run.py TASK PEER` with a source on
stdin, on one core, and asks the operating system for CPU seconds and peak memory of that process
and of all that it started (os.wait4). Nothing heavy is imported before that: a process begins with
its parent's peak.
"""

import importlib
import importlib.util
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

TASKS = ("dedup", "quality", "tables", "queues")
_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "POLARS_MAX_THREADS",
)


class Source(NamedTuple):
    """What everybody reads: a workspace whose stages ran up to dedup, deliveries, labels."""

    workspace: Path  # outputs of integrate, qa and dedup in it are made anew
    deliveries: Path  # by agent, as they came
    labels: Path  # a folder with dedup_labels.csv and quality_labels.csv
    tasks: int  # how many are added, claimed and completed


class Clock:
    """CPU seconds of the work alone, children included: `with clock:` around it."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self._start = 0.0

    def __enter__(self) -> None:
        self._start = _cpu_s()

    def __exit__(self, *_: object) -> None:
        self.cpu_s += _cpu_s() - self._start


class Outcome(NamedTuple):
    """What one peer did, counted; what does not apply is None."""

    done: int  # pairs looked at, rows written or operations
    found: int | None = None  # of those that are to be found
    to_find: int | None = None
    wrong: int | None = None  # of those that are to be left alone
    to_leave: int | None = None
    result: str = ""  # what else came out, in words


class Peer(NamedTuple):
    """One row of a table: who, what it needs, the call, and what it does beside the others."""

    name: str
    needs: str  # a module, or a program as "$program"
    work: Callable[[Source, Clock], Outcome]
    compared: str  # whether the work is equal, and what is less or more
    equal_to: str = "alone"  # rows of one name are divided by the first of ours among them


class Measured(NamedTuple):
    """A peer's outcome with what it took."""

    peer: Peer
    outcome: Outcome
    work_cpu_s: float
    cpu_s: float  # of the whole process: start, imports and reading too
    peak_mb: float


def peers_of(task: str) -> tuple[Peer, ...]:
    """Return the rows of a task's table."""
    found: tuple[Peer, ...] = importlib.import_module(f"benchmarks.peers_{task}").PEERS
    return found


def is_here(peer: Peer) -> bool:
    """Return whether a peer's module or program is installed."""
    if peer.needs.startswith("$"):
        return shutil.which(peer.needs[1:]) is not None
    return importlib.util.find_spec(peer.needs) is not None


def measured(task: str, peer: Peer, source: Source) -> Measured:
    """Run a peer in a process of its own; where it fails, the outcome says with which words."""
    environment = {
        **os.environ,
        **dict.fromkeys(_ONE_THREAD, "1"),
        "DAFT_PROGRESS_BAR": "0",
        "PYTHONPATH": str(ROOT),
    }
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as errors:
        places = [os.dup(stream.fileno()) for stream in (answer, errors)]
        command = [sys.executable, "-P", __file__, task, peer.name, json.dumps(source, default=str)]
        child = os.posix_spawn(
            sys.executable,
            command,
            environment,
            file_actions=[(os.POSIX_SPAWN_DUP2, place, 1 + n) for n, place in enumerate(places)],
        )
        _, status, used = os.wait4(child, 0)
        for place in places:
            os.close(place)
        answer.seek(0)
        errors.seek(0)
        lines = answer.read().decode().splitlines()
        fault = errors.read().decode().rstrip().splitlines() if status else []
    said = {"outcome": [0], "work_cpu_s": 0.0} if status else json.loads(lines[-1])
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Measured(
        peer,
        Outcome(*said["outcome"])._replace(**_failure(fault)),
        said["work_cpu_s"],
        used.ru_utime + used.ru_stime,
        used.ru_maxrss / unit,
    )


def _failure(fault: list[str]) -> dict[str, str]:
    words = next((line for line in fault if re.match(r"[\w.]*(Error|Exception|Exit)\b", line)), "")
    return {"result": f"failed: {words or fault[-1]}"} if fault else {}


def _cpu_s() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _on_one_core() -> None:
    """Keep this process and its children on one core, so that libraries start one thread."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[os.getpid() % len(cores)]})


def _source(text: str) -> Source:
    workspace, deliveries, labels, tasks = json.loads(text)
    return Source(Path(workspace), Path(deliveries), Path(labels), tasks)


def main() -> None:
    """Run the one peer that the command line names and print what it found as JSON."""
    task, name, source = sys.argv[1:]
    _on_one_core()
    clock = Clock()
    work = next(peer.work for peer in peers_of(task) if peer.name == name)
    outcome: Any = work(_source(source), clock)
    sys.stdout.write("\n" + json.dumps({"outcome": outcome, "work_cpu_s": clock.cpu_s}) + "\n")


if __name__ == "__main__":
    # the functions of a peer take the classes of the imported module, not of __main__
    importlib.import_module("benchmarks.peers_run").main()
