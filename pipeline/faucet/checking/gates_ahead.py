"""Which gates of a task checked pairs would reach if they were handed in now, and what would lift.

The figures are those of the gates themselves (gates/delivered.py), taken from the check instead
of from the last run. Pairs that the task brought before are counted as they were credited.
"""

from collections.abc import Iterable, Mapping, Sequence

from pipeline.core.json_values import Json
from pipeline.core.text import counted
from pipeline.faucet.checking.counted import as_delivered
from pipeline.faucet.gates.criteria import Facts, criteria_of, evaluate, subject
from pipeline.faucet.gates.delivered import (
    booked,
    indicator_lifts,
    known_as,
    rates_of,
    scores_of,
)
from pipeline.faucet.gates.delivered_pairs import Delivered, parts_of
from pipeline.faucet.lookup import Row
from pipeline.faucet.tasks.state import Task
from pipeline.plan.indicators import Plan
from pipeline.store.plan import read_plan
from pipeline.workspace.workspace import Workspace

_LATER = "told once it is handed in: no check measures it"


def gates_ahead(
    workspace: Workspace,
    task: Task,
    receipts: Sequence[Json],
    pairs: Iterable[Row],
    grades: Mapping[str, Row],
    reasons: Mapping[str, str | None],
) -> list[Json]:
    """Return a row for each gate of a task: criterion, wanted, got, passed, and why where it fails.

    passed is None for what no check measures: metrics, files, what the data set has. receipts are
    those of the checked files, pairs their distinct rows, in order; reasons say why a pair does not
    count (counted.py).
    """
    criteria, plan = criteria_of(task.rest), read_plan(workspace)
    found = _all_of(pairs, grades)
    facts = _facts(workspace, task, receipts, found, reasons, criteria, plan)
    rows = evaluate(criteria, facts)["criteria"] if criteria else []
    return [_with_lift(row, one) for row, one in zip(rows, criteria, strict=True)]


def _all_of(pairs: Iterable[Row], grades: Mapping[str, Row]) -> Delivered:
    """Return checked pairs as one attempt that brought them all."""
    made = [as_delivered(row, grades[row["pair_id"]]) for row in pairs]
    keys = [one.pair_id for one in made]
    return Delivered(tuple(made), frozenset(keys), {key: parts_of(grades[key]) for key in keys})


def _facts(
    workspace: Workspace,
    task: Task,
    receipts: Sequence[Json],
    found: Delivered,
    reasons: Mapping[str, str | None],
    criteria: Sequence[Json],
    plan: Plan,
) -> Facts:
    named = [one for one in criteria if _is_owed(one)]
    of_pairs, of_scores = rates_of(found, reasons), scores_of(workspace, found)
    counting = [one.indicator for one in found.pairs if reasons[one.pair_id] is None]
    names = {one["indicator"] for one in named}
    indicators = {
        ("delivery", name): task.credit.get(name, 0) + counting.count(known_as(plan, name))
        for name in names
    }
    books, before = booked(receipts, receipts), sum(task.credit.values())
    counts = {"counted": before + len(counting), "pairs": before + books["pairs"]}
    lifts = {**of_pairs[1], **of_scores.lifts, **indicator_lifts(named, plan, found, reasons)}
    return Facts(
        delivery={**books, **of_scores.figures, **of_pairs[0], **counts},
        indicators=indicators,
        unknown={subject(one): "the check found no pair" for one in criteria},
        lifts=lifts,
    )


def _is_owed(criterion: Json) -> bool:
    return "indicator" in criterion and criterion.get("of") != "database"


def _with_lift(row: Json, criterion: Json) -> Json:
    """Return a gate's row with how many pairs are still owed, or with why no check measures it."""
    if not (_is_owed(criterion) or "delivery" in criterion):
        return {**row, "got": None, "passed": None, "why": _LATER}
    is_count = _is_owed(criterion) or criterion["delivery"] in {"counted", "pairs"}
    missing = criterion.get("min", 0) - (row["got"] or 0)
    if row["passed"] or not is_count or missing <= 0:
        return row
    more = f"{counted(int(missing), 'pair')} more to come"
    return {**row, "why": "; ".join(filter(None, (more, row.get("why", ""))))}
