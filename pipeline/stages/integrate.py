"""integrate: deliveries in, unique pairs with their provenance out, every record accounted for."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, NamedTuple

import daft
import pandas as pd
import pyarrow as pa
from daft import Window, col, lit
from daft.functions import row_number

from pipeline.core.json_values import Json
from pipeline.core.memo import Memo
from pipeline.core.schemas import JsonSchema
from pipeline.core.validation import Validator
from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.reading import Delivered, read_delivery
from pipeline.deliveries.records import Refusal
from pipeline.plan.indicators import Plan, plan_of

_BYTES_PER_MB = 1_000_000
_DELIVERIES_PER_BATCH = 8

_TEXT = pa.large_string()
_TEXTS = pa.large_list(pa.field("element", _TEXT))
_PAIR_FIELDS = dict.fromkeys(Pair._fields, _TEXT) | {"tags": _TEXTS, "citations": _TEXTS}
_ENTRY = pa.struct(
    {
        "seq": pa.int64(),
        "pointer": _TEXT,
        "reason": _TEXT,
        "message": _TEXT,
        "record": _TEXT,
        **_PAIR_FIELDS,
    }
)
_DELIVERED = pa.struct(
    {
        "family": _TEXT,
        "declared": pa.int64(),
        "first_created": _TEXT,
        "mapping": _TEXTS,
        "entries": pa.large_list(pa.field("element", _ENTRY)),
    }
)
_ENTRY_KEY: list[daft.Expression | str] = ["agent", "delivery", "seq"]
_ORIGIN = ("agent", "delivery", "pointer", "original_id", "extra")
_COLUMNS = tuple(name for name in Pair._fields if name not in (*_ORIGIN, "metadata"))
_LATER = ("agent", "delivery", "pointer", "original_id", "metadata")
"""A later origin keeps all metadata as its extra: the columns are the first origin's."""


class Integrated(NamedTuple):
    """What the deliveries hold.

    quarantine has one entry per refused record; accounting says for each delivery what it
    declared and that found = accepted + repeated + quarantined.
    """

    pairs: daft.DataFrame
    quarantine: Iterator[Json]
    accounting: Json
    metrics: dict[str, float]


def integrate(
    deliveries: daft.DataFrame,
    master_plan: pd.DataFrame,
    delivered_pair: JsonSchema,
    *,
    max_delivery_mb: int,
    memo: Memo,
) -> Integrated:
    """Return the unique pairs of all deliveries, what was refused, and the books.

    deliveries has one row per landed delivery: place (agent/delivery), agent, delivery, name,
    bytes, and content, which is read where the row is processed. A pair delivered several times
    is one row with several origins; its other columns are those of its first origin in order of
    agent, delivery and place in it. max_delivery_mb (10^6 bytes) bounds what is parsed.
    """
    max_bytes = max_delivery_mb * _BYTES_PER_MB
    read = _reader(plan_of(master_plan), delivered_pair, max_bytes)

    def compute(unread: daft.DataFrame) -> daft.DataFrame:
        entries = read(col("name"), col("content")).alias("read")
        return unread.select("place", entries).select("place", col("read").unnest())

    plan = master_plan.to_dict(orient="list")
    known = memo.rows(
        "entries",
        deliveries,
        compute,
        key="place",
        plan=plan,
        schema=delivered_pair,
        max_bytes=max_bytes,
    )
    told = deliveries.exclude("content").join(known, on="place")
    each = told.select("agent", "delivery", "entries").explode("entries")
    each = each.where(col("entries").not_null())
    each = each.select("agent", "delivery", col("entries").unnest())
    narrow = each.select(*_ENTRY_KEY, "pair_id", "reason").collect()
    turns = _turns(narrow)
    found = col("entries").list_count("all").alias("found")
    books = told.with_column("found", found).exclude("entries").collect()
    accounting = _accounting(books, narrow, turns)
    return Integrated(
        pairs=_with_origins(each, turns.exclude("pair_id")),
        quarantine=_quarantine(each),
        accounting=accounting,
        metrics=dict(accounting["totals"]),
    )


def _turns(narrow: daft.DataFrame) -> daft.DataFrame:
    """Return for each accepted entry the how-manieth origin of its pair it is, from 1.

    Only the narrow columns go through the window, and only they are held: each pass over the
    texts streams them, so that no second copy of the corpus is in memory.
    """
    order = Window().partition_by("pair_id").order_by(*_ENTRY_KEY)
    accepted = narrow.where(col("reason").is_null()).exclude("reason")
    return accepted.with_column("turn", row_number().over(order)).collect()


