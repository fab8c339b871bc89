"""Tables that are larger than memory."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import daft
import pyarrow as pa
from daft import col, lit

ROWS_AT_ONCE = 4_096
"""Rows that are in one's hands at a time, where a table is read or written range by range."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """A table as consecutive ranges of its first column, at least one; each is computed alone.

    Every value of a part's first column is greater than all values of the parts before it. parts
    may be gone through more than once.
    """

    parts: Iterable[daft.DataFrame]

    @property
    def whole(self) -> daft.DataFrame:
        """Return the table in one piece."""
        first, *others = self.parts
        for part in others:
            first = first.concat(part)
        return first


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a function makes of each part, one after the other, each time that one goes through."""

    make: Callable[[daft.DataFrame], daft.DataFrame]
    parts: Iterable[daft.DataFrame]

    def __iter__(self) -> Iterator[daft.DataFrame]:
        yield from map(self.make, self.parts)


def ranges_of(table: daft.DataFrame, key: str, rows: int | None = None) -> Ranges:
    """Return a table as ranges of its key of so many rows (ROWS_AT_ONCE), read by the key alone.

    A value of the key that comes more often than that is in one range all the same.
    """
    if table.count_rows() <= (rows or ROWS_AT_ONCE):
        return Ranges((table,))
    ids = table.select(key).sort(key).to_arrow()[key]
    return Ranges(tuple(between(table, key, *limits) for limits in limits_of(ids, rows)))


def limits_of(ids: pa.ChunkedArray, rows: int | None = None) -> list[tuple[str | None, str | None]]:
    """Return each range of sorted ids: its least value and that of the next, None for no bound."""
    places = range(rows or ROWS_AT_ONCE, len(ids), rows or ROWS_AT_ONCE)
    starts = dict.fromkeys(ids[place].as_py() for place in places)
    return [*pairwise((None, *starts, None))]


def between(
    table: daft.DataFrame, key: str, least: str | None, limit: str | None
) -> daft.DataFrame:
    """Return the rows whose key is at least least and below limit; None bounds nothing."""
    if least is not None:
        table = table.where(col(key) >= lit(least))
    return table if limit is None else table.where(col(key) < lit(limit))


def in_runs(table: daft.DataFrame, key: str, ids: pa.ChunkedArray) -> Iterator[daft.DataFrame]:
    """Yield the rows that have one of ids, which are sorted, for ROWS_AT_ONCE of them at a time."""
    for start in range(0, len(ids), ROWS_AT_ONCE):
        run = ids.slice(start, ROWS_AT_ONCE)
        here = table.where((col(key) >= lit(run[0].as_py())) & (col(key) <= lit(run[-1].as_py())))
        yield here.join(daft.from_arrow(pa.table({key: run})), on=key)
