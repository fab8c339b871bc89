"""split: kept pairs in, train / validation / test out, no duplicate cluster in two of them."""

from typing import NamedTuple

import daft
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from daft import DataType, col, lit

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.core.memo import Memo
from pipeline.core.scores import STEPS, in_steps
from pipeline.core.splits import SPLITS, WITHHELD
from pipeline.dedup.guards.lexicon import lexicon_of
from pipeline.reviews.force import in_force
from pipeline.reviews.tables import verdicts_of
from pipeline.splits.aside import INCLUDED, aside_as, aside_counts, put_aside, waiting_by_flag
from pipeline.splits.likeness import DIMENSIONS, Distance, cells_of, distances, groups_of
from pipeline.splits.lots import GROUPS, UNASSIGNED, Drawing, prepare_drawing
from pipeline.splits.sticky import assign_sticky
from pipeline.splits.stratified import assign_stratified
from pipeline.splits.twins import Leak, LeakSearch, find_leaks

METHODS = ("stratified", "sticky")

_WHOLE_PCT = 100


class Split(NamedTuple):
    """The split of every kept pair, and what the splits look like."""

    assignments: daft.DataFrame
    split_metadata: Json
    metrics: dict[str, float]


def split(
    kept: daft.DataFrame,
    plan: pd.DataFrame,
    opposites: Json,
    verdicts: pd.DataFrame,
    *,
    method: str,
    group_by: str,
    train_pct: float,
    validation_pct: float,
    test_pct: float,
    seed: int,
    twin_threshold: float,
    export_include: str,
    memo: Memo,
) -> Split:
    """Return a split for every kept pair, none of which divides a group, and the proof of it.

    A pair under review waits (export_include accepted) until a person or a rule settles it, or is
    drawn for like the others (all); one that stands beside a better answer to its question is in
    no split.

    group_by says what a group is: a cluster of duplicates, or a cluster together with all that
    fill the same template with other names, numbers and directions. method says how groups are
    drawn: stratified meets the percentages in every stratum (column group), makes the splits alike
    in sizes, verdicts, scores and lengths of answers, and draws anew when the corpus grows; sticky
    lets every pair draw for itself and never moves it to another split, at the price of a binomial
    error and of a few pairs that are withheld from all splits (docs/splits.md). The percentages
    sum to 100. seed draws.

    A pair that its delivery says is tested or validated on is held out: it, and under stratified
    its group, is in that split and never in train.

    Then twins are searched for across the splits, whatever deduplication found: pairs whose
    questions are at least twin_threshold (0-100) alike with silent guards, and pairs with one
    answer. plan and opposites say which names, directions and empty words the subject has.
    verdicts are those of reviewers: what they keep apart is no twin.

    Raises UserError for an unknown method or group, and for percentages that do not sum to 100 or
    are negative.
    """
    _check_choice("method", method, METHODS)
    _check_choice("group_by", group_by, GROUPS)
    _check_choice("include", export_include, INCLUDED, section="export")
    shares = _shares(train_pct, validation_pct, test_pct)
    known = lexicon_of(plan, opposites)
    aside = put_aside(kept, export_include)
    drawn_for = kept.where(aside_as(export_include).is_null())
    drawing = prepare_drawing(drawn_for, group_by=group_by, known=known, memo=memo)
    names = _drawn(drawing, method, shares, seed)
    rows = drawing.pairs.append_column("split", pa.array(names, pa.large_string()))
    of_two = in_force(verdicts_of(verdicts)).of_two
    apart = {pair_ids for pair_ids, verdict in of_two.items() if verdict == "keep_apart"}
    search = find_leaks(
        rows.filter(pc.not_equal(rows["split"], WITHHELD)),
        threshold=twin_threshold,
        apart=frozenset(apart),
        known=known,
    )
    table = daft.from_arrow(
        rows.select(["pair_id", "split", "category", "group", "cluster_id", "group_id", "score"])
    )
    far = distances(cells_of(drawing.pairs), names)
    metadata = {
        "method": method,
        "seed": seed,
        "stratified_by": "group" if method == "stratified" else None,
        "grouped_by": group_by,
        "target_share": shares,
        **_shape(table),
        "held_out": {name: [*drawing.held_out.values()].count(name) for name in SPLITS[1:]},
        **aside_counts(aside),
        "waiting_by_flag": waiting_by_flag(aside),
        "distances": [one._asdict() for one in far],
        "largest_distance": far[0]._asdict() if far else None,
        "leaks": [_leak_record(leak) for leak in search.leaks],
    }
    return Split(
        _assignments(table, aside),
        metadata,
        {**_counts(metadata, search), **_distance_metrics(far), **_mean_scores(table)},
    )


def _check_choice(
    name: str, chosen: str, known: tuple[str, ...], *, section: str = "split"
) -> None:
    if chosen not in known:
        allowed = " or ".join(known)
        raise UserError(f"params.yaml: {section}.{name} is {chosen!r}, must be {allowed}")


