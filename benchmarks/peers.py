"""Ours beside the peers, in one run: `make bench DELIVERIES=<folder by agent>`.

Clones HEAD, lands the deliveries, runs the stages up to dedup, and then calls everybody at four
tasks (dedup, quality, tables, queues), each in a process of its own on one core; prints Markdown.
A peer is a function in one of the tables of benchmarks/peers_*.py; what is not installed is named.
`--workspace` takes a workspace that is made already, whose stages integrate, qa and dedup are run
anew. Quote ratios; CPU seconds belong to the machine and to what else it did.
"""

import argparse
import datetime as dt
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.peers_run import TASKS, Measured, Source, is_here, measured, peers_of  # noqa: E402

TASKS_QUEUED = 20


def made(deliveries: Path, folder: Path) -> Path:
    """Return a clone of HEAD with the deliveries and the outputs of the stages up to dedup."""
    clone = folder / "clone"
    faucet = [sys.executable, "-P", "-m", "pipeline.cli"]
    steps = (["fresh", "--force"], ["land", str(deliveries)], ["repro", "dedup"])
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    environment = {**os.environ, "PYTHONPATH": str(clone)}
    for step in steps:
        subprocess.run(
            [*faucet, *step], cwd=clone, env=environment, check=True, stdout=subprocess.DEVNULL
        )
    return clone


def row(found: Measured, base: float | None) -> str:
    """Return one line of a table; base is the pairs per CPU second of ours on equal work."""
    peer, outcome = found.peer, found.outcome
    speed = outcome.done / found.work_cpu_s if found.work_cpu_s else 0.0
    cells = [
        peer.name,
        f"{found.cpu_s:.1f}",
        f"{speed:,.0f}" if speed else "-",
        f"{speed / base:.2f}" if base and speed else "-",
        _share(outcome.found, outcome.to_find),
        _share(outcome.wrong, outcome.to_leave),
        f"{found.peak_mb:,.0f}",
        "; ".join(filter(None, (outcome.result, peer.compared))),
    ]
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _share(part: int | None, whole: int | None) -> str:
    if part is None:
        return "-"
    return f"{part:,} of {whole:,}" if whole is not None else f"{part:,}"


def table(task: str, source: Source) -> Iterator[str]:
    """Yield the lines of one task's table, each as soon as it is measured."""
    yield f"\n## {task}\n"
    yield "| who | CPU s | done per CPU s | x ours | found | wrong | peak MB | result; what is compared |"  # noqa: E501
    yield "|---|---:|---:|---:|---:|---:|---:|---|"
    base: dict[str, float] = {}
    for peer in peers_of(task):
        if not is_here(peer):
            yield f"| {peer.name} | - | - | - | - | - | - | not installed: {peer.needs} |"
            continue
        found = measured(task, peer, source)
        if "ours" in peer.name and found.work_cpu_s:
            base[peer.equal_to] = base.get(peer.equal_to, found.outcome.done / found.work_cpu_s)
        yield row(found, base.get(peer.equal_to))


def state() -> str:
    """Return the commit that is measured."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.check_output(command, cwd=ROOT, text=True).strip()


def main() -> None:
    """Measure on the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("deliveries", type=Path, help="a folder of deliveries, by agent")
    parser.add_argument("--workspace", type=Path, help="a workspace that is made already")
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=TASKS, metavar="TASK")
    arguments = parser.parse_args()
    deliveries = arguments.deliveries.resolve()
    today = dt.datetime.now(dt.UTC).date()
    print(f"state {state()}, {today}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        workspace = (arguments.workspace or made(deliveries, Path(folder))).resolve()
        source = Source(workspace, deliveries, ROOT / "benchmarks", TASKS_QUEUED)
        for task in arguments.tasks:
            for line in table(task, source):
                print(line, flush=True)


if __name__ == "__main__":
    main()
