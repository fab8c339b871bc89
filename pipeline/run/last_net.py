"""The last net of stages: a fault of this program costs the pair that it met, not the run.

integrate and qa have nets of their own, around each record. What comes behind them works on whole
columns. Where such a stage fails, it runs again without writing, over half of the pairs, then over
half of those, until one is left that the fault comes with; the stage then runs without that pair.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import click
import daft
from daft import col, lit

from pipeline.core.faults import GOES_ON, fault_place

_KEY = "pair_id"
_MOST = 3
"""Pairs that a run goes on without: more than a few are no fault of single records."""

_NOT_OF_A_PAIR = (*GOES_ON, OSError, sqlite3.OperationalError)
"""Besides what no net may catch: disks and files."""


class StageTrial(NamedTuple):
    """A stage with its inputs at hand.

    write runs it on tables, for good, and notes how many pairs are left out; dry runs it on tables
    and leaves nothing.
    """

    name: str
    tables: Sequence[Any]
    write: Callable[[Sequence[Any], int], None]
    dry: Callable[[Sequence[Any]], None]


def caught(trial: StageTrial) -> None:
    """Run a stage; where a fault comes with single pairs, without them, each named on stderr.

    Raises what the stage raises where no table has pairs, no single pair brings the fault by
    itself, or more than a few do. Looking for a pair costs about as much as the stage itself, and
    as much again.
    """
    left_out: list[str] = []
    tables = trial.tables
    while True:
        try:
            trial.write(tables, len(left_out))
        except _NOT_OF_A_PAIR:
            raise
        except Exception as fault:
            culprit = _culprit(trial, tables, fault) if len(left_out) < _MOST else None
            if culprit is None:
                raise
            left_out.append(culprit)
            place = fault_place(fault)
            click.echo(f"{trial.name}: pair {culprit} is left out: {place} (internal)", err=True)
            tables = [_where(table, col(_KEY) != lit(culprit)) for table in tables]
        else:
            return


def _culprit(trial: StageTrial, tables: Sequence[Any], fault: Exception) -> str | None:
    """Return the pair with which alone a stage fails in the place of a fault; None without one."""
    place = fault_place(fault)
    keyed = next((table for table in tables if _has_pairs(table)), None)
    if keyed is None:
        return None
    ids = keyed.select(_KEY).distinct().sort(_KEY).to_pydict()[_KEY]

    def fails(some: list[str]) -> bool:
        within = (col(_KEY) >= lit(some[0])) & (col(_KEY) <= lit(some[-1]))
        try:
            trial.dry([_where(table, within) for table in tables])
        except MemoryError:
            raise
        except Exception as other:  # noqa: BLE001 - another fault is not the one looked for
            return fault_place(other) == place
        return False

    while len(ids) > 1:
        half = ids[: len(ids) // 2]
        ids = half if fails(half) else ids[len(half) :]
    return ids[0] if ids and fails(ids) else None


def _has_pairs(table: Any) -> bool:
    return isinstance(table, daft.DataFrame) and _KEY in table.column_names


def _where(table: Any, rows: daft.Expression) -> Any:
    return table.where(rows) if _has_pairs(table) else table
