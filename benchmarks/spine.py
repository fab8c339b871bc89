"""What the whole DAG costs on real deliveries: `make bench DELIVERIES=<folder by agent>`.

Clones HEAD into a temporary folder, lands the deliveries, and measures with the operating
system's own accounting: a clean run stage by stage, one more delivery of 100 pairs and what it adds
to DVC's cache, another one by plain `dvc repro`, a run with nothing to do beside plain `dvc repro`,
and the floor: the same files read with orjson and written
as one Parquet file. Prints Markdown. Quote ratios; single times belong to the machine.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
REPEATS = 5
NEW_PAIRS = 100

# The stages of dvc.yaml start `python`: this one, wherever the script is called from.
BESIDE = str(Path(sys.executable).parent)
ENVIRONMENT = os.environ | {"PATH": f"{BESIDE}{os.pathsep}{os.environ['PATH']}"}

FLOOR = """
import pathlib, sys
import orjson, pyarrow as pa, pyarrow.parquet as pq
rows = []
def walk(value):
    if isinstance(value, dict):
        if isinstance(value.get("question"), str) and isinstance(value.get("answer"), str):
            rows.append((value["question"], value["answer"]))
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            if isinstance(inner, (dict, list)):
                walk(inner)
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.json*")):
    for part in [path.read_bytes()] if path.suffix == ".json" else path.read_bytes().splitlines():
        try:
            walk(orjson.loads(part))
        except orjson.JSONDecodeError:
            pass
questions, answers = zip(*rows)
table = pa.table({"question": questions, "answer": answers})
pq.write_table(table, sys.argv[2], compression="zstd")
"""


class Cost(NamedTuple):
    """What a command took with all its children: seconds of wall and CPU, peak of one process."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def cost(command: list[str], folder: Path) -> Cost:
    """Run a command in folder and return what it took; stop the benchmark when it fails."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        done = subprocess.run(
            command, cwd=folder, env=ENVIRONMENT, capture_output=True, check=False
        )
        if done.returncode:
            sys.stderr.buffer.write(done.stderr[-2000:])
            sys.stderr.flush()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        told = [used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, done.returncode]
        os.write(write, json.dumps(told).encode())
        os._exit(0)
    start = time.monotonic()
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        cpu_s, peak_mb, code = json.loads(answer.read())
    os.waitpid(child, 0)
    if code:
        sys.exit(f"{' '.join(command)} failed with {code}")
    return Cost(time.monotonic() - start, cpu_s, peak_mb)


def stage_costs(folder: Path) -> dict[str, Cost]:
    """Return what each stage said that it took in its last run."""
    runs = (folder / ".cache/runs").glob("*.json")
    return {path.stem: Cost(**json.loads(path.read_text())) for path in runs}


def row(name: str, found: Cost, note: str = "") -> str:
    """Return one line of the table."""
    return f"| {name} | {found.wall_s:.1f} | {found.cpu_s:.1f} | {found.peak_mb:,.0f} | {note} |"


def new_delivery(folder: Path, seed: int = 77) -> Path:
    """Return a folder by agent with one delivery of NEW_PAIRS worked examples, drawn by seed."""
    from pipeline.generate.catalog import names  # noqa: PLC0415 - after the clone is made
    from pipeline.generate.examples import worked_examples  # noqa: PLC0415

    pairs = [
        {"question": example.question, "answer": example.answer}
        for name in sorted(names())[:4]
        for example in worked_examples(name, NEW_PAIRS // 4, seed)
    ]
    target = folder / f"more_{seed}" / "droid" / "one_more.json"
    target.parent.mkdir(parents=True)
    target.write_text(json.dumps({"total_pairs": len(pairs), "qa_pairs": pairs}))
    return target.parents[1]


def measure(deliveries: Path, folder: Path) -> None:
    """Print the tables of one measurement in folder."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    python = str(Path(sys.executable))
    faucet = [python, "-m", "pipeline.cli"]
    subprocess.run([*faucet, "fresh", "--force"], cwd=clone, check=True, stdout=subprocess.DEVNULL)
    land = cost([*faucet, "land", str(deliveries)], clone)
    clean = cost([*faucet, "repro"], clone)
    stages = stage_costs(clone)
    books = json.loads((clone / "metrics/integrate.json").read_text())["integrate"]
    names = ("found", "accepted", "repeated", "quarantined")
    print("pairs: " + ", ".join(f"{books[name]:,} {name}" for name in names) + "\n")
    print("| run | wall s | CPU s | peak MB | |\n|---|---:|---:|---:|---|")
    print(row("land", land))
    for name, found in sorted(stages.items(), key=lambda item: ORDER.index(item[0])):
        note = f"{books['accepted'] / found.cpu_s:,.0f} pairs per CPU s" if name == "dedup" else ""
        print(row(f"clean: {name}", found, note))
    print(row("clean: all, with DVC", clean))
    floor = cost([python, "-c", FLOOR, str(deliveries), str(folder / "floor.parquet")], clone)
    print(
        row(
            "floor: orjson to one Parquet",
            floor,
            f"clean = {clean.cpu_s / floor.cpu_s:.0f} x floor",
        )
    )
    stored = cache_mb(clone)
    print(f"\nDVC's cache after the clean run: {stored:,.0f} MB\n")
    land_more(faucet, clone, new_delivery(folder))
    again = cost([*faucet, "repro"], clone)
    print(f"\n{NEW_PAIRS} more pairs add {cache_mb(clone) - stored:,.0f} MB\n")
    for name, found in sorted(stage_costs(clone).items(), key=lambda item: ORDER.index(item[0])):
        print(row(f"100 more: {name}", found))
    print(row("100 more: all, with DVC", again, f"{again.cpu_s / clean.cpu_s:.0%} of clean"))
    dvc = [python, "-m", "dvc"]
    land_more(faucet, clone, new_delivery(folder, seed=78))
    plain = cost([*dvc, "repro"], clone)
    print(row("100 more: `dvc repro`", plain, f"{plain.cpu_s / clean.cpu_s:.0%} of clean"))
    idle(clone, faucet, dvc)


def land_more(faucet: list[str], clone: Path, more: Path) -> None:
    """Land a folder of deliveries."""
    subprocess.run([*faucet, "land", str(more)], cwd=clone, check=True, stdout=subprocess.DEVNULL)


def cache_mb(clone: Path) -> float:
    """Return what DVC's cache holds, in 10^6 bytes."""
    objects = (clone / ".dvc/cache/files").rglob("*")
    return sum(path.stat().st_size for path in objects if path.is_file()) / 1e6


def idle(clone: Path, faucet: list[str], dvc: list[str]) -> None:
    """Print what a run with nothing to do costs, in turn with plain DVC."""
    both = [(cost([*faucet, "repro"], clone), cost([*dvc, "repro"], clone)) for _ in range(REPEATS)]
    ours, plain = (
        sorted(side, key=lambda c: c.cpu_s)[REPEATS // 2] for side in zip(*both, strict=True)
    )
    ratio = statistics.median(a.cpu_s / b.cpu_s for a, b in both)
    print(
        row("nothing to do: faucet repro", ours, f"{ratio:.2f} x dvc repro (median of {REPEATS})")
    )
    print(row("nothing to do: dvc repro", plain))


ORDER = ("integrate", "qa", "embed", "dedup", "format", "split", "export", "visualize")


def main() -> None:
    """Measure on the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("deliveries", type=Path, help="a folder of deliveries, by agent")
    deliveries = parser.parse_args().deliveries.resolve()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        measure(deliveries, Path(folder))


if __name__ == "__main__":
    main()
