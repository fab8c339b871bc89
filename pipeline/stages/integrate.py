"""integrate: deliveries in, unique pairs with their provenance out, every record accounted for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import daft
import pandas as pd
import pyarrow as pa
from daft import col, lit

from pipeline.core.json_values import Json, JsonSchema
from pipeline.core.ranges import Ranges, between
from pipeline.core.splits import strictest
from pipeline.core.spool import Spill, Spool
from pipeline.deliveries.books import add_removed, books_of, internal_faults
from pipeline.deliveries.entry_keys import COLUMNS, EntryKeys
from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.spilling import ENTRIES, reader, with_joined_results
from pipeline.plan.grouping import with_groups
from pipeline.plan.groups import Groups
from pipeline.plan.indicators import plan_of
from pipeline.reviews.removals import Removed, removed_of
from pipeline.reviews.tables import removals_of

_BYTES_PER_MB = 1_000_000
_CHARS_PER_RANGE = 8_000_000
"""How many characters of entries a range of pairs, or of refusals, holds."""

_RANGES = 128
"""So many ranges hold more characters each instead of being more: each reads every spilled run."""

_MOST_CHARS_PER_RANGE = 128_000_000

_TEXT = pa.large_string()
_READ = ("place", "agent", "delivery", "name", "path", "mapping")
_ENTRY_KEY: list[daft.Expression | str] = ["agent", "delivery", "seq"]
_REFUSED = ("agent", "delivery", "pointer", "reason", "message", "record")
_ORIGIN = ("agent", "delivery", "pointer", "original_id", "extra")
_COLUMNS = tuple(name for name in Pair._fields if name not in (*_ORIGIN, "metadata"))
_LATER = ("agent", "delivery", "pointer", "original_id", "metadata")
"""A later origin keeps all metadata as its extra: the columns are the first origin's."""


class Integrated(NamedTuple):
    """What the deliveries hold.

    quarantine has one entry per refused record; accounting says for each delivery what it
    declared and that found = accepted + repeated + quarantined.
    """

    pairs: Ranges
    quarantine: Iterator[Json]
    accounting: Json
    metrics: dict[str, float]


def integrate(
    deliveries: daft.DataFrame,
    removed: Iterable[Json],
    plan: pd.DataFrame,
    look_alikes: list[str],
    topics: pd.DataFrame,
    delivered_pair: JsonSchema,
    *,
    max_delivery_mb: int,
    spool: Spool,
) -> Integrated:
    """Return the unique pairs of all deliveries, what was refused, and the books.

    deliveries has one row per landed delivery: place (agent/delivery), agent, delivery, name,
    bytes, the path of its file, which is read where the row is processed, and mapping: what people
    say about its keys, as YAML, empty for nothing. A pair delivered
    several times is one row with several origins; its other columns are those of its first origin
    in order of agent, delivery and place in it, its delivered_split the strictest of all.
    max_delivery_mb (10^6 bytes) bounds what is parsed. Entries go to the spool as they are read;
    pairs come back in ranges of their id, so that memory holds a range, and some dozen bytes per
    entry. removed has the entries of the book of removals: what people took out of the data set is
    not read, and stands in the books as such.
    plan and look_alikes place pairs; topics groups those that the plan does not.
    """
    max_bytes = max_delivery_mb * _BYTES_PER_MB
    out = removed_of(removals_of(removed))
    removed_deliveries = _among(deliveries, out, is_removed=True)
    deliveries = _among(deliveries, out, is_removed=False)
    indicators = plan_of(plan, look_alikes)

    def compute(unread: daft.DataFrame, spill: Spill) -> daft.DataFrame:
        read = reader(indicators, delivered_pair, max_bytes, spill, deliveries=unread.count_rows())
        facts = read(*(col(name) for name in _READ))
        return unread.select("place", facts.alias("facts")).select("place", col("facts").unnest())

    params = {
        "plan": plan[["name", "category", "subcategory", "aliases"]].to_dict(orient="list"),
        "look_alikes": look_alikes,
        "delivered_pair": delivered_pair,
        "max_bytes": max_bytes,
    }
    facts, rows = spool.rows(
        "entries",
        deliveries,
        compute,
        key="place",
        schema=ENTRIES,
        sort="pair_id",
        **params,
    )
    facts = deliveries.exclude("path", "mapping").join(facts, on="place").collect()
    names = deliveries.select("place", "name").to_pydict()
    entries = with_joined_results(
        _standing(rows, facts),
        dict(zip(names["place"], names["name"], strict=True)),
        indicators,
        delivered_pair,
        spool,
        params,
    )
    books = sorted(facts.to_pylist(), key=lambda row: (row["agent"], row["delivery"]))
    keys = EntryKeys(books, entries.select(*COLUMNS).to_arrow_iter())
    accounting = books_of(books, keys)
    add_removed(accounting, removed_deliveries, out)
    return Integrated(
        pairs=Ranges(_Pairs(entries, keys, Groups(topics))),
        quarantine=_quarantine(entries, keys),
        accounting=accounting,
        metrics={**accounting["totals"], "internal": internal_faults(accounting)},
    )


