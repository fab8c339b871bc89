"""Estimates in words are read where they can be, and nothing is guessed where they cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.faucet.monitor.estimates import parsed


@pytest.mark.parametrize(
    ("words", "low_s", "high_s"),
    [
        ("30 minutes", 1_800, 1_800),
        ("2 hours", 7_200, 7_200),
        ("30-45 minutes", 1_800, 2_700),
        ("30 to 45 min", 1_800, 2_700),
        ("60+ minutes", 3_600, None),
        ("1.5 h", 5_400, 5_400),
        ("1 hour 30 minutes", 5_400, 5_400),
        ("1 hour and 30 minutes", 5_400, 5_400),
        ("2-3 weeks", 1_209_600, 1_814_400),
        ("  10 Minutes ", 600, 600),
        ("45s", 45, 45),
    ],
)
def test_what_is_understood(words: str, low_s: float, high_s: float | None) -> None:
    """Numbers with units, ranges, open ends and sums are read as seconds."""
    assert parsed(words) == (low_s, high_s)


@pytest.mark.parametrize(
    "words",
    ["", "soon", "30", "minutes", "about 2 hours", "2 fortnights", "45-30 minutes", None, 30],
)
def test_what_is_not_understood(words: object) -> None:
    """Anything else is no estimate."""
    assert parsed(words) is None


@given(st.text(alphabet="0123456789.-+ minhours", max_size=30))
def test_no_text_breaks_it(words: str) -> None:
    """Whatever is written, the answer is a span with its ends in order, or none."""
    found = parsed(words)
    assert found is None or 0 < found.low_s <= (found.high_s or found.low_s)


def test_the_middle_stands_for_a_span() -> None:
    """A range is compared by its middle, an open one by its lower end."""
    ranged, without_end = parsed("30-45 minutes"), parsed("60+ minutes")
    assert ranged
    assert without_end
    assert (ranged.middle_s, without_end.middle_s) == (2_250, 3_600)
