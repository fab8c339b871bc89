"""Rows that are made of large things, kept on disk and not in memory, as stages see them."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, Protocol

import daft
import pyarrow as pa


class Spooled(NamedTuple):
    """The account of each key, and the rows that all keys gave, read from disk where needed.

    accounts has a row per key asked for. rows may hold rows of a key more than once read, so that
    whoever needs few columns or a range of the sorted column reads little.
    """

    accounts: daft.DataFrame
    rows: daft.DataFrame


class Spill(Protocol):
    """Where a computation puts its rows; it may be sent to another process of the same machine.

    On a cluster all machines must see the workspace under one path, as they do for deliveries.
    """

    def write(self, keys: Iterable[str], tables: Iterable[pa.Table]) -> str:
        """Store the rows of keys as they come, and return the name under which they are kept."""
        ...


class Spool(Protocol):
    """A store of rows by the key that they were made from."""

    def rows(
        self,
        name: str,
        table: daft.DataFrame,
        compute: Callable[[daft.DataFrame, Spill], daft.DataFrame],
        *,
        key: str,
        schema: pa.Schema,
        sort: str,
        **params: object,
    ) -> Spooled:
        """Return what compute says of the rows of table, and the rows that it spills for them.

        table has a unique column `key` that determines all that compute reads. compute returns
        `key`, `file` (the name that the spill gave) and what else it says, a row per row; it is
        asked for keys that were not seen before. Spilled rows have `schema`, with a column `key`;
        those written together are stored sorted by `sort`.
        """
        ...
