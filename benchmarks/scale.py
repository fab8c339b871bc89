"""Scale: all eight stages on made corpora of 20 thousand pairs and more.

`python benchmarks/scale.py FOLDER 20000 100000 --chars 3000` makes each corpus (scale_corpus.py)
with answers of so many characters and a clone of HEAD below FOLDER, lands the corpus and runs the
stages one after the other, each in its own process, from nothing; `--runner ray` has each of them
run on a Ray cluster of this machine, whose figures are those of the driver alone. What a stage took
comes from the operating system (.cache/runs), what it found from metrics/, and how much of the
known families was found from families.csv. The figures go to
FOLDER/<runner>/<chars>/<pairs>/result.json; `--report` reads all that are there and writes
scale_table.md and scale.svg beside this script. Exponents and slopes are those of a corpus against
the next smaller one with answers as long.
"""

import argparse
import csv
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby
from math import log
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from scale_corpus import ANSWER_CHARS, write

HERE = Path(__file__).parent
ROOT = HERE.parent
STAGES = ("integrate", "qa", "embed", "dedup", "format", "split", "export", "visualize")
RUNNERS = ("local", "ray")
FAMILIES = "corpus/families.csv"
Result = dict[str, Any]


def measure(pairs: int, answer_chars: int, runner: str, folder: Path) -> None:
    """Run the stages on a corpus of so many pairs and keep what they took."""
    corpus, clone, agents = folder / "corpus", folder / "clone", folder / "agents"
    write(pairs, corpus, answer_chars)
    agents.mkdir()
    (corpus / "generator").rename(agents / "generator")
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    faucet = [sys.executable, "-m", "pipeline.cli"]
    for command in (["fresh", "--force"], ["land", str(agents)]):
        subprocess.run([*faucet, *command], cwd=clone, check=True, stdout=subprocess.DEVNULL)
    params = clone / "params.yaml"
    told = re.sub(r"(?m)^  runner: \w+", f"  runner: {runner}", params.read_text("utf-8"))
    params.write_text(told, encoding="utf-8")
    for stage in STAGES:
        subprocess.run([sys.executable, "-m", "pipeline.run", stage], cwd=clone, check=True)
    result = {
        "pairs": pairs,
        "chars": answer_chars,
        "runner": runner,
        "stages": {s: read(clone / f".cache/runs/{s}.json") for s in STAGES},
        "dedup": read(clone / "metrics/dedup.json")["dedup"],
        "split": read(clone / "metrics/split.json")["split"],
        "families": found_families(clone, folder / FAMILIES),
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


def report(results: list[Result]) -> Iterator[str]:
    """Yield the tables: costs of runs in this process, of the driver on Ray, and what was found."""
    local = [result for result in results if result["runner"] == "local"]
    yield from costs(local)
    distributed = [result for result in results if result["runner"] == "ray"]
    if distributed:
        yield "\nPeak memory of the driver on Ray (MB), and as a share of a local run's:\n"
        yield f"| answer chars | pairs | {' | '.join(STAGES)} |"
        yield "|---:|---:|" + "---:|" * len(STAGES)
        yield from drivers(local, distributed)
    yield "\nWhat deduplication found, and how buckets were bounded:\n"
    yield from findings(local)


def costs(results: list[Result]) -> Iterator[str]:
    """Yield what each stage took, with exponents of CPU seconds and slopes of memory."""
    yield (
        "| answer chars | pairs | stage | wall s | CPU s | peak MB | pairs per CPU s | exponent"
        " | MB per 1,000 more pairs |"
    )
    yield "|---:|---:|---|---:|---:|---:|---:|---:|---:|"
    for chars, same in groupby(results, key=lambda result: result["chars"]):
        before: dict[str, tuple[int, float, float]] = {}
        for result in same:
            for stage, cost in with_all(result["stages"]).items():
                pairs, cpu, peak = result["pairs"], cost["cpu_s"], cost["peak_mb"]
                cells = [f"{chars:,}", f"{pairs:,}", stage, f"{cost['wall_s']:,.0f}"]
                cells += [f"{cpu:,.0f}", f"{peak:,.0f}", f"{pairs / cpu:,.0f}"]
                cells += slopes(before[stage], (pairs, cpu, peak)) if stage in before else ["", ""]
                yield f"| {' | '.join(cells)} |"
                before[stage] = (pairs, cpu, peak)


def with_all(stages: dict[str, Any]) -> dict[str, Any]:
    """Return the costs of all stages and of all together, which run one after the other."""
    each = [stages[stage] for stage in STAGES]
    total = {name: sum(cost[name] for cost in each) for name in ("wall_s", "cpu_s")}
    named = dict(zip(STAGES, each, strict=True))
    return {**named, "all": {**total, "peak_mb": max(cost["peak_mb"] for cost in each)}}


def slopes(one: tuple[int, float, float], other: tuple[int, float, float]) -> list[str]:
    """Return the exponent of CPU seconds against pairs, and MB per 1,000 more pairs."""
    (pairs, cpu, peak), (more_pairs, more_cpu, more_peak) = one, other
    exponent = log(more_cpu / cpu) / log(more_pairs / pairs)
    return [f"{exponent:.2f}", f"{(more_peak - peak) / (more_pairs - pairs) * 1000:.1f}"]


def drivers(local: list[Result], distributed: list[Result]) -> Iterator[str]:
    """Yield a row per run on Ray that has one in this process beside it."""
    beside = {(one["chars"], one["pairs"]): one["stages"] for one in local}
    for result in distributed:
        size = (result["chars"], result["pairs"])
        if size in beside:
            peaks = [(result["stages"][s]["peak_mb"], beside[size][s]["peak_mb"]) for s in STAGES]
            cells = [f"{count:,}" for count in size]
            cells += [f"{driver:,.0f} ({driver / peak:.0%})" for driver, peak in peaks]
            yield f"| {' | '.join(cells)} |"


def findings(results: list[Result]) -> Iterator[str]:
    """Yield what dedup and split found in each corpus."""
    names = ("candidates", "largest_bucket", "split_buckets", "verified", "uncompared", "merged")
    known = ("families", "largest", "pairs", "held_together", "misled", "mixed_clusters")
    columns = [*names, *(f"families: {name}" for name in known), "leaked_twins"]
    yield f"| answer chars | pairs | {' | '.join(columns)} |"
    yield "|---:|---:|" + "---:|" * len(columns)
    for result in results:
        cells = [f"{result[name]:,}" for name in ("chars", "pairs")]
        cells += [f"{result['dedup'][name]:,.0f}" for name in names]
        cells += [f"{result['families'][name]:,}" for name in known]
        cells.append(f"{result['split']['leaked_twins']:,.0f}")
        yield f"| {' | '.join(cells)} |"


def drawn(results: list[Result]) -> str:
    """Return the curves of CPU seconds against pairs, both logarithmic, as SVG."""
    import altair as alt  # noqa: PLC0415 - the process that starts stages stays small
    import pandas as pd  # noqa: PLC0415
    import vl_convert  # noqa: PLC0415

    rows = [
        {
            "pairs": r["pairs"],
            "CPU seconds": r["stages"][s]["cpu_s"],
            "stage": s,
            "chars": r["chars"],
        }
        for r in results
        if r["runner"] == "local"
        for s in STAGES
    ]
    scale = alt.Scale(type="log")
    sizes = sorted({row["pairs"] for row in rows})
    chart = (
        alt.Chart(pd.DataFrame(rows), width=320, height=280)
        .mark_line(point=True)
        .encode(
            x=alt.X("pairs", scale=scale, axis=alt.Axis(values=sizes)),
            y=alt.Y("CPU seconds", scale=scale),
            color=alt.Color("stage", sort=list(STAGES)),
            column=alt.Column(
                "chars", title="CPU seconds by corpus size and characters of an answer"
            ),
        )
    )
    return str(vl_convert.vegalite_to_svg(chart.to_json()))


def write_report(folder: Path) -> None:
    """Write the tables and the curves of all that was measured below a folder."""
    found = [read(path) for path in folder.glob("*/*/*/result.json")]
    results = sorted(found, key=lambda result: (result["chars"], result["pairs"]))
    text = "\n".join(report(results)) + "\n"
    (HERE / "scale_table.md").write_text(text, encoding="utf-8")
    (HERE / "scale.svg").write_text(drawn(results), encoding="utf-8")
    sys.stdout.write(text)


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