def _reader(plan: Plan, schema: JsonSchema, max_bytes: int) -> Callable[..., daft.Expression]:
    """Return the batch function that reads deliveries; it compiles the rules where it runs."""

    @daft.func.batch(
        return_dtype=daft.DataType.from_arrow_type(_DELIVERED), batch_size=_DELIVERIES_PER_BATCH
    )
    def read(names: daft.Series, contents: daft.Series) -> pa.Array:
        rules = Validator(schema)
        rows = [
            _row(read_delivery(name, content, plan=plan, rules=rules, max_bytes=max_bytes))
            for name, content in zip(names.to_pylist(), contents.to_pylist(), strict=True)
        ]
        return pa.array(rows, type=_DELIVERED)

    return read


def _row(delivered: Delivered) -> Json:
    return {
        "family": delivered.family,
        "declared": delivered.declared,
        "first_created": delivered.first_created,
        "mapping": delivered.mapping,
        "entries": [
            {"seq": seq, "pointer": pointer, **_entry(entry)}
            for seq, (pointer, entry) in enumerate(delivered.entries)
        ],
    }


def _entry(entry: Pair | Refusal) -> Json:
    if isinstance(entry, Pair):
        return entry._asdict()
    return {"reason": entry.reason, "message": entry.message, "record": entry.raw}


def _with_origins(each: daft.DataFrame, turns: daft.DataFrame) -> daft.DataFrame:
    """Return one row per pair: the columns of its first origin, and all its origins in order."""
    listed = (*_LATER, "turn")
    again = (
        each.select("pair_id", *_LATER, "seq")
        .join(turns.where(col("turn") > lit(1)), on=_ENTRY_KEY)
        .groupby("pair_id")
        .agg(*(col(name).list_agg().alias(f"again_{name}") for name in listed))
        .collect()
    )
    first = each.join(turns.where(col("turn") == lit(1)), on=_ENTRY_KEY)
    first = first.join(again, on="pair_id", how="left")
    names = [*_ORIGIN, *(f"again_{name}" for name in listed)]
    return first.with_column("origins", _origins(*(col(name) for name in names))).select(
        *_COLUMNS, "origins"
    )


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


def _quarantine(each: daft.DataFrame) -> Iterator[Json]:
    refused = each.where(col("reason").not_null()).sort(["agent", "delivery", "seq"])
    names = ("agent", "delivery", "pointer", "reason", "message", "record")
    for row in refused.select(*names).iter_rows():
        yield dict(row)


def _accounting(told: daft.DataFrame, narrow: daft.DataFrame, turns: daft.DataFrame) -> Json:
    """Return the books: one entry per delivery in order, and the totals over all."""
    keys = ["agent", "delivery"]
    table = told.to_pandas().sort_values(keys)
    accepted = _counts(turns.where(col("turn") == lit(1)), keys)
    repeated = _counts(turns.where(col("turn") > lit(1)), keys)
    refused = _counts(narrow.where(col("reason").not_null()), [*keys, "reason"])
    rows = [_books(row, accepted, repeated, refused) for row in table.to_dict(orient="records")]
    columns = ("found", "accepted", "repeated", "quarantined")
    totals = {name: sum(row[name] for row in rows) for name in columns}
    return {"deliveries": rows, "totals": {"deliveries": len(rows), **totals}}


def _counts(rows: daft.DataFrame, keys: list[str]) -> dict[tuple[str, ...], int]:
    counted = rows.groupby(*keys).agg(col(keys[0]).count().alias("count")).to_pydict()
    named = zip(*(counted[key] for key in keys), strict=True)
    return dict(zip(named, counted["count"], strict=True))


def _books(
    row: Mapping[Hashable, Any],
    accepted: dict[tuple[str, ...], int],
    repeated: dict[tuple[str, ...], int],
    refused: dict[tuple[str, ...], int],
) -> Json:
    key = (row["agent"], row["delivery"])
    reasons = {name[2]: count for name, count in sorted(refused.items()) if name[:2] == key}
    took, again, quarantined = accepted.get(key, 0), repeated.get(key, 0), sum(reasons.values())
    if row["found"] != took + again + quarantined:
        raise AssertionError(f"books of {key}: {row['found']} != {took} + {again} + {quarantined}")
    return {
        **{name: row[name] for name in ("agent", "delivery", "name", "bytes")},
        "family": _present(row["family"]),
        "declared": None if pd.isna(row["declared"]) else int(row["declared"]),
        "first_created": _present(row["first_created"]),
        "mapping": list(row["mapping"]),
        "found": row["found"],
        "accepted": took,
        "repeated": again,
        "quarantined": quarantined,
        "reasons": reasons,
    }


def _present(value: Any) -> str | None:
    return value if isinstance(value, str) else None
