"""A page of the pairs of a selection, and how many of them have which value of each facet."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from pipeline.charts.addresses import NONE
from pipeline.desk.index.catalog import Catalog, Row, fetched
from pipeline.desk.searching import Matches
from pipeline.desk.selection import (
    FIELDS,
    PAGE_ROWS,
    Condition,
    Selection,
    conditions,
    order,
)

FACET_VALUES = 60
"""Values of a facet that are counted and listed: the most frequent ones."""

SCORE_STEP = 10

_COLUMNS = (
    "pair_id, question, indicator, category, score, verdict, decided_by, flags, state, split,"
    " agents, answer_chars, cluster_id, merged_into, created"
)


class Listed(NamedTuple):
    """The rows of one page, and how many the whole list has."""

    rows: list[Row]
    total: int


class FacetValue(NamedTuple):
    """A value of a facet, as the address has it (NONE for none), and the pairs that have it."""

    value: str
    pairs: int


Facets = dict[str, list[FacetValue]]


def listing(
    catalog: Catalog,
    selection: Selection,
    matches: Matches | None = None,
    decided: Sequence[str] = (),
) -> Listed:
    """Return the page of a selection that it asks for.

    matches is what its search found, None where it has none; decided are the pairs that are open
    no more.
    """
    where, parameters = _where(conditions(selection, catalog.sets, decided))
    with _found(catalog, matches) as (cursor, source):
        total = _count(cursor, f"SELECT count(*) FROM {source} WHERE {where}", parameters)
        by = order(selection, "place" if matches and matches.is_ranked else "")
        statement = (
            f"SELECT {_COLUMNS} FROM {source} WHERE {where} ORDER BY {by}"
            f" LIMIT {PAGE_ROWS} OFFSET {PAGE_ROWS * (selection.page - 1)}"
        )
        return Listed(_with_sets(catalog, fetched(cursor.execute(statement, parameters))), total)


def facets(
    catalog: Catalog,
    selection: Selection,
    matches: Matches | None = None,
    decided: Sequence[str] = (),
) -> Facets:
    """Return per field, and for `score` in steps of SCORE_STEP, its values with their pairs.

    A field is counted under all conditions but those on itself, so that what else could be chosen
    of it is seen, too. What was counted once is remembered with the catalog, which never changes;
    a search, and what is open, are counted anew.
    """
    remembered = selection.address(sort="", page=1)
    is_lasting = matches is None and not selection.is_open
    if is_lasting and remembered in catalog.facets:
        known: Facets = catalog.facets[remembered]
        return known
    asked = list(conditions(selection, catalog.sets, decided))
    counted = {}
    with _found(catalog, matches) as (cursor, source):
        for field, column in FIELDS.items():
            values = _facet(cursor, source, field, column, asked)
            sets = catalog.sets.get(column)
            counted[field] = (values if sets is None else _of_sets(values, sets))[:FACET_VALUES]
        step = f"least(floor(score / {SCORE_STEP}) * {SCORE_STEP}, {100 - SCORE_STEP})::INTEGER"
        counted["score"] = _facet(cursor, source, "score", step, asked)
    if is_lasting:
        catalog.remember(remembered, counted)
    return counted


def pair_ids(
    catalog: Catalog,
    selection: Selection,
    matches: Matches | None = None,
    decided: Sequence[str] = (),
    by: str = "row",
) -> list[str]:
    """Return the ids of all pairs of a selection; by is the SQL of their order."""
    where, parameters = _where(conditions(selection, catalog.sets, decided))
    with _found(catalog, matches) as (cursor, source):
        statement = f"SELECT pair_id FROM {source} WHERE {where} ORDER BY {by}"
        return [row[0] for row in cursor.execute(statement, parameters).fetchall()]


def facts_of(catalog: Catalog, ids: Sequence[str]) -> Mapping[str, Row]:
    """Return the facts of pairs by their ids; ids without any are absent."""
    rows = catalog.rows(
        f"SELECT {_COLUMNS} FROM facts WHERE pair_id IN (SELECT unnest(?))", [list(ids)]
    )
    return {row["pair_id"]: row for row in _with_sets(catalog, rows)}


def _with_sets(catalog: Catalog, rows: list[Row]) -> list[Row]:
    """Return rows with the words of their sets instead of the sets' numbers."""
    return [
        {**row, **{name: sets[row[name]] for name, sets in catalog.sets.items() if name in row}}
        for row in rows
    ]


@contextmanager
def _found(
    catalog: Catalog, matches: Matches | None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Yield a cursor, and the SQL of the facts that a search left; `place` is their rank."""
    with catalog.cursor() as cursor:
        if matches is None:
            yield cursor, "facts"
            return
        key, values = ("pair_id", matches.pair_ids) if matches.pair_ids else ("row", matches.rows)
        kind = pa.string() if matches.pair_ids else pa.int32()
        ranked = {key: pa.array(values, kind), "place": pa.array(range(len(values)), pa.int32())}
        cursor.register("matched", pa.table(ranked))
        yield cursor, f"(SELECT facts.*, place FROM facts JOIN matched USING ({key}))"


def _where(asked: Iterator[Condition] | Sequence[Condition]) -> tuple[str, list[Any]]:
    listed = list(asked)
    statement = " AND ".join(one.statement for one in listed) or "true"
    return statement, [value for one in listed for value in one.parameters]


def _facet(
    cursor: duckdb.DuckDBPyConnection,
    source: str,
    field: str,
    value: str,
    asked: Sequence[Condition],
) -> list[FacetValue]:
    """Return the values of a column with their pairs, the most frequent first, scores in order."""
    where, parameters = _where([one for one in asked if one.field != field])
    order_by = "1" if field == "score" else "2 DESC, 1"
    statement = (
        f"SELECT {value}, count(*) FROM {source} WHERE {where} GROUP BY 1 ORDER BY {order_by}"
    )
    rows = cursor.execute(statement, parameters).fetchall()
    return [FacetValue(NONE if one is None else str(one), count) for one, count in rows]


def _of_sets(counted: Sequence[FacetValue], sets: Mapping[int, Sequence[str]]) -> list[FacetValue]:
    """Return the words of sets with the pairs that have them, the most frequent first."""
    pairs: Counter[str] = Counter()
    for number, count in counted:
        for word in sets[int(number)] or (NONE,):
            pairs[word] += count
    return [FacetValue(*one) for one in sorted(pairs.items(), key=lambda item: (-item[1], item[0]))]


def _count(cursor: duckdb.DuckDBPyConnection, statement: str, parameters: list[Any]) -> int:
    row = cursor.execute(statement, parameters).fetchone()
    return int(row[0]) if row else 0
