import random

from hypothesis import given
from hypothesis import strategies as st

from pipeline.reviews.force import deciding, edits_in_force, in_force
from pipeline.reviews.records import Edit, Verdict
from pipeline.reviews.tables import verdict_table, verdicts_of

MOMENTS = ["2025-01-01T00:00:00Z", "2025-01-01T00:00:00.5Z", "2025-01-02T00:00:00.000Z"]
LINES = st.lists(
    st.builds(
        Verdict,
        st.sampled_from(MOMENTS),
        st.sampled_from(["eva", "bob"]),
        st.sampled_from(["accept", "reject", "merge", "keep_apart", "withdrawn", "note"]),
        st.sampled_from("ab"),
        st.sampled_from(["", "a", "b", "c"]),
        st.sampled_from(["", "why"]),
    ),
    max_size=8,
)


def line(when: str, verdict: str, *pairs: str) -> Verdict:
    return Verdict(when, "eva", verdict, *pairs)


def test_the_latest_counts_and_the_careful_one_at_a_tie() -> None:
    """A later verdict replaces an earlier one; at one moment the more careful one counts."""
    first, half, second = MOMENTS
    told = in_force(
        [
            line(second, "accept", "a"),
            line(first, "reject", "a"),
            line(first, "accept", "c"),
            line(first, "reject", "c"),
            line(first, "keep_apart", "b", "a"),
            line(first, "merge", "a", "b"),
            line(half, "accept", "d"),
            line(first, "reject", "d"),
        ]
    )
    assert told.of_one == {"a": "accept", "c": "reject", "d": "accept"}
    assert told.of_two == {("a", "b"): "keep_apart"}


def test_what_is_withdrawn_was_never_said() -> None:
    """After a withdrawal there is no verdict in force, until somebody decides again."""
    first, half, second = MOMENTS
    book = [line(first, "accept", "a"), line(half, "withdrawn", "a")]
    assert in_force(book) == ({}, {}, {}, {})
    assert deciding(book) == {("a",): book[1]}
    assert in_force([*book, line(second, "reject", "a")]).of_one == {"a": "reject"}
    two = [line(first, "merge", "a", "b"), line(half, "withdrawn", "b", "a")]
    assert in_force(two).of_two == {}
    tie = [line(first, "accept", "a"), line(first, "withdrawn", "a")]
    assert in_force(tie).of_one == {}
    assert in_force([*tie, line(first, "reject", "a")]).of_one == {"a": "reject"}


@given(LINES, st.randoms(use_true_random=False))
def test_order_of_lines_changes_nothing(lines: list[Verdict], draws: random.Random) -> None:
    """The same lines in another order, or through a table, are the same verdicts."""
    told = in_force(lines)
    assert in_force(draws.sample(lines, len(lines))) == told
    assert in_force(verdicts_of(verdict_table(lines))) == told


@given(LINES)
def test_a_verdict_in_force_is_a_line_that_none_comes_after(lines: list[Verdict]) -> None:
    """Every subject has one verdict at most, and it is one of the latest about it."""
    for ids, counts in in_force(lines).lines.items():
        moment = MOMENTS.index(counts.when)
        rivals = [one for one in lines if one.subject == ids and one.verdict != "note"]
        wanted = ("merge", "keep_apart") if len(ids) == 2 else ("accept", "reject")
        fitting = [one for one in rivals if one.verdict in (*wanted, "withdrawn")]
        assert max(MOMENTS.index(one.when) for one in fitting) == moment
        assert counts in lines


def test_the_edit_of_an_accepted_pair_counts() -> None:
    """Of several edits the latest counts, and only while the pair is accepted."""
    first, half, _ = MOMENTS
    edits = [Edit(half, "eva", "a", "q2", "r2"), Edit(first, "eva", "a", "q1", "r1")]
    assert edits_in_force(edits, {"a": "accept"}) == {"a": edits[0]}
    assert edits_in_force(edits, {"a": "reject"}) == {}
    assert edits_in_force(edits, {}) == {}


def test_no_verdicts_are_no_verdicts() -> None:
    """An empty book has nothing in force."""
    assert in_force(verdicts_of(verdict_table([]))) == ({}, {}, {}, {})
