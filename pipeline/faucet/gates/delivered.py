"""What became of a task's deliveries: figures from the books and from the data set.

A delivery is known by its digest, because landing moves and renames it. An agent that mends a
refused delivery hands its pairs in a second time; what this task itself brought before is
therefore no duplicate.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.core.json_values import Json
from pipeline.faucet.answers.receipts import accounting
from pipeline.faucet.gates.criteria import criteria_of, subject
from pipeline.faucet.tasks.state import Task
from pipeline.store.metrics import read_figures
from pipeline.workspace.layout import DELIVERIES, INBOX
from pipeline.workspace.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa


_DIGEST_CHARS = 12
_SCORED = frozenset({"mean_score", "lowest_score"})


class Delivered(NamedTuple):
    """Figures of a task's deliveries, its pairs by indicator, and why others are unknown."""

    figures: Mapping[str, float] = {}
    indicators: Mapping[tuple[str, str], int] = {}
    unknown: Mapping[str, str] = {}


def is_delivery(output: Json) -> bool:
    """Return whether an output was handed in as pairs to be integrated."""
    return Path(output["path"]).is_relative_to(INBOX) or Path(output["path"]).is_relative_to(
        DELIVERIES
    )


def awaits_integration(workspace: Workspace, task: Task) -> bool:
    """Return whether gates ask about deliveries that the DAG has not gone through yet.

    Books are integrate's, scores are qa's, kept pairs are dedup's: a gate waits for the stage
    that tells its figure. What has been gone through and tells no figure fails instead.
    """
    asked = [c for c in criteria_of(task.rest) if "delivery" in c or "indicator" in c]
    outputs = task.submission["outputs"] if task.submission else []
    handed = [output for output in outputs if is_delivery(output)]
    if not asked or not handed:
        return False
    if len(_books(workspace, task.agent, handed)) < len(handed):
        return True
    behind = any(c.get("delivery") in _SCORED for c in asked) and not _is_current(workspace, "qa")
    return behind or (any("indicator" in c for c in asked) and not _is_current(workspace, "dedup"))


def delivered(
    workspace: Workspace, task: Task, criteria: Iterable[Json], taken: Mapping[str, str]
) -> Delivered:
    """Return what criteria ask about the deliveries of a submitted task.

    acceptance_rate is the share of found records that are not quarantined, duplicate_rate the
    share of found records that others had delivered before. Scores are those of qa; pairs of an
    indicator are those that dedup kept. Deliveries in taken belong to other tasks and are not
    counted.
    """
    asked = [c for c in criteria if "delivery" in c or "indicator" in c]
    if not asked:
        return Delivered()
    outputs = task.submission["outputs"] if task.submission else []
    last = [out for out in outputs if is_delivery(out) and out["sha256"] not in taken]
    every = [out for out in task.handed_in if is_delivery(out) and out["sha256"] not in taken]
    books = _books(workspace, task.agent, last)
    figures: dict[str, float] = {}
    if last and len(books) == len(last):
        figures = _booked(books, _books(workspace, task.agent, every))
        if any(criterion.get("delivery") in _SCORED for criterion in asked):
            figures |= _scores(workspace, task.agent, {row["delivery"] for row in books})
    indicators = _indicators(workspace, task, asked, every)
    why = "nothing was delivered" if not last else "the delivery is not integrated yet"
    gone = [row["removed"] for row in books if row.get("removed")]
    if gone:
        why = f"the delivery was removed from the data set by {gone[0]['who']}: {gone[0]['reason']}"
    elif figures:
        why = "the stages that tell it have not run on this delivery: `faucet repro`"
    return Delivered(figures, indicators, {subject(criterion): why for criterion in asked})


def _books(workspace: Workspace, agent: str, outputs: Iterable[Json]) -> list[Json]:
    starts = tuple(f"{output['sha256'][:_DIGEST_CHARS]}-" for output in outputs)
    rows = accounting(workspace)
    return [row for row in rows if row["agent"] == agent and row["delivery"].startswith(starts)]


def _booked(last: list[Json], every: list[Json]) -> dict[str, float]:
    names = ("found", "accepted", "repeated", "quarantined")
    sums: dict[str, float] = {name: sum(row[name] for row in last) for name in names}
    valid = sums["found"] - sums["quarantined"]
    sums["pairs"] = sum(row["accepted"] for row in every)
    if sums["found"]:
        sums["acceptance_rate"] = valid / sums["found"]
        sums["duplicate_rate"] = max(0, valid - sums["pairs"]) / sums["found"]
    return sums


def _scores(workspace: Workspace, agent: str, deliveries: set[str]) -> dict[str, float]:
    """Return mean and lowest score of delivered pairs; nothing where one has no score yet."""
    from pipeline.faucet.lookup import PAIRS, SCORES, table  # noqa: PLC0415 - loads the engine

    if not workspace.has(PAIRS) or not workspace.has(SCORES):
        return {}
    pairs = table(workspace, PAIRS).select("pair_id", "origins").to_arrow()
    ids = set(_from(pairs, agent, deliveries)["pair_id"].to_pylist())
    scored = table(workspace, SCORES).select("pair_id", "score").to_pydict()
    scores = [s for i, s in zip(scored["pair_id"], scored["score"], strict=True) if i in ids]
    if not scores or len(scores) < len(ids):
        return {}
    return {"mean_score": sum(scores) / len(scores), "lowest_score": min(scores)}


def _indicators(
    workspace: Workspace, task: Task, criteria: list[Json], outputs: list[Json]
) -> dict[tuple[str, str], int]:
    """Return kept pairs by (delivery or database, indicator); nothing where dedup is behind."""
    from pipeline.faucet.lookup import KEPT, table  # noqa: PLC0415 - loads the engine
    from pipeline.store.plan import read_plan  # noqa: PLC0415

    asked = [c for c in criteria if "indicator" in c]
    if not asked or not _is_current(workspace, "dedup"):
        return {}
    kept = table(workspace, KEPT).select("pair_id", "indicator", "origins").to_arrow()
    deliveries = {row["delivery"] for row in _books(workspace, task.agent, outputs)}
    by_origin = {"database": kept, "delivery": _from(kept, task.agent, deliveries)}
    names = {whose: rows["indicator"].to_pylist() for whose, rows in by_origin.items()}
    plan = read_plan(workspace)  # which knows the other spellings of an indicator
    wanted = {(c.get("of", "delivery"), c["indicator"]) for c in asked}
    return {
        (whose, name): names[whose].count(found.indicator if (found := plan.named(name)) else name)
        for whose, name in wanted
    }


def _is_current(workspace: Workspace, stage: str) -> bool:
    """Return whether a stage ran on the pairs that integrate told last."""
    integrate, later = (read_figures(workspace, name) for name in ("integrate", stage))
    return bool(integrate and later and integrate["accepted"] == later["pairs"])


def _from(pairs: "pa.Table", agent: str, deliveries: Iterable[str]) -> "pa.Table":
    """Return the rows that have an origin in one of an agent's deliveries."""
    import pyarrow as pa  # noqa: PLC0415 - with the engine
    import pyarrow.compute as pc  # noqa: PLC0415

    origins: Any = pairs["origins"].combine_chunks()
    flat = origins.flatten()
    names = pa.array(sorted(deliveries), type=flat.field("delivery").type)
    is_theirs = pc.and_(
        pc.equal(flat.field("agent"), agent), pc.is_in(flat.field("delivery"), value_set=names)
    )
    rows = pc.unique(pc.list_parent_indices(origins).filter(is_theirs))
    return pairs.take(rows)
