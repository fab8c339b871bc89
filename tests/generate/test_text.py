import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.generate.text import (
    UnprintableError,
    agreed,
    arithmetic,
    decimals,
    fixed,
    listed,
    sentence,
    signed,
)

finite = st.floats(-1e9, 1e9)


@given(finite, st.integers(0, 6))
def test_printed_numbers_are_within_half_a_unit(value: float, digits: int) -> None:
    """A printed number has the asked decimals, is nearest to the value and never minus zero."""
    shown = fixed(value, digits)
    assert decimals(shown) == digits
    assert abs(float(shown) - value) <= 0.5 * 10**-digits + 1e-6
    assert not (shown.startswith("-") and float(shown) == 0)
    assert float(signed(value, digits)) == float(shown)


def test_a_result_that_the_working_does_not_reach_is_refused() -> None:
    """The library's value is printed only where the printed working rounds to the same digits."""
    assert agreed(1.23449, 1.2341, 3) == "1.234"
    with pytest.raises(UnprintableError, match="by hand"):
        agreed(1.2346, 1.2344, 3)


def test_lists_name_their_bars() -> None:
    """One bar, two bars and a range are each named as a reader expects."""
    assert listed("close", [1.5], 7) == "close of bar 7: 1.50"
    assert listed("close", [1, 2], 7) == "closes of bars 6 and 7: 1.00, 2.00"
    assert listed("volume", [1, 2, 3], 7, 0) == "volumes of bars 5 to 7: 1, 2, 3"


def test_signs_and_stops_are_tidy() -> None:
    """Two signs become one and a sentence ends in exactly one stop."""
    assert arithmetic("1 - -2 + -3") == "1 + 2 - 3"
    assert sentence("a = 1") == "A = 1."
    assert sentence("Is it?") == "Is it?"
