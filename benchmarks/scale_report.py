"""What benchmarks/scale.py measured, as tables and curves.

Exponents and slopes are those of a corpus against the next smaller one with answers as long.
"""

import json
import sys
from collections.abc import Iterator
from itertools import groupby
from math import log
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
STAGES = ("integrate", "qa", "embed", "dedup", "format", "split", "export", "visualize")
Result = dict[str, Any]


def read(path: Path) -> dict[str, Any]:
    """Return a JSON object."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


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
    yield from findings([result for result in local if "families" in result])


def costs(results: list[Result]) -> Iterator[str]:
    """Yield what each stage took, with exponents of CPU seconds and slopes of memory."""
    yield (
        "| answer chars | pairs | stage | wall s | CPU s | peak MB | with forks | pairs per CPU s"
        " | exponent | MB per 1,000 more pairs |"
    )
    yield "|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|"
    for chars, same in groupby(results, key=lambda result: result["chars"]):
        before: dict[str, tuple[int, float, float]] = {}
        for result in same:
            for stage, cost in with_all(result["stages"]).items():
                pairs, cpu, peak = result["pairs"], cost["cpu_s"], cost["peak_mb"]
                cells = [f"{chars:,}", f"{pairs:,}", stage, f"{cost['wall_s']:,.0f}"]
                cells += [f"{cpu:,.0f}", f"{peak:,.0f}"]
                cells.append(f"{max(peak, cost['together_mb']):,.0f}")  # seen once a second
                cells.append(f"{pairs / cpu:,.0f}")
                cells += slopes(before[stage], (pairs, cpu, peak)) if stage in before else ["", ""]
                yield f"| {' | '.join(cells)} |"
                before[stage] = (pairs, cpu, peak)


def with_all(stages: dict[str, Any]) -> dict[str, Any]:
    """Return the costs of the stages that ran and, where all did, of them one after the other."""
    if set(stages) != set(STAGES):
        return stages
    each = stages.values()
    total = {name: sum(cost[name] for cost in each) for name in ("wall_s", "cpu_s")}
    most = {name: max(cost[name] for cost in each) for name in ("peak_mb", "together_mb")}
    return {**stages, "all": {**total, **most}}


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
            cells = [f"{count:,}" for count in size]
            for stage in STAGES:
                both = [stages.get(stage, {}) for stages in (result["stages"], beside[size])]
                driver, peak = (cost.get("peak_mb") for cost in both)
                cells.append(f"{driver:,.0f} ({driver / peak:.0%})" if driver and peak else "")
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
        for s in r["stages"]
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


def measured(folder: Path) -> Result:
    """Return what there is of a measurement in a folder; what was found, where all stages ran."""
    found = {path.stem: read(path) for path in (folder / "stages").glob("*.json")}
    result: Result = {
        "runner": folder.parts[-3],
        "chars": int(folder.parts[-2]),
        "pairs": int(folder.parts[-1]),
        "stages": {stage: found[stage] for stage in STAGES if stage in found},
    }
    if (folder / "families.json").is_file():
        for name in ("dedup", "split"):
            result[name] = read(folder / f"clone/metrics/{name}.json")[name]
        result["families"] = read(folder / "families.json")
    return result


def write_report(folder: Path) -> None:
    """Write the tables and the curves of all that was measured below a folder."""
    found = [measured(path.parent) for path in folder.glob("*/*/*/stages")]
    results = sorted(found, key=lambda result: (result["chars"], result["pairs"]))
    text = "\n".join(report(results)) + "\n"
    (HERE / "scale_table.md").write_text(text, encoding="utf-8")
    (HERE / "scale.svg").write_text(drawn(results), encoding="utf-8")
    sys.stdout.write(text)
