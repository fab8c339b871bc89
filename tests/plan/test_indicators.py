import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.plan.indicators import Indicator, Plan
from pipeline.plan.resolution import resolve
from tests.domains import lookup

NAMES = (
    "Relative Strength Index (RSI)",
    "Stochastic RSI",
    "Active Addresses (Daily)",
    "Active Addresses (Weekly)",
    "Width",
    "Bollinger Band Width",
)

PLAN = Plan(Indicator(name, "C", "S") for name in NAMES)
DAILY, WEEKLY = NAMES[2:4]


def name_of(found: Indicator | None) -> str | None:
    return found.indicator if found else None


@pytest.mark.parametrize(
    ("text", "one", "several"),
    [
        ("RSI", NAMES[0], ()),
        ("relative-strength  index", NAMES[0], ()),
        ("Bollinger Band Width", NAMES[5], ()),
        ("stochastic RSI divergence", NAMES[1], ()),
        ("active addresses", None, (DAILY, WEEKLY)),
        ("what active addresses tell", None, (DAILY, WEEKLY)),
        ("Active Addresses (Daily)", DAILY, ()),
        ("RSI and the Stochastic RSI", None, (NAMES[0], NAMES[1])),
        ("RSI against active addresses", None, (DAILY, WEEKLY, NAMES[0])),
        ("wallets", None, ()),
        ("", None, ()),
    ],
)
def test_text_means_one_indicator_or_has_candidates(
    text: str, one: str | None, several: tuple[str, ...]
) -> None:
    """A name, alias or mention of one is that one; several are candidates; none is nothing."""
    assert name_of(PLAN.named(text) or PLAN.mentioned(text)) == one
    assert PLAN.candidates(text) == several


@given(st.lists(st.sampled_from([*NAMES, "RSI", "active addresses", "and", "of"]), max_size=5))
def test_candidates_and_an_answer_exclude_each_other(parts: list[str]) -> None:
    """Ambiguous text is never resolved, and what is resolved is not ambiguous."""
    text = " / ".join(parts)
    found = resolve(PLAN, declared="", topic=text, file_name="x.json")
    assert found.indicator is None or found.candidates == ()
    assert len(found.candidates) != 1
    assert list(found.candidates) == sorted(set(found.candidates))


@given(st.permutations(NAMES), st.sampled_from([*NAMES, "active addresses", "RSI, width"]))
def test_the_order_of_the_plan_changes_nothing(names: list[str], text: str) -> None:
    """Whichever indicator is listed first, text means the same."""
    other = Plan(Indicator(name, "C", "S") for name in names)
    assert other.candidates(text) == PLAN.candidates(text)
    assert other.mentioned(text) == PLAN.mentioned(text)


@pytest.mark.parametrize(
    ("declared", "topic", "file_name", "one", "several", "by"),
    [
        ("RSI", "active addresses", "width.json", NAMES[0], (), "declared"),
        ("the RSI of daily closes", "", "width.json", NAMES[0], (), "declared"),
        ("", "", "batches/bollinger_band_width.v2.json", NAMES[5], (), "file_name"),
        ("active addresses", "Active Addresses (Weekly)", "a.json", WEEKLY, (), "topic"),
        ("active addresses", "RSI or width", "a.json", None, (DAILY, WEEKLY), None),
        ("", "RSI or width", "active_addresses.json", None, (NAMES[0], NAMES[4]), None),
        ("", "", "active_addresses.json", None, (DAILY, WEEKLY), None),
        ("", "", "", None, (), None),
    ],
)
def test_the_first_telling_text_decides(
    declared: str,
    topic: str,
    file_name: str,
    one: str | None,
    several: tuple[str, ...],
    by: str | None,
) -> None:
    """Declared before topic before file name; candidates are of the first ambiguous one."""
    found = resolve(PLAN, declared=declared, topic=topic, file_name=file_name)
    assert (name_of(found.indicator), found.candidates, found.by) == (one, several, by)


def test_every_indicator_of_the_plan_answers_to_its_name() -> None:
    """A delivery that names an indicator in full is placed under it, and only under it."""
    plan = lookup()
    for indicator in plan.indicators:
        found = resolve(plan, declared=indicator.indicator, topic="", file_name="")
        assert found == (indicator, (), "declared")


@pytest.mark.parametrize(
    ("topic", "question", "one", "by"),
    [
        ("", "How is the RSI read in a trend?", NAMES[0], "question"),
        ("", "What does a wide Bollinger Band Width say?", NAMES[5], "question"),
        ("", "failed signals, order sizes and the RSI", None, None),
        ("", "RSI or stochastic RSI?", None, None),
        ("", "active addresses of a chain", None, None),
        ("active addresses", "Active Addresses (Weekly) of a chain", WEEKLY, "question"),
        ("active addresses", "Who counts, and why, Active Addresses (Weekly)?", WEEKLY, "question"),
        ("active addresses", "How is the RSI read?", None, None),
        ("Bollinger & Band & Width", "How is the RSI read?", NAMES[5], "topic"),
        ("width", "How is the RSI read?", NAMES[4], "topic"),
        ("", "", None, None),
    ],
)
def test_the_question_is_asked_last(
    topic: str, question: str, one: str | None, by: str | None
) -> None:
    """A question places a pair where it is about one indicator, and never against its delivery."""
    found = resolve(PLAN, declared="", topic=topic, file_name="x.json", question=question)
    assert (name_of(found.indicator), found.by) == (one, by)
    assert found.indicator is None or found.candidates == ()


@pytest.mark.parametrize(
    ("question", "one"),
    [
        ("What is the Pi Cycle?", "Pi Cycle Top Indicator"),
        ("HODL waves and sentiment", "HODL Waves (Age distribution of UTXOs)"),
        ("crypto perpetual contract funding rate history", "Funding Rates (perpetual futures)"),
        ("crypto broker contract funding rate history", None),
        ("How is TEMA calculated?", None),
        ("How does the triple exponential moving average differ?", None),
        ("How is the exponential moving average calculated?", "Exponential Moving Average (EMA)"),
        ("Stochastic RSI settings", None),
    ],
)
def test_names_that_hold_a_name_are_told_from_it(question: str, one: str | None) -> None:
    """Common spellings answer to their indicator; another indicator's name hides the one in it."""
    found = resolve(lookup(), declared="", topic="", file_name="", question=question)
    assert name_of(found.indicator) == one
