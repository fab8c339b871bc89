"""Scale: all eight stages on made corpora of 20 thousand pairs and more.

`python benchmarks/scale.py FOLDER 20000 100000 --chars 3000` makes each corpus (scale_corpus.py)
with answers of so many characters and a clone of HEAD below FOLDER, lands the corpus and runs the
stages one after the other, each in its own process, from nothing; `--runner ray` has each of them
run on a Ray cluster of this machine, whose figures are those of the driver alone. What a stage took
comes from the operating system (.cache/runs): its peak is that of the largest process, beside it
stands the peak of the stage with its forks together, each shared page counted once
(/proc/<pid>/smaps_rollup, once a second). What it found comes from metrics/, and how much of the
known families was found from families.csv.

The figures of a stage go to FOLDER/<runner>/<chars>/<pairs>/stages/<stage>.json as soon as it has
run; called again, the script goes on behind the last one. Without its file a stage is run again,
with the code that the clone has then. `--report` reads all that are there and writes scale_table.md
and scale.svg beside this script (scale_report.py).
"""

import argparse
import csv
import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from scale_corpus import ANSWER_CHARS, write
from scale_report import STAGES, read, write_report

ROOT = Path(__file__).parents[1]
RUNNERS = ("local", "ray")
FAMILIES = "corpus/families.csv"


def measure(pairs: int, answer_chars: int, runner: str, folder: Path) -> None:
    """Run the stages that have not run on a corpus of so many pairs, and keep what they took."""
    clone, figures = folder / "clone", folder / "stages"
    if not figures.is_dir():
        _prepare(pairs, answer_chars, runner, folder)
        figures.mkdir()
    for stage in STAGES:
        own = figures / f"{stage}.json"
        if not own.is_file():
            together_mb = _run(stage, clone)
            cost = {**read(clone / f".cache/runs/{stage}.json"), "together_mb": together_mb}
            own.write_text(json.dumps({**cost, "state": _state(clone)}, indent=1) + "\n")
    known = found_families(clone, folder / FAMILIES)
    (folder / "families.json").write_text(json.dumps(known, indent=1) + "\n")


def _prepare(pairs: int, answer_chars: int, runner: str, folder: Path) -> None:
    """Make a corpus and a clone of HEAD in which it has landed."""
    corpus, clone, agents = folder / "corpus", folder / "clone", folder / "agents"
    write(pairs, corpus, answer_chars)
    agents.mkdir()
    (corpus / "generator").rename(agents / "generator")
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    faucet = [sys.executable, "-m", "pipeline.cli"]
    for command in (["fresh", "--force"], ["land", str(agents)]):
        subprocess.run([*faucet, *command], cwd=clone, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(agents)
    params = clone / "params.yaml"
    told = re.sub(r"(?m)^  runner: \w+", f"  runner: {runner}", params.read_text("utf-8"))
    params.write_text(told, encoding="utf-8")


def _state(clone: Path) -> str:
    """Return the commit whose code a clone has."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.check_output(command, cwd=clone, text=True).strip()


def _run(stage: str, clone: Path) -> float:
    """Run a stage and return the peak of its processes together, in MB."""
    peak = 0.0
    with subprocess.Popen([sys.executable, "-m", "pipeline.run", stage], cwd=clone) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_resident_mb, _family_of(process.pid))))
            time.sleep(1)
    if process.returncode:
        raise SystemExit(f"{stage} ended with {process.returncode}")
    return peak


def _family_of(process: int) -> Iterator[int]:
    """Yield a process and all that descend from it."""
    yield process
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = listed.read_text().split()
        except OSError:
            continue  # the thread is gone
        for child in children:
            yield from _family_of(int(child))


def _resident_mb(process: int) -> float:
    """Return what a process has in memory, its share of what it shares with others; 0 once gone."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"(?m)^Pss:\s+(\d+) kB", text)
    return int(found[1]) / 1024 if found else 0.0


def found_families(workspace: Path, families: Path) -> dict[str, int]:
    """Return how many pairs of families were brought to their family, and to another one.

    A pair that is kept is judged by its cluster, one that was merged by the cluster of its winner.
    Held together is a pair in the cluster that holds most of its family; misled one that was
    merged into a pair of another family.
    """
    import daft  # noqa: PLC0415 - the process that starts stages stays small

    with families.open(encoding="utf-8", newline="") as file:
        family = {row["pair_id"]: int(row["family"]) for row in csv.DictReader(file)}
    kept = daft.read_parquet(str(workspace / "data/dedup/kept.parquet"))
    rows = kept.select("pair_id", "cluster_id", "aliases").to_pydict()
    members: dict[int, Counter[str]] = defaultdict(Counter)
    merged = misled = 0
    for pair_id, cluster_id, aliases in zip(*rows.values(), strict=True):
        members[family[pair_id]][cluster_id] += 1
        for alias in aliases:
            merged += 1
            misled += family[alias["pair_id"]] != family[pair_id]
            members[family[alias["pair_id"]]][cluster_id] += 1
    real = [counts for counts in members.values() if counts.total() > 1]
    by_cluster: dict[str, set[int]] = defaultdict(set)
    for name, counts in members.items():
        for cluster_id in counts:
            by_cluster[cluster_id].add(name)
    return {
        "families": len(real),
        "largest": max((counts.total() for counts in real), default=0),
        "pairs": sum(counts.total() for counts in real),
        "held_together": sum(max(counts.values()) for counts in real),
        "merged": merged,
        "misled": misled,
        "mixed_clusters": sum(len(names) > 1 for names in by_cluster.values()),
    }


def measure_each(sizes: Sequence[int], answer_chars: int, runner: str, folder: Path) -> None:
    """Measure each size from a fresh process: a stage's peak is at least that of its starter."""
    fresh = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=fresh, max_tasks_per_child=1) as pool:
        for pairs in sizes:
            own = folder / runner / str(answer_chars) / str(pairs)
            pool.submit(measure, pairs, answer_chars, runner, own).result()


def main() -> None:
    """Measure the sizes that the command line names, or report what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where corpora and workspaces go")
    parser.add_argument("pairs", type=int, nargs="*")
    parser.add_argument("--chars", type=int, default=ANSWER_CHARS, help="characters of an answer")
    parser.add_argument("--runner", choices=RUNNERS, default="local")
    parser.add_argument("--report", action="store_true", help="write the tables and the curves")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    measure_each(arguments.pairs, arguments.chars, arguments.runner, folder)
    if arguments.report:
        write_report(folder)


if __name__ == "__main__":
    main()
