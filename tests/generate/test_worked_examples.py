"""Every answer must be right, also for a reader who has nothing but the answer."""

import csv
import re
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.generate import examples
from pipeline.generate.catalog import INDICATORS, names
from pipeline.generate.examples import CATEGORY, worked_examples
from pipeline.generate.framings import ANSWER_CHARS
from tests.generate.by_hand import BY_HAND
from tests.generate.printed import columns, lines
from tests.thoroughness import often

# Half a unit of the last digit, and 10 % of it for states that are printed with six decimals.
TOLERANCE_UNITS = 0.5 * 1.1
FLOAT_NOISE = 1e-9
EXAMPLES = 60
COLUMNS = {
    "close": "close",
    "high": "high",
    "low": "low",
    "volume": "volume",
    "typical price": "typical",
}
PLAN_FILE = Path(__file__).parents[2] / "data/domain/plan.csv"


def unit(shown: str) -> float:
    """Return the value of the last digit."""
    return float(10 ** -len(shown.partition(".")[2]))


@pytest.mark.parametrize("name", names())
def test_recomputing_the_printed_numbers_gives_the_printed_result(name: str) -> None:
    """Whatever an answer prints as a result follows from the inputs that it prints."""
    for example in worked_examples(name, EXAMPLES, seed=11):
        found = lines(example.question, example.answer)
        assert len(found) == (1 if example.tags[-1] == "worked value" else 2)
        for line in found:
            for shown, value in BY_HAND[name](line):
                allowed = TOLERANCE_UNITS * unit(shown) + FLOAT_NOISE
                assert float(shown) == pytest.approx(value, rel=0, abs=allowed), (line, example)


@pytest.mark.parametrize("name", names())
def test_a_hundred_distinct_examples_of_readable_length(name: str) -> None:
    """Each indicator has 100 pairs with distinct questions and answers of 500 to 1200 characters.

    Every framing takes part, so no kind of question crowds out the others.
    """
    made = worked_examples(name, 100, seed=3)
    assert len({example.question for example in made}) == 100
    assert len({example.answer for example in made}) == 100
    least, most = ANSWER_CHARS
    assert all(least <= len(example.answer) <= most for example in made)
    kinds = [example.tags[-1] for example in made]
    assert len(set(kinds)) >= 3
    assert min(kinds.count(kind) for kind in set(kinds)) >= 20


@pytest.mark.parametrize("name", names())
def test_the_words_of_an_answer_vary(name: str) -> None:
    """No sentence is common to all answers of an indicator, so none is one stuffed template."""
    answers = [example.answer for example in worked_examples(name, 40, seed=5)]
    paragraphs = [set(answer.split("\n\n")) for answer in answers]
    assert not set.intersection(*paragraphs)
    openings = {answer.split(" ")[0] for answer in answers}
    assert len(openings) > 3


@pytest.mark.parametrize("name", names())
def test_text_is_clean(name: str) -> None:
    """No slot is left open, no sentence is doubled up, no sign stands beside another sign."""
    for example in worked_examples(name, 40, seed=8):
        for text in (example.question, example.answer):
            assert not set("{}") & set(text)
            assert not re.search(
                r"  |(?<!\.)\.\.(?!\.)|[+-] -|\bnan\b|\binf\b|-0\.0+\b|\ba [aeiou]", text
            )
        assert example.question.endswith(("?", "."))
        assert example.answer.endswith(".")


def test_names_and_categories_are_the_plans() -> None:
    """The catalogue names indicators, category and subcategory exactly as the master plan does."""
    with PLAN_FILE.open(encoding="utf-8", newline="") as file:
        plan = {row["name"]: row for row in csv.DictReader(file)}
    for indicator in INDICATORS.values():
        row = plan[indicator.name]
        assert (row["category"], row["subcategory"]) == (CATEGORY, indicator.subcategory)
    order = [name for name in plan if name in INDICATORS]
    assert names() == order


@often(15)
@given(st.sampled_from(names()), st.integers(0, 10**6), st.integers(0, 8), st.integers(0, 8))
def test_a_shorter_list_is_the_start_of_a_longer_one(
    name: str, seed: int, count: int, more: int
) -> None:
    """A refill that asks for more pairs gets the earlier ones first, whatever the seed."""
    longer = worked_examples(name, count + more, seed)
    assert longer[:count] == worked_examples(name, count, seed)
    assert len(longer) == count + more


def test_seeds_give_different_examples() -> None:
    """Two seeds share no question."""
    one, other = (
        {example.question for name in names() for example in worked_examples(name, 10, seed)}
        for seed in (1, 2)
    )
    assert not one & other


def test_an_indicator_that_cannot_be_computed_is_refused() -> None:
    """A name outside the catalogue raises instead of giving an invented example."""
    with pytest.raises(KeyError, match="Active Addresses"):
        worked_examples("Active Addresses (Daily)", 1, seed=0)


def test_an_impossible_count_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """More examples than the series hold is an error that says how many were found."""
    monkeypatch.setattr(examples, "SERIES_PER_INDICATOR", 1)
    monkeypatch.setattr(examples, "BARS", examples.FIRST_BAR)
    monkeypatch.setattr(examples, "ATTEMPTS_PER_EXAMPLE", 2)
    with pytest.raises(ValueError, match=r"Parabolic SAR: [1-9]\d* of 300 examples"):
        worked_examples("Parabolic SAR", 300, seed=0)


@pytest.mark.parametrize("name", names())
def test_nothing_looks_ahead(name: str) -> None:
    """Each printed input is the series' own value at its bar, and no bar is later than asked."""
    key = zlib.crc32(name.encode())
    pool = {series.symbol: series for series in examples._pool(6, key)}
    for example in worked_examples(name, 40, seed=6):
        asked = lines(example.question, example.answer)[-1].bar
        found = re.search(r"series ([A-Z]\d+)", example.question, re.IGNORECASE)
        assert found
        series = pool[found[1]]
        for noun, column in columns(example.answer).items():
            assert max(column) <= asked
            if noun in COLUMNS:
                actual = getattr(series, COLUMNS[noun])
                assert column == {bar: pytest.approx(actual[bar - 1]) for bar in column}


def test_every_example_speaks_of_the_subject() -> None:
    """An answer that is all numbers would be off topic by the workspace's own terms."""
    terms = set(PLAN_FILE.with_name("terms.txt").read_text(encoding="utf-8").split())
    silent = [
        example.question
        for name in sorted(names())
        for example in worked_examples(name, 12, seed=5)
        if terms.isdisjoint(re.findall(r"[a-z]+", example.answer.lower()))
    ]
    assert silent == []
