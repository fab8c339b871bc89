"""Verdicts and edits between the books and the tables that stages are given."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.core.json_values import Json
from pipeline.reviews.records import Edit, Verdict
from pipeline.reviews.removals import Removal

if TYPE_CHECKING:
    import pandas as pd


def verdict_table(verdicts: Iterable[Verdict]) -> "pd.DataFrame":
    """Return verdicts as a table with the columns of Verdict, all text."""
    import pandas as pd  # noqa: PLC0415 - loaded where a stage is given verdicts

    return pd.DataFrame(list(verdicts), columns=list(Verdict._fields), dtype=str)


def verdicts_of(table: "pd.DataFrame") -> list[Verdict]:
    """Return the verdicts of a table; a column that it lacks is empty."""
    columns = table.astype(object).reindex(columns=list(Verdict._fields), fill_value="").fillna("")
    return [Verdict(*map(str, row)) for row in columns.itertuples(index=False)]


def edits_of(rows: Iterable[Json]) -> list[Edit]:
    """Return the edits of JSON objects that the reader of the book let through."""
    return [Edit(**row) for row in rows]


def removals_of(rows: Iterable[Json]) -> list[Removal]:
    """Return the removals of JSON objects that the reader of the book let through."""
    return [Removal(**row) for row in rows]
