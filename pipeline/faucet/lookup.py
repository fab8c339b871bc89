"""Rows of the last run's outputs, looked up by the ids of pairs."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import daft
from daft import col

from pipeline.core.errors import UserError
from pipeline.core.ids import PAIR_ID_HEX
from pipeline.store.inputs import read_input

PAIRS = Path("data/integrate/pairs.parquet")
SCORES = Path("data/qa/scores.parquet")
KEPT = Path("data/dedup/kept.parquet")
DECISIONS = Path("data/dedup/decisions.parquet")
ASSIGNMENTS = Path("data/split/assignments.parquet")

_START = re.compile(rf"[0-9a-f]{{6,{PAIR_ID_HEX}}}")
_SHOWN = 5

Row = dict[str, Any]


def table(root: Path, path: Path) -> daft.DataFrame:
    """Return an output of the last run.

    Raises UserError where it has not been made yet.
    """
    found: daft.DataFrame = read_input(root, path)
    return found


def find_pair_id(root: Path, start: str) -> str:
    """Return the one pair id of data/integrate/pairs.parquet that begins with start.

    Raises UserError where start is no start of an id (6 to 32 hex digits), where no pair has
    such an id, and where several have.
    """
    digits = start.strip().lower()
    if not _START.fullmatch(digits):
        raise UserError(f"{start!r} is no pair id: give 6 to {PAIR_ID_HEX} hex digits of it")
    ids = table(root, PAIRS).select("pair_id").where(col("pair_id").startswith(digits))
    found = sorted(ids.to_pydict()["pair_id"])
    if not found:
        raise UserError(f"no pair has an id that starts with {digits}")
    if len(found) > 1:
        more = ", …" if len(found) > _SHOWN else ""
        listed = ", ".join(found[:_SHOWN]) + more
        raise UserError(f"{digits} is the start of {len(found):,} pair ids: {listed}")
    return str(found[0])


def by_pair_id(
    root: Path, path: Path, pair_ids: Iterable[str], columns: tuple[str, ...] = ()
) -> dict[str, Row]:
    """Return the rows of a table below root for those ids, by pair_id; ids without one are absent.

    Raises UserError where the table has not been made yet.
    """
    found = table(root, path).where(col("pair_id").is_in(sorted(set(pair_ids))))
    rows = found.select("pair_id", *columns) if columns else found
    return {row["pair_id"]: row for row in rows.to_pylist()}


def row_of(root: Path, path: Path, pair_id: str) -> Row | None:
    """Return a pair's row of a table, None where it has none or the table is not made yet."""
    return by_pair_id(root, path, [pair_id]).get(pair_id) if (root / path).exists() else None


def questions_of(root: Path, pair_ids: Iterable[str]) -> dict[str, str]:
    """Return the questions of pairs as delivered, by pair_id."""
    rows = by_pair_id(root, PAIRS, pair_ids, ("question",))
    return {pair_id: row["question"] for pair_id, row in rows.items()}
