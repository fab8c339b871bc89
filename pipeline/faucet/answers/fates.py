"""What became of every delivered pair after all stages, in the words of whoever delivered it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, NamedTuple

import daft
import pyarrow as pa
from daft import DataType, col, lit

from pipeline.core.json_values import Json
from pipeline.core.splits import IN_NO_SPLIT
from pipeline.dedup.rules import MERGING
from pipeline.faucet.lookup import ASSIGNMENTS, DECISIONS, KEPT, PAIRS, REPAIRS, SCORES, Row, table
from pipeline.quality.redaction import redacted
from pipeline.workspace.workspace import Workspace

STATES = ("rejected", *sorted(("merged", *IN_NO_SPLIT)), "kept", "unfinished")
"""What a pair is in the end: worst first; kept is in a split, unfinished was not judged yet."""

_DIGITS = 2
_ORIGIN = ("agent", "delivery", "pointer")


class Fates(NamedTuple):
    """The fates of all pairs, a row for each place in a delivery, sorted by delivery."""

    rows: pa.Table  # agent, delivery, pointer, pair_id and what the stages say of the pair
    starts: dict[tuple[str, str], tuple[int, int]]  # agent, delivery -> first row, rows
    weights: Mapping[str, float]  # of the parts of the score


def read_fates(workspace: Workspace) -> Fates | None:
    """Return what the last run's outputs say of every delivered pair; None before integrate.

    A stage that has not run yet says nothing, and its pairs are unfinished.
    """
    if not workspace.has(PAIRS):
        return None
    origins = table(workspace, PAIRS).select("pair_id", col("origins").explode().alias("origin"))
    placed = origins.select(
        "pair_id", *(col("origin").get(name).alias(name) for name in _ORIGIN)
    ).sort([*_ORIGIN, "pair_id"])
    for name, columns in (
        (SCORES, None),
        (KEPT, ("cluster_id", "alternative_of")),
        (ASSIGNMENTS, ("split",)),
        (REPAIRS, ("kinds",)),
    ):
        if workspace.has(name):
            placed = placed.join(_of_pair(workspace, name, columns), on="pair_id", how="left")
    if workspace.has(DECISIONS):
        placed = placed.join(_merges(workspace), on="pair_id", how="left")
    rows = placed.sort([*_ORIGIN, "pair_id"]).to_arrow().combine_chunks()
    return Fates(rows, _starts(rows), workspace.dag.params["qa"]["weights"])


def fates_of(fates: Fates, agent: str, delivery: str) -> list[Json]:
    """Return the fate of each pair of a delivery, in the order of their places in it.

    Each has pair_id, pointer, state (one of STATES), flags with what spoke and its severity,
    into (the pair that it was merged into or stands beside), score (0-100), costliest (the part of
    the score that cost most, and how many points), and repairs (what was taken off).
    """
    start, count = fates.starts.get((agent, delivery), (0, 0))
    return [_fate(row, fates.weights) for row in fates.rows.slice(start, count).to_pylist()]


def counts_of(pairs: list[Json]) -> Json:
    """Return how many pairs of a delivery came to which state, and their mean score."""
    states = Counter(pair["state"] for pair in pairs)
    scores = [pair["score"] for pair in pairs if pair["score"] is not None]
    return {
        **{state: states[state] for state in STATES},
        "linked": sum(pair["is_linked"] for pair in pairs),
        "repaired": sum(bool(pair["repairs"]) for pair in pairs),
        "mean_score": round(sum(scores) / len(scores), _DIGITS) if scores else None,
    }


def _of_pair(workspace: Workspace, name: str, columns: tuple[str, ...] | None) -> daft.DataFrame:
    """Return what a table says of each pair."""
    found = table(workspace, name)
    if name == REPAIRS:
        found = found.where(col("is_applied") == lit(True))  # noqa: FBT003 - a value
    if name == KEPT:
        sizes = found.groupby("cluster_id").agg(col("pair_id").count().alias("cluster_size"))
        return found.select("pair_id", *(columns or ())).join(sizes, on="cluster_id")
    if columns is None:
        parts = [part for part in found.column_names if part.startswith("part_")]
        columns = ("score", "verdict", "decided_by", "flags", *parts)
    return found.select("pair_id", *columns)


def _merges(workspace: Workspace) -> daft.DataFrame:
    """Return the winner that each merged pair went into."""
    merges = table(workspace, DECISIONS).where(
        col("action").is_in(sorted(MERGING)) & col("winner").not_null()
    )
    each = merges.select("winner", col("members").explode().alias("pair_id"), "why")
    losers = each.where(col("pair_id") != col("winner")).distinct("pair_id")
    return losers.select("pair_id", col("winner").cast(DataType.string()), "why")


def _starts(rows: pa.Table) -> dict[tuple[str, str], tuple[int, int]]:
    """Return where the rows of each delivery begin, which are side by side, and how many.

    Arrow's own grouping would load its data sets and pandas, at the cost of all else here.
    """
    deliveries = zip(rows["agent"].to_pylist(), rows["delivery"].to_pylist(), strict=True)
    counts = Counter(deliveries)
    ends = accumulate(counts.values())
    return {
        delivery: (end - count, count)
        for (delivery, count), end in zip(counts.items(), ends, strict=True)
    }


def _fate(row: Row, weights: Mapping[str, float]) -> Json:
    fate: dict[str, Any] = defaultdict(lambda: None, row)
    flags = [
        {**flag, "evidence": redacted(flag["evidence"])}
        for flag in fate["flags"] or ()
        if flag["severity"] != "info"
    ]
    return {
        "pair_id": fate["pair_id"],
        "pointer": fate["pointer"],
        "state": _state(fate),
        "decided_by": fate["decided_by"],
        "flags": flags,
        "into": fate["winner"] or fate["alternative_of"],
        "is_linked": (fate["cluster_size"] or 0) > 1,
        "score": None if fate["score"] is None else round(fate["score"], _DIGITS),
        "costliest": _costliest(fate, weights),
        "repairs": fate["kinds"] or [],
    }


def _state(fate: Mapping[str, Any]) -> str:
    if fate["verdict"] == "reject":
        return "rejected"
    if fate["winner"]:
        return "merged"
    if fate["split"] in IN_NO_SPLIT:
        return str(fate["split"])
    return "kept" if fate["split"] else "unfinished"


def _costliest(fate: Mapping[str, Any], weights: Mapping[str, float]) -> Json | None:
    """Return the part that took most points from the score, None where none took any."""
    whole = sum(weights.values()) or 1
    costs = {
        part: 100 * weight / whole * (1 - fate[f"part_{part}"])
        for part, weight in weights.items()
        if fate[f"part_{part}"] is not None
    }
    part = max(sorted(costs), key=lambda name: costs[name], default=None)
    points = 0.0 if part is None else round(costs[part], 1)
    return {"part": part, "points": points} if points else None
