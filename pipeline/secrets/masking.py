"""Tables without the secrets of their texts."""

from typing import Any, Literal, NamedTuple

import daft
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from daft import col

from pipeline.core.ids import content_digest
from pipeline.core.memo import Memo, NoMemo
from pipeline.secrets.finding import SUSPECT
from pipeline.secrets.hiding import masked

Mode = Literal["mask", "drop", "keep"]
MODES: tuple[Mode, ...] = ("mask", "drop", "keep")
"""What a copy for others does with a secret: hide it, leave its row out, or hold it."""


class Copied(NamedTuple):
    """A table as a copy holds it, and how many of its rows have a secret in a text."""

    table: pa.Table
    rows_with_secrets: int


def without_secrets(
    table: pa.Table, columns: tuple[str, ...], mode: Mode, memo: Memo | None = None
) -> Copied:
    """Return a table whose texts in columns, nested ones too, hold no secret; rows keep order.

    Arrow rules most rows out at once; the others are read one by one, and what was found in them
    is remembered by their texts. With mode "keep" the table is returned as it is, with the number
    of rows that hold one.
    """
    suspects = pa.array(range(table.num_rows), pa.int64()).filter(_suspects(table, columns))
    if not len(suspects):
        return Copied(table, 0)
    rows = [orjson.dumps(row) for row in table.select(columns).take(suspects).to_pylist()]
    ids = [content_digest(row) for row in rows]
    spoiled = _spoiled(dict(zip(ids, rows, strict=True)), memo or NoMemo())
    places = zip(suspects.to_pylist(), ids, strict=True)
    found = {place: orjson.loads(spoiled[name]) for place, name in places if name in spoiled}
    if mode == "keep" or not found:
        return Copied(table, len(found))
    if mode == "drop":
        kept = [place for place in range(table.num_rows) if place not in found]
        return Copied(table.take(pa.array(kept, pa.int64())), len(found))
    return Copied(_replaced(table, columns, found), len(found))


def _spoiled(rows: dict[str, bytes], memo: Memo) -> dict[str, str]:
    """Return the rows that hold a secret as they are without it, JSON by the digest of theirs."""
    texts = pa.array(rows.values(), pa.large_binary()).cast(pa.large_string())
    table = pa.table({"row_id": pa.array(rows, pa.large_string()), "texts": texts})
    read = memo.rows(
        "secrets",
        daft.from_arrow(table),
        lambda unseen: unseen.select("row_id", _without(col("texts")).alias("hidden")),
        key="row_id",
    )
    found = read.where(col("hidden").not_null()).to_pydict()
    return dict(zip(found["row_id"], found["hidden"], strict=True))


@daft.func.batch(return_dtype=daft.DataType.string(), use_process=False)
def _without(rows: daft.Series) -> pa.Array:
    """Return each row, JSON, without its secrets, null where it has none."""
    read = [orjson.loads(row) for row in rows.to_pylist()]
    hidden = [_hidden(row) for row in read]
    made = (None if a == b else orjson.dumps(a).decode() for a, b in zip(hidden, read, strict=True))
    return pa.array(made, pa.large_string())


def _replaced(
    table: pa.Table, columns: tuple[str, ...], found: dict[int, dict[str, Any]]
) -> pa.Table:
    """Return table with the values of some rows in columns replaced."""
    for name in columns:
        values = table[name].to_pylist()
        for place, row in found.items():
            values[place] = row[name]
        at = table.column_names.index(name)
        table = table.set_column(at, table.field(name), pa.array(values, table.field(name).type))
    return table


def _suspects(table: pa.Table, columns: tuple[str, ...]) -> pa.Array:
    """Return for each row whether one of its texts may hold a secret."""
    suspects = pa.array([False] * table.num_rows, pa.bool_())
    for name in columns:
        suspects = pc.or_(suspects, _may_hold(table[name].combine_chunks()))
    return suspects


def _may_hold(values: pa.Array) -> pa.Array:
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        return pc.fill_null(pc.match_substring_regex(values, SUSPECT), False)  # noqa: FBT003
    if pa.types.is_struct(values.type):
        suspects = pa.array([False] * len(values), pa.bool_())
        for field in values.type:
            suspects = pc.or_(suspects, _may_hold(pc.struct_field(values, field.name)))
        return suspects
    if pa.types.is_list(values.type) or pa.types.is_large_list(values.type):
        owners = pc.list_parent_indices(values).filter(_may_hold(pc.list_flatten(values)))
        return pc.is_in(pa.array(range(len(values)), owners.type), value_set=owners)
    return pa.array([False] * len(values), pa.bool_())


def _hidden(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    if isinstance(value, dict):
        return {name: _hidden(item) for name, item in value.items()}
    return value
