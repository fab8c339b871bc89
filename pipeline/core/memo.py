"""Earlier results per row, as stages see them."""

from collections.abc import Callable
from typing import Protocol

import daft


class Memo(Protocol):
    """A store of results that depend on one row alone."""

    def rows(
        self,
        name: str,
        table: daft.DataFrame,
        compute: Callable[[daft.DataFrame], daft.DataFrame],
        *,
        key: str = "pair_id",
        **params: object,
    ) -> daft.DataFrame:
        """Return compute(table), computing only rows whose key was not seen before.

        table has a unique column `key` that determines every other column that compute reads.
        compute returns `key` and the computed columns, one row per row it was given, each
        depending on that row and on params alone. name says which computation this is.
        """
        ...


class NoMemo:
    """Computes every row every time: what a test of a stage's result wants."""

    def rows(
        self,
        name: str,  # noqa: ARG002 - the protocol's argument
        table: daft.DataFrame,
        compute: Callable[[daft.DataFrame], daft.DataFrame],
        *,
        key: str = "pair_id",  # noqa: ARG002 - the protocol's argument
        **params: object,  # noqa: ARG002 - the protocol's argument
    ) -> daft.DataFrame:
        """Return compute(table)."""
        return compute(table)
