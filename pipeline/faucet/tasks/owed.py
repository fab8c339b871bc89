"""What a task owes for its indicators, what of it was brought, and the portion of one call.

Pairs that pass stay and count: a task that was judged owes what is missing. What was counted
stands in the report of the gates, and on the task (credit).
"""

from collections.abc import Iterable, Mapping

from pipeline.core.json_values import Json
from pipeline.faucet.tasks.state import Task

_COUNTED = "pairs delivered for "
_SLACK = 10


def counted_for(indicator: str) -> str:
    """Return what the report of the gates calls the pairs that count for an indicator."""
    return f"{_COUNTED}{indicator}"


def least_of(target_pairs: int) -> int:
    """Return how many pairs of a target complete a task: nine of ten.

    A rule that errs once in twenty must not send honest work back; what is missing stays a gap of
    the plan, and is asked for again.
    """
    return max(1, target_pairs - target_pairs // _SLACK)


def owed(task: Task, portion: int | None = None) -> list[Json]:
    """Return the indicators that a task still owes pairs for, with how many each; at most portion.

    A task whose pairs are all there and whose other gates failed owes one pair, by which it can
    show that they hold.
    """
    named = task.rest.get("indicators", ())
    left = [
        {"name": one["name"], "target_pairs": missing}
        for one in named
        if (missing := one["target_pairs"] - task.credit.get(one["name"], 0)) > 0
    ] or [{"name": one["name"], "target_pairs": 1} for one in named[:1]]
    return left if portion is None else _first(left, portion)


def credit_of(task: Task, report: Json) -> dict[str, int]:
    """Return the pairs by indicator that the gates counted for a task; what they did not ask stays.

    A count never falls because a figure was not to be had.
    """
    got = {row["criterion"]: row["got"] for row in report["criteria"]}
    counts = {
        one["name"]: got.get(counted_for(one["name"])) for one in task.rest.get("indicators", ())
    }
    return {**task.credit, **{name: int(count) for name, count in counts.items() if count}}


def has_grown(before: Mapping[str, int], after: Mapping[str, int]) -> bool:
    """Return whether an attempt brought pairs that count."""
    return sum(after.values()) > sum(before.values())


def is_portion(report: Json) -> bool:
    """Return whether all that a report misses is pairs that are still to come."""
    missed = [row["criterion"] for row in report["criteria"] if not row["passed"]]
    return bool(missed) and all(name.startswith(_COUNTED) for name in missed)


def _first(left: Iterable[Json], portion: int) -> list[Json]:
    dealt = []
    for one in left:
        pairs = min(portion, one["target_pairs"])
        if pairs > 0:
            dealt.append({**one, "target_pairs": pairs})
        portion -= pairs
    return dealt
