"""Scale: integrate, qa, embed, dedup and split on made corpora of 20 thousand to a million pairs.

`python benchmarks/scale.py FOLDER 20000 100000 300000 1000000` makes each corpus
(scale_corpus.py) and a clone of HEAD below FOLDER, lands the corpus and runs the stages one after
the other, each in its own process, from nothing. What each took comes from the operating system
(.cache/runs), what it found from metrics/, and how much of the known families was found from
families.csv. The figures go to FOLDER/<pairs>/result.json; `--report` reads all that are there
and writes scale_table.md and scale.svg beside this script. Exponents are those of CPU seconds
against pairs, between two corpora that follow one another.
"""

import argparse
import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from math import log
from pathlib import Path
from typing import Any

import altair as alt
import daft
import pandas as pd
import vl_convert
from scale_corpus import write

HERE = Path(__file__).parent
ROOT = HERE.parent
STAGES = ("integrate", "qa", "embed", "dedup", "split")


def measure(pairs: int, folder: Path) -> None:
    """Run the stages on a corpus of so many pairs and keep what they took."""
    corpus, clone = folder / "corpus", folder / "clone"
    write(pairs, corpus)
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    faucet = [sys.executable, "-m", "pipeline.cli"]
    agents = folder / "agents"
    agents.mkdir()
    (corpus / "generator").rename(agents / "generator")
    for command in (["fresh", "--force"], ["land", str(agents)]):
        subprocess.run([*faucet, *command], cwd=clone, check=True, stdout=subprocess.DEVNULL)
    for stage in STAGES:
        subprocess.run([sys.executable, "-m", "pipeline.run", stage], cwd=clone, check=True)
    collect(pairs, clone, corpus / "families.csv", folder)


def collect(pairs: int, workspace: Path, families: Path, folder: Path) -> None:
    """Write result.json: cost of each stage, its metrics, and the families that were found."""
    result = {
        "pairs": pairs,
        "stages": {s: read(workspace / f".cache/runs/{s}.json") for s in STAGES},
        "dedup": read(workspace / "metrics/dedup.json")["dedup"],
        "split": read(workspace / "metrics/split.json")["split"],
        "families": found_families(workspace, families),
    }
    (folder / "result.json").write_text(json.dumps(result, indent=1, sort_keys=True) + "\n")


def read(path: Path) -> dict[str, Any]:
    """Return a JSON object."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def found_families(workspace: Path, families: Path) -> dict[str, int]:
    """Return how many pairs of families were brought to their family, and to another one.

    A pair that is kept is judged by its cluster, one that was merged by the cluster of its winner.
    Held together is a pair in the cluster that holds most of its family; misled one that was
    merged into a pair of another family.
    """
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


def report(results: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the tables."""
    yield "| pairs | stage | wall s | CPU s | peak MB | pairs per CPU s | exponent |"
    yield "|---:|---|---:|---:|---:|---:|---:|"
    before: dict[str, tuple[int, float]] = {}
    for result in results:
        costs = {s: result["stages"][s] for s in STAGES}
        costs["all"] = {
            "wall_s": sum(c["wall_s"] for c in costs.values()),
            "cpu_s": sum(c["cpu_s"] for c in costs.values()),
            "peak_mb": max(c["peak_mb"] for c in costs.values()),
        }
        for stage, cost in costs.items():
            pairs, cpu = result["pairs"], cost["cpu_s"]
            grown = before.get(stage)
            exponent = f"{log(cpu / grown[1]) / log(pairs / grown[0]):.2f}" if grown else ""
            cells = [f"{pairs:,}", stage, f"{cost['wall_s']:,.0f}", f"{cpu:,.0f}"]
            cells += [f"{cost['peak_mb']:,.0f}", f"{pairs / cpu:,.0f}", exponent]
            yield f"| {' | '.join(cells)} |"
            before[stage] = (pairs, cpu)
    yield "\nWhat deduplication found, and how buckets were bounded:\n"
    names = ("candidates", "largest_bucket", "split_buckets", "verified", "uncompared", "merged")
    known = ("families", "largest", "pairs", "held_together", "misled", "mixed_clusters")
    columns = [*names, *(f"families: {name}" for name in known), "leaked_twins"]
    yield f"| pairs | {' | '.join(columns)} |"
    yield "|---:|" + "---:|" * len(columns)
    for result in results:
        cells = [f"{result['dedup'][name]:,.0f}" for name in names]
        cells += [f"{result['families'][name]:,}" for name in known]
        cells.append(f"{result['split']['leaked_twins']:,.0f}")
        yield f"| {result['pairs']:,} | {' | '.join(cells)} |"


def drawn(results: list[dict[str, Any]]) -> str:
    """Return the curve of CPU seconds against pairs, both logarithmic, as SVG."""
    rows = [
        {"pairs": r["pairs"], "CPU seconds": r["stages"][s]["cpu_s"], "stage": s}
        for r in results
        for s in STAGES
    ]
    scale = alt.Scale(type="log")
    chart = (
        alt.Chart(pd.DataFrame(rows), width=420, height=280, title="CPU seconds by corpus size")
        .mark_line(point=True)
        .encode(
            x=alt.X("pairs", scale=scale, axis=alt.Axis(values=[r["pairs"] for r in results])),
            y=alt.Y("CPU seconds", scale=scale),
            color=alt.Color("stage", sort=list(STAGES)),
        )
    )
    return str(vl_convert.vegalite_to_svg(chart.to_json()))


def main() -> None:
    """Measure the sizes that the command line names, or report what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where corpora and workspaces go")
    parser.add_argument("pairs", type=int, nargs="*")
    parser.add_argument("--report", action="store_true", help="write the tables and the chart")
    arguments = parser.parse_args()
    for pairs in arguments.pairs:
        measure(pairs, arguments.folder.resolve() / str(pairs))
    if arguments.report:
        found = [read(path) for path in arguments.folder.glob("*/result.json")]
        results = sorted(found, key=lambda result: int(result["pairs"]))
        text = "\n".join(report(results)) + "\n"
        (HERE / "scale_table.md").write_text(text, encoding="utf-8")
        (HERE / "scale.svg").write_text(drawn(results), encoding="utf-8")
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
