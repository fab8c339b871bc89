"""Two states side by side: which figures differ, which pairs came and went, three charts."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import daft
from daft import DataType, col, lit

from pipeline.core.json_values import Json
from pipeline.faucet.changes.states import (
    DataState,
    data_state,
    figures_at,
    kept_at,
    kept_by_rebuilding,
)
from pipeline.faucet.lookup import Row
from pipeline.quality.redaction import redacted
from pipeline.workspace.workspace import Workspace

SAMPLE_PAIRS = 10
_SHOWN_CHARS = 400
_GROUPS = 12
_BIN = 10
_TOP_BIN = 9
_FATES = {
    "kept": "dedup.kept",
    "merged": "dedup.merged",
    "rejected": "dedup.rejected",
    "waiting": "split.waiting",
    "train": "split.train_pairs",
    "validation": "split.validation_pairs",
    "test": "split.test_pairs",
}


class FigureChange(NamedTuple):
    """A figure at both sides, None where a side lacks it."""

    name: str
    before: float | None
    after: float | None


class PairsOfOne(NamedTuple):
    """Pairs that one of two states has: how many, and the first of them by pair_id.

    A row of sample has pair_id, question (without credentials), indicator and group.
    """

    total: int
    sample: list[Row]


class Comparison(NamedTuple):
    """A chart of numbers before and after; rows are label, before and after."""

    title: str
    subtitle: str
    rows: Sequence[tuple[str, float, float]]


class Changes(NamedTuple):
    """What differs between two states; gained, lost are None, with a fault, where unknown."""

    before: DataState
    after: DataState
    figures: list[FigureChange]
    same: int
    counts: list[FigureChange]
    gained: PairsOfOne | None
    lost: PairsOfOne | None
    charts: list[Comparison]
    fault: str

    def as_json(self) -> Json:
        """Return the changes as JSON values: figures and counts by name, pairs by side."""
        return {
            "before": self.before.commit,
            "after": self.after.commit,
            "counts": {one.name: [one.before, one.after] for one in self.counts},
            "figures": {one.name: [one.before, one.after] for one in self.figures},
            "same": self.same,
            "gained": self.gained._asdict() if self.gained else None,
            "lost": self.lost._asdict() if self.lost else None,
            "fault": self.fault,
        }


def changes(workspace: Workspace, before: str, after: str, *, is_rebuilt: bool = False) -> Changes:
    """Return what changed from one state to another, each a revision or NOW.

    is_rebuilt: make the pairs of a commit anew where DVC's cache does not have them.

    Raises UserError where a revision is no commit, or its rebuild fails.
    """
    sides = (data_state(workspace, before), data_state(workspace, after))
    one, other = (figures_at(workspace, side.commit) for side in sides)
    listed = [FigureChange(name, one.get(name), other.get(name)) for name in sorted({*one, *other})]
    differing = [figure for figure in listed if figure.before != figure.after]
    counts = [FigureChange(fate, one.get(name), other.get(name)) for fate, name in _FATES.items()]
    by_fate = _by_fate(counts)
    with ExitStack() as clones:
        tables = [
            clones.enter_context(_kept(workspace, side, is_rebuilt=is_rebuilt)) for side in sides
        ]
        missing = [side.short for side, kept in zip(sides, tables, strict=True) if kept is None]
        pairs = _pairs(*tables)
    return Changes(
        *sides,
        figures=differing,
        same=len(listed) - len(differing),
        counts=counts,
        gained=pairs[0],
        lost=pairs[1],
        charts=[by_fate, *pairs[2]],
        fault=_fault(missing),
    )


@contextmanager
def _kept(
    workspace: Workspace, side: DataState, *, is_rebuilt: bool
) -> Iterator[daft.DataFrame | None]:
    found = kept_at(workspace, side.commit)
    if found is None and is_rebuilt:
        with kept_by_rebuilding(workspace, side.commit) as made:
            yield made
    else:
        yield found


def _fault(missing: list[str]) -> str:
    if not missing:
        return ""
    named = " and ".join(missing)
    mend = "`dvc fetch` brings them, `faucet report --rebuild` makes them anew"
    return f"the pairs of {named} are not in DVC's cache here: {mend}"


def _pairs(
    before: daft.DataFrame | None, after: daft.DataFrame | None
) -> tuple[PairsOfOne | None, PairsOfOne | None, list[Comparison]]:
    """Return what was gained and lost, and the charts that need both sides' pairs."""
    if before is None or after is None:
        return None, None, []
    charts = [_by_group(before, after), _by_score(before, after)]
    return _only_in(after, before), _only_in(before, after), charts


