"""An existing base brought in as what was there before: the start point of all growth figures."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.deliveries.landing import LEFT_REASONS, land
from pipeline.faucet.answers.books import accounting
from pipeline.faucet.checkpoints.making import Made, checkpoint, settle
from pipeline.faucet.removed import removed_in
from pipeline.faucet.runs.inbox import bounds_of
from pipeline.workspace.layout import DELIVERIES
from pipeline.workspace.workspace import Workspace

BASE_AGENT = "base"
_ENDINGS = (".sqlite", ".sqlite3", ".db", ".parquet", ".json", ".jsonl")


class ImportedBase(NamedTuple):
    """What came of an import: the stored file, its books, and the checkpoint that holds it."""

    stored: str
    found: int
    accepted: int
    repeated: int
    quarantined: int
    made: Made | None


def import_base(
    workspace: Workspace,
    path: Path,
    agent: str = BASE_AGENT,
    watch: Callable[[], None] = lambda: None,
) -> ImportedBase:
    """Land a base as a delivery of agent, run the DAG, and make the checkpoint growth begins at.

    Its pairs are counted as what was there: that checkpoint has as many pairs before as after.
    Raises UserError where path is no SQLite, Parquet or JSON file, does not land or is there
    already, where the run fails, and where other changes stand in the way of a checkpoint.
    """
    if path.suffix.lower() not in _ENDINGS:
        raise UserError(
            f"{path} is no base: SQLite, Parquet, JSON or JSONL ({', '.join(_ENDINGS)})"
        )
    with workspace.run_lock():
        bounds, removed = bounds_of(workspace), removed_in(workspace)
        store = workspace / DELIVERIES
        (one,) = land(path, store, agent=agent, bounds=bounds, removed=removed)
    if one.stored is None:
        raise UserError(f"{path} did not land: {one.removal or LEFT_REASONS[str(one.reason)]}")
    if not one.is_new:
        raise UserError(f"{path} is there already, as {one.stored}")
    settle(workspace, watch)
    made = checkpoint(workspace, is_base=True)
    books = next(row for row in accounting(workspace) if one.stored.endswith(f"/{row['delivery']}"))
    found, accepted = int(books["found"]), int(books["accepted"])
    repeated, quarantined = int(books["repeated"]), int(books["quarantined"])
    return ImportedBase(one.stored, found, accepted, repeated, quarantined, made)
