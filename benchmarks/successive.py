"""What a delivery of 100 pairs costs the dedup stage, beside a run that knows nothing.

`python benchmarks/successive.py WORKSPACE` takes a workspace in which integrate, qa and embed have
run. The stage runs in processes of its own in a temporary workspace, three times each: from
nothing, with the memory of a run on all pairs but 100, and with the memory of all of them. Their
outputs are compared byte for byte. Prints Markdown and writes it beside this script.
"""

import argparse
import filecmp
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
ROOT = HERE.parent
COMMAND = "python benchmarks/successive.py WORKSPACE"
TABLES = ("integrate/pairs.parquet", "qa/scores.parquet", "embed/vectors.parquet")
WHOLE = ("qa/repairs.parquet", "reviews/verdicts.csv")
OUTPUTS = ("kept.parquet", "decisions.parquet", "duplicate_analysis_detailed.json")
CODE = ("pipeline", "schemas", "dvc.yaml", "params.yaml", "requirements.lock")
MORE = 100
RUNS = 3


def run(workspace: Path) -> float:
    """Run the stage and return the CPU seconds of its process, start and imports included."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DAFT_PROGRESS_BAR": "0"}
    command = [sys.executable, "-P", "-m", "pipeline.run", "dedup"]
    subprocess.run(command, cwd=workspace, env=environment, check=True, stderr=subprocess.DEVNULL)
    cost = json.loads((workspace / ".cache/runs/dedup.json").read_text(encoding="utf-8"))
    return float(cost["cpu_s"])


def fill(source: Path, workspace: Path, *, leave_out: int) -> int:
    """Copy the tables without so many pairs, spread over all, and return how many remain."""
    remaining = 0
    for name in TABLES:
        table = pq.read_table(source / "data" / name)
        step = max(1, len(table) // max(1, leave_out))
        left_out = set(range(0, step * leave_out, step))
        places = [n for n in range(len(table)) if n not in left_out]
        (workspace / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table.take(pa.array(places)), workspace / "data" / name, compression="zstd")
        remaining = len(places)
    return remaining


def measured(source: Path, workspace: Path) -> Iterator[str]:
    """Yield the lines of the report."""
    for name in CODE:
        (workspace / name).symlink_to(ROOT / name)
    for name in WHOLE:
        (workspace / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / "data" / name, workspace / "data" / name)
    memory, cold, warm = workspace / ".cache/dedup", workspace / "cold", workspace / "memory"
    fill(source, workspace, leave_out=MORE)
    run(workspace)
    memory.rename(warm)
    pairs = fill(source, workspace, leave_out=0)
    costs: dict[str, list[float]] = {"from nothing": [], f"{MORE} more": [], "nothing new": []}
    for _ in range(RUNS):
        shutil.rmtree(memory, ignore_errors=True)
        costs["from nothing"].append(run(workspace))
        shutil.rmtree(cold, ignore_errors=True)
        shutil.copytree(workspace / "data/dedup", cold)
        costs["nothing new"].append(run(workspace))
        shutil.rmtree(memory)
        shutil.copytree(warm, memory)
        costs[f"{MORE} more"].append(run(workspace))
        same = filecmp.cmpfiles(cold, workspace / "data/dedup", OUTPUTS, shallow=False)
        if same[0] != list(OUTPUTS):
            raise SystemExit(f"other bytes than from nothing: {same[1] + same[2]}")
    full = median(costs["from nothing"])
    yield f"# A delivery of {MORE} pairs into {pairs:,}: what dedup computes again\n"
    yield f"`{COMMAND}`\n"
    yield f"Median of {RUNS} runs, CPU seconds of the whole process; outputs are the same bytes.\n"
    yield "| memory | CPU s | of a run from nothing |"
    yield "|---|---:|---:|"
    for name, spent in costs.items():
        yield f"| {name} | {median(spent):.1f} | {median(spent) / full:.0%} |"


def main() -> None:
    """Measure with the workspace that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path, help="where integrate, qa and embed have run")
    with TemporaryDirectory() as folder:
        lines = measured(parser.parse_args().workspace.resolve(), Path(folder))
        text = "\n".join(lines) + "\n"
    (HERE / "successive.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
