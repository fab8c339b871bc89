"""The forms in which callers have rows, and how rows are taken from each by their position."""

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline.core.errors import UserError

_MOST_INTEGER = 2**63


class RowForm(NamedTuple):
    """One form of rows: how it is held, read row by row, and how rows of it are given back."""

    held: Callable[[Any], Any]
    records: Callable[[Any], list[Any]]
    taken: Callable[[Any, list[int]], Any]


def form_of(rows: Any) -> RowForm:
    """Return the form of rows; raises UserError for what are no rows.

    Libraries are known by the names of their classes, so that none is imported to ask.
    """
    kind = type(rows)
    form = _FORMS.get((kind.__module__.partition(".")[0], kind.__name__))
    if form is not None:
        return form
    if isinstance(rows, Iterable) and not isinstance(rows, (str, bytes, Mapping)):
        return _LIST
    wanted = "a list of dicts, a table of pandas, Arrow or Daft, or a datasets.Dataset"
    mend = ": put it into a list, or name one of its tables" if isinstance(rows, Mapping) else ""
    raise UserError(f"rows are a {kind.__name__}, must be {wanted}{mend}")


def json_value(value: Any) -> Any:
    """Return a value of a cell as JSON has it: numbers that are none become null, dates text."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int):
        return int(value) if -_MOST_INTEGER <= value < _MOST_INTEGER else str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): json_value(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [json_value(inner) for inner in value]
    return _from_library(value)


def _from_library(value: Any) -> Any:
    """Return what numpy, pandas and the standard library have beside the types of JSON."""
    if hasattr(value, "tolist"):  # arrays and scalars of numpy
        return json_value(value.tolist())
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _to_daft(table: pa.Table) -> Any:
    import daft  # noqa: PLC0415 - whoever has no table of Daft may wait for it

    return daft.from_arrow(table)


def _places(positions: list[int]) -> pa.Array:
    return pa.array(positions, pa.int64())


def _as_it_is(rows: Any) -> Any:
    return rows


_LIST = RowForm(list, _as_it_is, lambda rows, positions: [rows[place] for place in positions])
_ARROW = RowForm(
    _as_it_is, lambda rows: rows.to_pylist(), lambda rows, positions: rows.take(_places(positions))
)
_PANDAS = RowForm(
    _as_it_is, lambda rows: rows.to_dict("records"), lambda rows, positions: rows.iloc[positions]
)
_DAFT = RowForm(
    lambda rows: rows.to_arrow(),
    lambda rows: rows.to_pylist(),
    lambda rows, positions: _to_daft(rows.take(_places(positions))),
)
_DATASET = RowForm(
    _as_it_is,
    lambda rows: list(
        chain.from_iterable(batch.to_pylist() for batch in _batches(rows.with_format("arrow")))
    ),
    lambda rows, positions: rows.select(positions),
)


def _batches(dataset: Any) -> Iterable[pa.Table]:
    return dataset.iter(batch_size=1000) if len(dataset) else ()


_FORMS = {
    ("pandas", "DataFrame"): _PANDAS,
    ("pyarrow", "Table"): _ARROW,
    ("pyarrow", "RecordBatch"): _ARROW,
    ("daft", "DataFrame"): _DAFT,
    ("datasets", "Dataset"): _DATASET,
}
"""(package, class) -> its form; another one is one more line."""
