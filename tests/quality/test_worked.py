"""Laws of the rule for numbers that come out otherwise."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.arithmetic import equations, value
from pipeline.quality.worked import wrong_number
from tests.quality.made_up import ANSWER, reading

RIGHT = [
    "An average gain of 1.5 and an average loss of 1.0 give: the RSI is 60.",
    "RSI = 100 - 100 / (1 + 1.5) = 60",
    "With closing prices of 10, 11, 12, 13 and 14 the 5-period SMA is 12.",
    "With closes of 10, 12 and 14 the 3-period WMA is 12.67.",
    "The highest high is 120, the lowest low is 100, the closing price is 115: %R is -25.",
    "The highest high is 120, the lowest low is 100, the closing price is 115: %K is 75.",
    "High 30, low 24, close 27: the pivot point is 27.",
    "The 12-period EMA is 105.2 and the 26-period EMA is 103.1, so the MACD line is 2.1.",
    "The MACD line is 2.1, the signal line is 1.6, and the histogram is 0.5.",
    "The current price is 110, the price 10 days ago was 100: the ROC is 10%.",
    "The 9-period high is 60 and the 9-period low is 50, so the Tenkan-sen is 55.",
    "Prior SAR 40, acceleration factor 0.02, extreme point 50: the new SAR is 40.2.",
    "Return = (110 - 100) / 100 = 10%",
    "- Multiplier = 2 / (12 + 1) = 0.1538",
    "(50 + 52 + 48 + 51 + 49) / 5 = 50",
    "3 x 4 = 12, and 2 / 3 ≈ 0.67",
    "The fee is $1,500 / $10,000 = 0.15.",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_comes_out_is_left_alone(text: str) -> None:
    """A right result is never told, alone or inside an answer."""
    assert wrong_number(reading(text)) is None
    assert wrong_number(reading(f"{ANSWER}\n\n{text}")) is None


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("An average gain of 1.5 and an average loss of 1.0 give: the RSI is 75.", "60"),
        ("RSI = 100 - 100 / (1 + 1.5) = 75", "60"),
        ("With closing prices of 10, 11, 12, 13 and 14 the 5-period SMA is 13.", "12"),
        ("With closes of 10, 12 and 14 the 3-period WMA is 11.", "12.6667"),
        (
            "The highest high is 120, the lowest low is 100, the closing price is 115: %R is -75.",
            "-25",
        ),
        ("High 30, low 24, close 27: the pivot point is 28.", "27"),
        ("The 12-period EMA is 105.2 and the 26-period EMA is 103.1: the MACD line is 3.1.", "2.1"),
        ("The MACD line is 2.1, the signal line is 1.6, and the histogram is 3.7.", "0.5"),
        ("The current price is 110, the price 10 days ago was 100: the ROC is 12%.", "10"),
        ("Multiplier = 2 / (12 + 1) = 0.25", "0.153846"),
        ("MFV = 0.4 \u00d7 1,000 = 500", "400"),
    ],
)
def test_a_wrong_result_is_told_with_the_right_one(text: str, true: str) -> None:
    """Evidence says what is stated and what it should be."""
    found = wrong_number(reading(f"{ANSWER}\n\n{text}"))
    assert found is not None
    assert f"it is {true}" in found


@pytest.mark.parametrize(
    "text",
    [
        "EMA = close * 2 / (n + 1) = 14",
        "https://example.org/a?x=1-2=3&y=4/2=7",
        "RSI(14) = 70 and SMA(20) = 15",
        "An average gain of 1.5 and an average loss of 1.0 or of 2.0: the RSI is 75.",
        "x = 5 - y = 3",
        "2^3! = 40",
        "max(3, 5) * 2 = 10",
        "10 + 2 = 12 million of 12 M",
        "1/2 = 3/4 of the way",
        "$500 / $10 = 50K",
        "10 / 60,000 = 1.67 basis points, and ln 4.5 / 2.75 = 54.7 %",
        "High 150.26, low 147.81, close 150.02: Williams %R = -100 * (150.26 - 150.02) / 2.45",
        "scores of 3-4/4 + 2-4/4 = 5-8/8",
    ],
)
def test_what_is_no_equation_of_numbers_tells_nothing(text: str) -> None:
    """Names, functions, ranges, units and addresses are not calculated."""
    assert wrong_number(reading(text)) is None


@given(
    st.integers(1, 999),
    st.sampled_from("+-*/\u00d7÷\u2212"),
    st.integers(1, 999),
    st.floats(0.02, 3) | st.floats(-3, -0.02),
)
def test_each_equation_is_right_as_written_and_wrong_beside_it(
    left: int, sign: str, right: int, off: float
) -> None:
    """A result stated to four digits is right, and one off by two percent and more is not."""
    true = value(f"{left} {sign} {right}")
    assert true is not None
    (found,) = equations(f"result: {left} {sign} {right} = {true:.4f}")
    assert found.is_right
    wrong = true * (1 + off) + (0.1 if off > 0 else -0.1) * (1 if true >= 0 else -1)
    told = equations(f"result: {left} {sign} {right} = {wrong:.4f}")
    assert all(not one.is_right for one in told)
    assert len(told) == 1


@given(st.text(alphabet="0123456789+-*/().^=xX ,%$abc\n\u00d7÷", max_size=400))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    """Whatever stands around an equals sign, there is a result or none."""
    for one in equations(text):
        assert one.text
        assert math.isfinite(one.calculated)


def test_large_powers_and_depths_are_not_calculated() -> None:
    """Neither towers of powers nor deep brackets cost anything."""
    assert value("9**9**9") is None
    assert value("9^99") is None
    assert value("(" * 500 + "1" + ")" * 500) is None