def _among(deliveries: daft.DataFrame, out: Removed, *, is_removed: bool) -> daft.DataFrame:
    """Return the deliveries that people removed, or those that take part."""
    if not out.by_place:
        return deliveries.limit(0) if is_removed else deliveries
    agents, names = zip(*out.by_place, strict=True)
    keys = daft.from_pydict({"agent": list(agents), "delivery": list(names)})
    return deliveries.join(keys, on=["agent", "delivery"], how="semi" if is_removed else "anti")


def _standing(rows: daft.DataFrame, facts: daft.DataFrame) -> daft.DataFrame:
    """Return entries without those of deliveries that were refused in the midst of reading."""
    broken = facts.where(col("stands_from") > lit(0)).select("place", "stands_from").to_pylist()
    for row in broken:
        others = col("place") != lit(row["place"])
        rows = rows.where(others | (col("seq") >= lit(row["stands_from"])))
    return rows


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The pairs in ranges of their id, of which each holds about as many characters."""

    entries: daft.DataFrame
    keys: EntryKeys
    groups: Groups

    def __iter__(self) -> Iterator[daft.DataFrame]:
        most = min(max(self.keys.chars // _RANGES, _CHARS_PER_RANGE), _MOST_CHARS_PER_RANGE)
        for least, limit, own in self.keys.ranges(most):
            theirs = between(self.entries, "pair_id", least, limit)
            good = theirs.join(daft.from_arrow(own), on=_ENTRY_KEY)
            yield with_groups(_with_origins(good), self.groups)


def _with_origins(good: daft.DataFrame) -> daft.DataFrame:
    """Return one row per pair: the columns of its first origin, and all its origins in order."""
    listed = (*_LATER, "turn", "delivered_split")
    again = (
        good.where(col("turn") > lit(1))
        .groupby("pair_id")
        .agg(*(col(name).list_agg().alias(f"again_{name}") for name in listed))
    )
    first = good.where(col("turn") == lit(1)).join(again, on="pair_id", how="left")
    names = [*_ORIGIN, *(f"again_{name}" for name in (*_LATER, "turn"))]
    splits = _strictest(col("delivered_split"), col("again_delivered_split"))
    origins = _origins(*(col(name) for name in names))
    return first.with_columns({"origins": origins, "delivered_split": splits}).select(
        *_COLUMNS, "origins"
    )


@daft.func.batch(return_dtype=daft.DataType.from_arrow_type(_TEXT))
def _strictest(first: daft.Series, again: daft.Series) -> pa.Array:
    """Return the strictest of the splits that the deliveries of each pair name."""
    both = zip(first.to_pylist(), again.to_pylist(), strict=True)
    return pa.array([strictest([one, *(more or [])]) for one, more in both], type=_TEXT)


_ORIGINS = pa.large_list(pa.field("element", pa.struct(dict.fromkeys(_ORIGIN, _TEXT))))


@daft.func.batch(return_dtype=daft.DataType.from_arrow_type(_ORIGINS))
def _origins(*columns: daft.Series) -> pa.Array:
    """Return the list of origins per pair: the first one, then the later ones by their turn."""
    values = [column.to_pylist() for column in columns]
    rows = []
    for row in zip(*values, strict=True):
        first, again, turns = row[: len(_ORIGIN)], row[len(_ORIGIN) : -1], row[-1]
        later = sorted(zip(turns or [], *(part or [] for part in again), strict=True))
        origins = [first, *(entry[1:] for entry in later)]
        rows.append([dict(zip(_ORIGIN, origin, strict=True)) for origin in origins])
    return pa.array(rows, type=_ORIGINS)


def _quarantine(entries: daft.DataFrame, keys: EntryKeys) -> Iterator[Json]:
    """Yield what was refused in order of agent, delivery and place, a range after the other."""
    for own in keys.refused(_CHARS_PER_RANGE):
        wanted = daft.from_arrow(own)
        rows = entries.where(col("reason").not_null()).join(wanted, on=_ENTRY_KEY, how="semi")
        for row in rows.sort(_ENTRY_KEY).select(*_REFUSED).iter_rows():
            yield dict(row)
