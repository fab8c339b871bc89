"""What is left of an answer without sums on figures that nothing states."""

import pytest

from pipeline.faucet.gates.figures import is_mostly_sums, without_loose_sums
from tests.faucet.gates.gaming import written

THIN = "It is an indicator that many traders use."


@pytest.mark.parametrize(
    ("question", "answer", "left"),
    [
        ("What is it?", "A mean. 31 + 44 = 75.", "A mean. ."),
        ("What is it?", "31 + 44 = 75; 75 + 5 = 80; so 80.", "; ; so 80."),
        ("Of 31 and 44?", "31 + 44 = 75, and 75 / 5 = 15.", "31 + 44 = 75, and 75 / 5 = 15."),
        ("Gap?", "From 27,100 up: 27100 * 2 = 54,200.", "From 27,100 up: 27100 * 2 = 54,200."),
        ("What is a?", "a = b / 2 and RSI(14) = 70", "a = b / 2 and RSI(14) = 70"),
        ("Share?", "(9 * 1.8 + 2.5) / 10 = 1.87", ""),
    ],
)
def test_a_sum_stays_where_a_figure_of_it_is_stated(question: str, answer: str, left: str) -> None:
    """Stated is what the question says, what prose says, and what a stated sum comes to."""
    assert without_loose_sums(question, answer)[0] == left


def test_sums_make_no_answer_and_take_none_away() -> None:
    """A thin answer with many loose sums is sums; honest ones, and one sum too many, are not."""
    sums = " ".join(f"{n} * 7 = {7 * n}." for n in range(31, 37))
    answer = f"{THIN} {sums}"
    assert is_mostly_sums(answer, *without_loose_sums("What is it?", answer))
    one = f"{THIN} 31 * 7 = 217."
    assert not is_mostly_sums(one, *without_loose_sums("What is it?", one))
    for name, _, pairs in written():
        for asked, told in pairs:
            assert not is_mostly_sums(told, *without_loose_sums(asked, told)), (name, asked)


def test_sums_without_an_end_are_read_in_one_pass() -> None:
    """Chains without an end, and without a result, are looked at once."""
    assert without_loose_sums("", "1+" * 100_000)[1] == 0
    assert without_loose_sums("", "1+" * 100_000 + "=")[1] == 0
    assert without_loose_sums("", "11+12=23 " * 10_000)[1] == 10_000
