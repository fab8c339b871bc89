"""What a kept pair takes over from those that are merged into it: origins and metadata."""

from collections.abc import Mapping, Sequence
from typing import Any

import daft
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.core.splits import strictest
from pipeline.domain.topics_table import NO_GROUP

Row = dict[str, Any]

PLACEMENT = ("indicator", "category", "subcategory")
"""Columns that go together: one names the others."""

CONFLICTS = pa.large_list(
    pa.struct([(name, pa.large_string()) for name in ("pair_id", "field", "value")])
)

_OWN = frozenset({"pair_id", "question", "answer", "context", "text_key"})
_HOW = frozenset({"resolved_by", "candidates"})


def taken_over(pairs: daft.DataFrame, members: Mapping[str, Sequence[str]]) -> pa.Table:
    """Return the origins and metadata of each winner of a merge, and its `conflicts`.

    pairs has every pair's metadata, members maps the pair_id of each winner to those that are
    merged into it, the better ones first. A winner keeps what it has and takes from the best one
    that has it what it lacks; lists and origins are joined, each entry once. indicator, category
    and subcategory come from one pair, and the group follows them. Of delivered splits the
    strictest counts for all, because the winner stands for all of their texts. A conflict is
    another value than the winner's, with the pair_id of the one that had it: nothing that was
    delivered is lost.
    """
    names = [name for name in pairs.column_names if name not in _OWN | _HOW]
    wanted = sorted({one for winner, others in members.items() for one in (winner, *others)})
    ids = daft.from_arrow(pa.table({"pair_id": pa.array(wanted, pa.large_string())}))
    rows = pairs.select("pair_id", *names).join(ids, on="pair_id")
    table = rows.to_arrow()
    of_pair: dict[str, Row] = {row["pair_id"]: row for row in table.to_pylist()}
    joined = [
        _joined([of_pair[one] for one in (winner, *others)], names)
        for winner, others in sorted(members.items())
    ]
    kinds = [pa.field("pair_id", pa.large_string()), *(table.schema.field(name) for name in names)]
    return pa.Table.from_pylist(joined, pa.schema([*kinds, ("conflicts", CONFLICTS)]))


def with_taken_over(kept: daft.DataFrame, taken: pa.Table) -> daft.DataFrame:
    """Return kept pairs with what `taken_over` gives in place of their own."""
    if not len(taken):
        empty = daft.lit([]).cast(daft.DataType.from_arrow_type(CONFLICTS))
        return kept.with_column("conflicts", empty)
    winners = daft.from_arrow(taken)
    others = kept.join(winners.select("pair_id"), on="pair_id", how="anti")
    empty = daft.lit([]).cast(daft.DataType.from_arrow_type(CONFLICTS))
    changed = [name for name in taken.column_names if name not in ("pair_id", "conflicts")]
    own = kept.exclude(*changed).join(winners, on="pair_id")
    names = [*kept.column_names, "conflicts"]
    return others.with_column("conflicts", empty).select(*names).concat(own.select(*names))


def _joined(rows: Sequence[Row], names: Sequence[str]) -> Row:
    """Return the row of a winner, the first of rows, with what the others have."""
    winner = dict(rows[0])
    _take_placement(winner, rows[1:], [name for name in PLACEMENT if name in names])
    _take_group(winner, rows)
    conflicts: list[dict[str, str]] = []
    if "delivered_split" in names:
        winner["delivered_split"] = strictest(row["delivered_split"] for row in rows)
        own = rows[0]["delivered_split"]
        if own not in (None, winner["delivered_split"]):
            own_id = rows[0]["pair_id"]
            conflicts += [{"pair_id": own_id, "field": "delivered_split", "value": own}]
    for name in (name for name in names if name != "group"):
        for other in rows[1:]:
            theirs = other[name]
            if isinstance(theirs, list):
                winner[name] = [*winner[name], *(one for one in theirs if one not in winner[name])]
            elif theirs is None or theirs == winner[name]:
                continue
            elif winner[name] is None and name not in PLACEMENT:
                winner[name] = theirs
            else:
                found = {"pair_id": other["pair_id"], "field": name, "value": str(theirs)}
                conflicts.append(found)
    return {**winner, "conflicts": conflicts}


def _take_placement(winner: Row, others: Sequence[Row], names: Sequence[str]) -> None:
    """Give a winner without an indicator or category those of the best one that has more."""
    for name in names:
        if winner[name] is not None:
            return
        better = next((row for row in others if row[name] is not None), None)
        if better is not None:
            winner.update({place: better[place] for place in names})
            return


def _take_group(winner: Row, rows: Sequence[Row]) -> None:
    """Give a winner the group of the category that it has now, else the first of rows with one."""
    if "group" in winner:
        named = (row["group"] for row in rows if row["group"] != NO_GROUP)
        winner["group"] = winner.get("category") or next(named, NO_GROUP)


def conflict_count(taken: pa.Table) -> int:
    """Return how many values of merged pairs disagree with those of their winners."""
    return int(pc.sum(pc.list_value_length(taken["conflicts"])).as_py() or 0)