def _assignments(drawn: daft.DataFrame, aside: daft.DataFrame) -> daft.DataFrame:
    names = ("pair_id", "split", "category", "group", "cluster_id")
    placed = aside.with_column("category", col("category").fill_null(UNASSIGNED))
    return drawn.select(*names).concat(placed.select(*names))


def _shares(*percentages: float) -> dict[str, float]:
    if min(percentages) < 0 or abs(sum(percentages) - _WHOLE_PCT) > 1e-9:  # noqa: PLR2004 - rounding
        total = " + ".join(f"{pct:g}" for pct in percentages)
        raise UserError(f"params.yaml: the split's percentages must sum to 100, got {total}")
    return {name: pct / _WHOLE_PCT for name, pct in zip(SPLITS, percentages, strict=True)}


def _drawn(drawing: Drawing, method: str, shares: dict[str, float], seed: int) -> list[str]:
    """Return the split of each of the pairs, in their order."""
    if method == "sticky":
        of_pair = assign_sticky(drawing.lots, drawing.merged, shares, seed, drawing.held_out)
        return [of_pair[pair_id] for pair_id in drawing.pairs["pair_id"].to_pylist()]
    of_group = assign_stratified(groups_of(drawing.pairs, drawing.held_out), shares, seed)
    return [of_group[group_id] for group_id in drawing.pairs["group_id"].to_pylist()]


def _shape(table: daft.DataFrame) -> Json:
    """Return what the splits hold, and that none of them shares a group with another."""
    by_category, by_group = (_cells(table, column) for column in ("category", "group"))
    totals = {name: sum(row[name] for row in by_group.values()) for name in (*SPLITS, WITHHELD)}
    withheld = totals.pop(WITHHELD)
    whole = max(sum(totals.values()), 1)
    return {
        "pairs": totals,
        "withheld": withheld,
        "share": {name: round(count / whole, 6) for name, count in totals.items()},
        "pairs_by_category": _in_splits(by_category),
        "pairs_by_group": _in_splits(by_group),
        **_spread(table, "cluster"),
        **_spread(table, "group"),
    }


def _cells(table: daft.DataFrame, column: str) -> dict[str, dict[str, int]]:
    """Return the pairs by value of a column and split."""
    counted = table.groupby(column, "split").agg(col("pair_id").count().alias("pairs"))
    cells: dict[str, dict[str, int]] = {}
    for value, name, pairs in zip(*counted.to_pydict().values(), strict=True):
        cells.setdefault(value, dict.fromkeys((*SPLITS, WITHHELD), 0))[name] = pairs
    return cells


def _in_splits(cells: dict[str, dict[str, int]]) -> Json:
    return {value: {name: row[name] for name in SPLITS} for value, row in cells.items()}


def _spread(table: daft.DataFrame, what: str) -> dict[str, int]:
    """Return how many clusters or groups there are, the largest, and those in two splits."""
    cells = table.groupby(f"{what}_id", "split").agg(col("pair_id").count().alias("pairs"))
    spread = cells.groupby(f"{what}_id").agg(
        col("pairs").sum(),
        (col("split") != lit(WITHHELD)).cast(DataType.int64()).sum().alias("splits"),
    )
    totals = spread.agg(
        col("pairs").count().alias("count"),
        col("pairs").max().alias("largest"),
        (col("splits") > lit(1)).cast(DataType.int64()).sum().alias("divided"),
    ).to_pylist()[0]
    return {
        f"{what}s": totals["count"],
        f"largest_{what}": totals["largest"] or 0,
        f"{what}s_in_two_splits": totals["divided"] or 0,
    }


def _leak_record(leak: Leak) -> Json:
    return {**leak._asdict(), "pair_ids": list(leak.pair_ids)}


def _counts(metadata: Json, search: LeakSearch) -> dict[str, float]:
    names = (
        "withheld",
        "waiting",
        "alternatives",
        "clusters",
        "clusters_in_two_splits",
        "groups",
        "largest_group",
    )
    return {
        **{f"{name}_pairs": count for name, count in metadata["pairs"].items()},
        **{name: metadata[name] for name in names},
        "held_out": sum(metadata["held_out"].values()),
        "leaked_twins": len(search.leaks),
        "leak_comparisons": search.comparisons,
    }


def _distance_metrics(far: list[Distance]) -> dict[str, float]:
    """Return the largest distance from train, and that of each dimension."""
    largest = {f"distance_{name}": 0.0 for name in DIMENSIONS}
    for one in reversed(far):
        largest[f"distance_{one.dimension}"] = one.distance
    return {**largest, "largest_distance": far[0].distance if far else 0.0}


def _mean_scores(table: daft.DataFrame) -> dict[str, float]:
    """Return the mean quality score of each split: splits that differ much are a bad draw."""
    summed = table.groupby("split").agg(
        in_steps("score").sum().alias("steps"), col("pair_id").count().alias("pairs")
    )
    rows = zip(*summed.to_pydict().values(), strict=True)
    means = {name: steps / pairs / STEPS for name, steps, pairs in rows}
    return {f"{name}_mean_score": round(means.get(name, 0), 4) for name in SPLITS}