def _only_in(one: daft.DataFrame, other: daft.DataFrame) -> PairsOfOne:
    """Return the pairs of one that other lacks."""
    named = one.select("pair_id", "question", "indicator", _group(one).alias("group"))
    rows = named.join(other.select("pair_id"), on="pair_id", how="anti").collect()
    sample = rows.sort("pair_id").limit(SAMPLE_PAIRS).to_pylist()
    shown = [{**row, "question": redacted(row["question"][:_SHOWN_CHARS])} for row in sample]
    return PairsOfOne(rows.count_rows(), shown)


def _by_fate(counts: list[FigureChange]) -> Comparison:
    rows = [(fate, before or 0, after or 0) for fate, before, after in counts]
    return Comparison("What became of the pairs", "pairs", rows)


def _by_group(before: daft.DataFrame, after: daft.DataFrame) -> Comparison:
    """Return kept pairs by group, the largest first; groups beyond the _GROUPS share a row.

    Those that changed most have a row of their own, then the largest: what is asked is what
    changed, and a change of a small group is one, too.
    """
    sides = [_counted(kept, _group(kept)) for kept in (before, after)]
    found = {str(name): _both(sides, name) for name in {*sides[0], *sides[1]}}
    ranked = sorted(found, key=lambda name: (-_grown(found[name]), -max(found[name]), name))
    shown = sorted(ranked[:_GROUPS], key=lambda name: (-max(found[name]), name))
    rows = [(name, *found[name]) for name in shown]
    rest = [found[name] for name in ranked[_GROUPS:]]
    if rest:
        sums = (sum(column) for column in zip(*rest, strict=True))
        rows.append((f"{len(rest)} others", *sums))
    return Comparison("Kept pairs by group", "pairs", rows)


def _grown(counts: tuple[int, int]) -> int:
    """Return by how much a number changed, whichever way."""
    return abs(counts[1] - counts[0])


def _group(kept: daft.DataFrame) -> daft.Expression:
    """Return the group of a kept pair; of a state from before there were groups, its category."""
    name = "group" if "group" in kept.column_names else "category"
    return col(name).fill_null("none")


def _by_score(before: daft.DataFrame, after: daft.DataFrame) -> Comparison:
    """Return kept pairs by quality score, in steps of ten."""
    step = (col("score") / _BIN).floor().clip(max=lit(_TOP_BIN)).cast(DataType.int64())
    sides = [_counted(kept, step) for kept in (before, after)]
    rows = [
        (f"{_BIN * place}-{_BIN * (place + 1)}", *_both(sides, place))
        for place in range(_TOP_BIN + 1)
    ]
    return Comparison("Kept pairs by quality score", "pairs, score of 100", rows)


def _counted(kept: daft.DataFrame, group: daft.Expression) -> dict[object, int]:
    counted = kept.select(group.alias("group"), "pair_id").groupby("group")
    found = counted.agg(col("pair_id").count().alias("pairs")).to_pydict()
    return dict(zip(found["group"], found["pairs"], strict=True))


def _both(sides: list[dict[object, int]], name: object) -> tuple[int, int]:
    return sides[0].get(name, 0), sides[1].get(name, 0)
