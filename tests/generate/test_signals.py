import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.generate.examples import worked_examples
from pipeline.generate.indicator import crossing
from tests.generate.by_hand import BY_HAND
from tests.generate.printed import lines

small = st.integers(-3, 3)
AVERAGES = (
    "Simple Moving Average (SMA)",
    "Exponential Moving Average (EMA)",
    "Weighted Moving Average (WMA)",
)
# What an answer may only say when the level was crossed this way: (words, level, upwards).
LEVELS = {
    "Relative Strength Index (RSI)": (
        ("rose above 70", 70, True),
        ("fell back below 70", 70, False),
        ("rose back above 30", 30, True),
        ("fell below 30", 30, False),
    ),
    "Commodity Channel Index (CCI)": (
        ("rose above +100", 100, True),
        ("fell back below +100", 100, False),
        ("rose back above -100", -100, True),
        ("fell below -100", -100, False),
    ),
    "Williams %R": (
        ("rose above -20", -20, True),
        ("left the overbought zone downwards", -20, False),
        ("left the oversold zone upwards", -80, True),
        ("fell below -80", -80, False),
    ),
}


@given(small, small, small, small)
def test_crossings_exclude_each_other(before: int, now: int, old: int, new: int) -> None:
    """Up means at or below and then above, down the reverse; touching alone is no crossing."""
    side = crossing(before, now, old, new)
    assert (side == "up") == (before <= old and now > new)
    assert (side == "down") == (before > old and now <= new)
    assert (side in {"above", "up"}) == (now > new)


@pytest.mark.parametrize("name", AVERAGES)
def test_price_crossovers_are_what_the_lines_show(name: str) -> None:
    """An answer speaks of a bullish crossover exactly where the printed close passed its line."""
    seen = set()
    for example in worked_examples(name, 120, seed=2):
        if example.tags[-1] != "signal":
            continue
        then, now = (
            (line.columns["close"][line.bar], next(BY_HAND[name](line))[1])
            for line in lines(example.question, example.answer)
        )
        side = crossing(then[0], now[0], then[1], now[1])
        assert ("bullish price crossover" in example.answer) == (side == "up")
        assert ("bearish price crossover" in example.answer) == (side == "down")
        seen.add(side)
    assert {"up", "down"} < seen


@pytest.mark.parametrize("name", LEVELS)
def test_levels_are_crossed_where_an_answer_says_so(name: str) -> None:
    """The words for a crossed level stand only where both printed values lie on its two sides."""
    spoken = set()
    for example in worked_examples(name, 160, seed=2):
        if example.tags[-1] != "signal":
            continue
        before, now = (
            float(list(BY_HAND[name](line))[-1][0])
            for line in lines(example.question, example.answer)
        )
        for words, level, upwards in LEVELS[name]:
            if words in example.answer:
                spoken.add(words)
                assert crossing(before, now, level, level) == ("up" if upwards else "down")
    assert len(spoken) >= 3
