"""The tables of the last run that gates ask, read once for all tasks that are judged on them."""

from functools import lru_cache
from typing import NamedTuple

from pipeline.faucet.lookup import KEPT, PAIRS, SCORES, Row, table
from pipeline.workspace.workspace import Workspace

_KEPT_COLUMNS = ("pair_id", "question", "answer", "aliases")
_PAIR_COLUMNS = ("pair_id", "question", "answer", "indicator", "origins")


class JudgedTables(NamedTuple):
    """Accepted pairs, scores by pair_id, and kept pairs by pair_id."""

    pairs: list[Row]
    scores: dict[str, Row]
    kept: dict[str, Row]


def tables_of(workspace: Workspace) -> JudgedTables | None:
    """Return the tables as the last run made them; None where a stage has not come so far.

    Asked again for the same outputs it reads nothing, until forget_tables.
    """
    if not all(workspace.has(name) for name in (PAIRS, SCORES, KEPT)):
        return None
    states = ((workspace / workspace.output(name)).stat() for name in (PAIRS, SCORES, KEPT))
    return _read(workspace, tuple((one.st_ino, one.st_mtime_ns, one.st_size) for one in states))


def forget_tables() -> None:
    """Let go of what was read: a process that lives on has no use for it before the next run."""
    _read.cache_clear()


@lru_cache(maxsize=1)
def _read(workspace: Workspace, _: tuple[tuple[int, ...], ...]) -> JudgedTables:
    pairs = table(workspace, PAIRS).select(*_PAIR_COLUMNS).to_pylist()
    scores = table(workspace, SCORES).to_pylist()
    kept = table(workspace, KEPT).select(*_KEPT_COLUMNS).to_pylist()
    return JudgedTables(pairs, *({row["pair_id"]: row for row in rows} for rows in (scores, kept)))
