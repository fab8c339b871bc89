"""Pairs that count stay counted, and a task owes what is missing, in portions."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.faucet.tasks.operations import JudgeTask
from pipeline.faucet.tasks.owed import counted_for, owed
from pipeline.faucet.tasks.state import MAX_ATTEMPTS, State, standing
from tests.faucet.team import after, claim, later, state, submit, task

OWED = [{"name": "RSI", "target_pairs": 600}]


def report(count: int, *, is_clean: bool = True) -> dict[str, Any]:
    rows: list[dict[str, Any]] = [
        {"criterion": counted_for("RSI"), "wanted": "at least 540", "got": count, "passed": False}
    ]
    if not is_clean:
        rows.append({"criterion": "delivery mean_score", "wanted": "", "got": 1, "passed": False})
    return {"passed": False, "criteria": rows}


def judged(start: State, count: int, turn: int, *, is_clean: bool = True) -> State:
    told = JudgeTask("a", turn, later(6), report(count, is_clean=is_clean))
    return after(start, replace_turn(turn), submit("a", turn), told)


def replace_turn(turn: int) -> Any:
    return claim("a", turn, at=1000 * turn)


@given(counts=st.lists(st.integers(1, 40), min_size=1, max_size=12))
def test_a_portion_is_no_failure(counts: list[int]) -> None:
    """However many portions it takes, the task is free at once and owes exactly the rest."""
    start, total = state(task("a", indicators=OWED)), 0
    for turn, count in enumerate(counts, start=1):
        total += count
        start = judged(start, total, turn)
        found = start.task("a")
        assert found is not None
        assert standing(start, found) == "ready"
        assert (found.attempt, found.failures, found.not_before) == (1, (), None)
        assert owed(found) == [{"name": "RSI", "target_pairs": 600 - total}]
        assert owed(found, 25) == [{"name": "RSI", "target_pairs": min(25, 600 - total)}]


def test_pairs_that_count_stay_where_other_gates_fail() -> None:
    """An attempt that brought pairs and missed another gate costs none; one without does."""
    start = judged(state(task("a", indicators=OWED)), 20, 1, is_clean=False)
    found = start.task("a")
    assert found is not None
    assert (found.attempt, dict(found.credit), len(found.failures)) == (1, {"RSI": 20}, 1)
    for turn in range(2, 2 + MAX_ATTEMPTS):
        start = judged(start, 20, turn, is_clean=False)
    found = start.task("a")
    assert found is not None
    assert (found.is_dead, dict(found.credit)) == (True, {"RSI": 20})


def test_portions_go_through_several_indicators() -> None:
    """A portion begins with what the first indicators still owe and never exceeds its size."""
    two = [{"name": "A", "target_pairs": 10}, {"name": "B", "target_pairs": 90}]
    one = replace(task("a", indicators=two), credit={"A": 4})
    assert owed(one, 25) == [{"name": "A", "target_pairs": 6}, {"name": "B", "target_pairs": 19}]
    assert owed(replace(one, credit={"A": 10, "B": 90})) == [{"name": "A", "target_pairs": 1}]
