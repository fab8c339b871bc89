"""Entries of deliveries as Arrow tables, spilled as they are read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import daft
import pyarrow as pa
from daft import col, lit

from pipeline.core.json_values import JsonSchema
from pipeline.core.spool import Spill, Spool
from pipeline.core.validation import Validator
from pipeline.deliveries.batch_joins import REQUEST, WAITING, Refused, RequestIndex, joined
from pipeline.deliveries.content import mapped
from pipeline.deliveries.net import caught
from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.reading import DeliveryEntries, DeliveryFacts, Entry, entry_chars
from pipeline.plan.indicators import Plan

_FEWEST_PER_BATCH, _MOST_PER_BATCH, _BATCHES = 8, 2_048, 64
_CHARS_IN_MEMORY = 4_000_000
"""How many characters of entries wait in memory until they are a table."""

_TEXT = pa.large_string()
_TEXTS = pa.large_list(pa.field("element", _TEXT))
_CONTEXT = pa.large_list(pa.field("element", pa.struct({"role": _TEXT, "text": _TEXT})))
ENTRIES = pa.schema(
    {
        "place": _TEXT,
        "agent": _TEXT,
        "delivery": _TEXT,
        "seq": pa.int64(),
        "chars": pa.int64(),
        "pointer": _TEXT,
        "reason": _TEXT,
        "message": _TEXT,
        "record": _TEXT,
        **dict.fromkeys(Pair._fields, _TEXT),
        "context": _CONTEXT,
        **dict.fromkeys(("candidates", "tags", "citations"), _TEXTS),
    }
)
"""One row per entry: a pair where reason is null, else a refusal. chars is its size."""

_FACTS = pa.struct(
    {
        "file": _TEXT,
        "family": _TEXT,
        "declared": pa.int64(),
        "first_created": _TEXT,
        "mapping": _TEXTS,
        "stands_from": pa.int64(),
    }
)


def reader(
    plan: Plan, schema: JsonSchema, max_bytes: int, spill: Spill, *, deliveries: int
) -> Callable[..., daft.Expression]:
    """Return the batch function that reads deliveries; it compiles the rules where it runs.

    It takes place, agent, delivery, name, path and mapping, spills the entries, and returns what
    each delivery is (reading.DeliveryFacts) and the file of its entries. Of very many deliveries
    a batch, and so a file, holds more: a file for each few costs more than the few themselves.
    """

    @daft.func.batch(
        return_dtype=daft.DataType.from_arrow_type(_FACTS),
        batch_size=min(max(_FEWEST_PER_BATCH, deliveries // _BATCHES), _MOST_PER_BATCH),
        use_process=False,
    )
    def read(*columns: daft.Series) -> pa.Array:
        rules = Validator(schema)
        facts: list[DeliveryFacts] = []
        rows = list(zip(*(column.to_pylist() for column in columns), strict=True))

        def each_row() -> Iterator[dict[str, Any]]:
            for *source, name, path, mapping in rows:
                with mapped(path) as content:
                    entries = DeliveryEntries(
                        name,
                        content,
                        plan=plan,
                        rules=rules,
                        max_bytes=max_bytes,
                        mapping=mapping,
                    )
                    for seq, entry in enumerate(caught(entries)):
                        yield _row(source, seq, entry)
                facts.append(entries.facts)

        file = spill.write([row[0] for row in rows], _tables(each_row()))
        return pa.array([{"file": file, **asdict(one)} for one in facts], type=_FACTS)

    return read


def with_joined_results(
    rows: daft.DataFrame,
    names: Mapping[str, str],
    plan: Plan,
    schema: JsonSchema,
    spool: Spool,
    params: Mapping[str, object],
) -> daft.DataFrame:
    """Return entries in which results of batch APIs are pairs where their requests are entries too.

    rows has the entries of all deliveries, names the file name of each place; params are what
    they depend on besides. A result that finds its request keeps its number and place; the
    request stays refused as what it is. Requests and results are read as a stream, and what comes
    of them is spilled, so that memory holds their ids alone.
    """
    places = {
        reason: rows.where(col("reason") == lit(reason)).select("place").distinct().sort("place")
        for reason in (WAITING, REQUEST)
    }
    waiting = places[WAITING].collect()
    among = [places[reason].to_pydict()["place"] for reason in (WAITING, REQUEST)]
    if not all(among):
        return rows

    def compute(unread: daft.DataFrame, spill: Spill) -> daft.DataFrame:
        made = _tables(_each_joined(rows, names, plan, schema))
        file = spill.write(unread.to_pydict()["place"], made)
        return unread.with_column("file", lit(file))

    _, found = spool.rows(
        "joined",
        waiting,
        compute,
        key="place",
        schema=ENTRIES,
        sort="pair_id",
        among=among,
        **params,
    )
    keys: list[daft.Expression | str] = ["agent", "delivery", "seq"]
    waits = (col("reason") == lit(WAITING)).fill_null(lit(value=False))
    # only results are looked for: a join of all entries would hold their texts
    still = rows.where(waits).join(found.select(*keys), on=keys, how="anti")
    others = rows.where(~waits).concat(still.select(*rows.column_names))
    return others.concat(found.select(*rows.column_names))


def _each_joined(
    rows: daft.DataFrame, names: Mapping[str, str], plan: Plan, schema: JsonSchema
) -> Iterator[dict[str, Any]]:
    """Yield the entries of the results whose requests are there."""
    rules = Validator(schema)

    def each(reason: str) -> Iterator[tuple[str, Refused]]:
        chosen = rows.where(col("reason") == lit(reason)).select("place", *Refused._fields)
        for batch in chosen.to_arrow_iter():
            for row in batch.to_pylist():
                yield row.pop("place"), Refused(**row)

    asking, waiting = ((one for _, one in each(reason)) for reason in (REQUEST, WAITING))
    with RequestIndex(asking, waiting) as requests:
        for place, one in each(WAITING):
            entry = joined(one, requests, file_name=names[place], plan=plan, rules=rules)
            if entry is not None:
                yield _row([place, one.agent, one.delivery], one.seq, (one.pointer, entry))


def _row(source: list[str], seq: int, entry: Entry) -> dict[str, Any]:
    pointer, made = entry
    row = dict(zip(("place", "agent", "delivery"), source, strict=True))
    fields = (
        made._asdict()
        if isinstance(made, Pair)
        else {"reason": made.reason, "message": made.message, "record": made.raw}
    )
    return {**row, "seq": seq, "chars": entry_chars(made), "pointer": pointer, **fields}


def _tables(rows: Iterator[dict[str, Any]]) -> Iterator[pa.Table]:
    """Yield rows as tables of about four million characters."""
    waiting: list[dict[str, Any]] = []
    chars = 0
    for row in rows:
        waiting.append(row)
        chars += row["chars"]
        if chars >= _CHARS_IN_MEMORY:
            yield pa.Table.from_pylist(waiting, schema=ENTRIES)
            waiting, chars = [], 0
    if waiting:
        yield pa.Table.from_pylist(waiting, schema=ENTRIES)
