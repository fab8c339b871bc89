"""Rows of the last run's outputs, looked up by the ids of pairs."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import UserError
from pipeline.core.ids import PAIR_ID_HEX
from pipeline.workspace.workspace import Workspace

if TYPE_CHECKING:
    import daft
    import pyarrow.compute as pc

PAIRS = "pairs.parquet"
SCORES = "scores.parquet"
REPAIRS = "repairs.parquet"
KEPT = "kept.parquet"
DECISIONS = "decisions.parquet"
CONFLICTS = "conflicts.json"
ASSIGNMENTS = "assignments.parquet"

_START = re.compile(rf"[0-9a-f]{{6,{PAIR_ID_HEX}}}")
_BEYOND_HEX = "g"
_SHOWN = 5

Row = dict[str, Any]


def table(workspace: Workspace, name: str) -> "daft.DataFrame":
    """Return a table of the last run by its file's name.

    Raises UserError where it has not been made yet, is damaged, or is of another version.
    """
    from pipeline.store.fitting import fitting  # noqa: PLC0415 - what asks for names needs none
    from pipeline.store.tables import read_table  # noqa: PLC0415 - as above

    fitting(workspace, workspace.output(name))
    return read_table(workspace / workspace.output(name))


def digits_of(start: str) -> str:
    """Return the start of a pair id in lower case.

    Raises UserError where it is none (6 to 32 hex digits).
    """
    digits = start.strip().lower()
    if not _START.fullmatch(digits):
        raise UserError(f"{start!r} is no pair id: give 6 to {PAIR_ID_HEX} hex digits of it")
    return digits


def find_pair_id(workspace: Workspace, start: str, besides: Iterable[str] = ()) -> str:
    """Return the one pair id of pairs.parquet, or of those besides, that begins with start.

    Raises UserError where start is no start of an id (6 to 32 hex digits), where no pair has
    such an id, and where several have.
    """
    import pyarrow.compute as pc  # noqa: PLC0415 - as above

    digits = digits_of(start)
    beginning = (pc.field("pair_id") >= digits) & (pc.field("pair_id") < digits + _BEYOND_HEX)
    ids = _rows(workspace, PAIRS, beginning, ["pair_id"])
    found = sorted({*(row["pair_id"] for row in ids), *besides})
    if not found:
        raise UserError(f"no pair has an id that starts with {digits}")
    if len(found) > 1:
        more = ", …" if len(found) > _SHOWN else ""
        listed = ", ".join(found[:_SHOWN]) + more
        raise UserError(f"{digits} is the start of {len(found):,} pair ids: {listed}")
    return str(found[0])


def by_pair_id(
    workspace: Workspace, name: str, pair_ids: Iterable[str], columns: tuple[str, ...] = ()
) -> dict[str, Row]:
    """Return the rows of a table for those ids, by pair_id; ids without one are absent.

    Raises UserError as table() does.
    """
    import pyarrow as pa  # noqa: PLC0415 - as above
    import pyarrow.compute as pc  # noqa: PLC0415 - as above

    wanted = pc.field("pair_id").isin(pa.array(sorted(set(pair_ids)), pa.string()))
    rows = _rows(workspace, name, wanted, ["pair_id", *columns] if columns else None)
    return {row["pair_id"]: row for row in rows}


def _rows(
    workspace: Workspace, name: str, wanted: "pc.Expression", columns: list[str] | None
) -> list[Row]:
    """Return the rows of a table of the last run that meet a condition on pair_id.

    Tables are sorted by pair_id, so that of a million pairs only the row groups are read that may
    hold what is wanted.
    """
    from pyarrow.dataset import dataset  # noqa: PLC0415 - as above

    from pipeline.store.fitting import fitting  # noqa: PLC0415 - as above

    files = fitting(workspace, workspace.output(name))
    table = dataset([str(file) for file in files]).to_table(columns=columns, filter=wanted)
    found: list[Row] = table.to_pylist()
    return found


def row_of(workspace: Workspace, name: str, pair_id: str) -> Row | None:
    """Return a pair's row of a table, None where it has none or the table is not made yet."""
    if not workspace.has(name):
        return None
    return by_pair_id(workspace, name, [pair_id]).get(pair_id)


def questions_of(workspace: Workspace, pair_ids: Iterable[str]) -> dict[str, str]:
    """Return the questions of pairs as delivered, by pair_id."""
    rows = by_pair_id(workspace, PAIRS, pair_ids, ("question",))
    return {pair_id: row["question"] for pair_id, row in rows.items()}
