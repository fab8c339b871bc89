import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.verdicts import in_force

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["2025-01-01", "2025-01-02"]),
        st.sampled_from(["accept", "reject", "merge", "keep_apart"]),
        st.sampled_from("ab"),
        st.sampled_from("abc"),
    )
)


def table(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["when", "verdict", "pair_id", "other_id"])
    return frame.assign(who="eva", note="")


def test_the_latest_verdict_counts_and_the_careful_one_at_a_tie() -> None:
    """A later verdict replaces an earlier one; at one moment keep_apart goes before merge."""
    found = in_force(
        table(
            [
                ("2", "accept", "a", ""),
                ("1", "reject", "a", ""),
                ("1", "keep_apart", "b", "a"),
                ("1", "merge", "a", "b"),
            ]
        )
    )
    assert found.of_one == {"a": "accept"}
    assert found.of_two == {("a", "b"): "keep_apart"}


@given(ROWS)
def test_order_of_verdicts_changes_nothing(rows: list[tuple[str, str, str, str]]) -> None:
    """The same verdicts in another order are the same verdicts."""
    assert in_force(table(rows)) == in_force(table(rows[::-1]))


def test_no_verdicts_are_no_verdicts() -> None:
    """An empty table has nothing in force."""
    assert in_force(table([])) == ({}, {}, {})
