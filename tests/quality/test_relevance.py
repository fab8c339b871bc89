"""Laws of the rules for answers about something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.relevance import file_subject, off_topic
from tests.quality.made_up import ANSWER, LIMITS, reading

DIARY = (
    "RSI is repetitive strain injury: tendons of wrists, elbows and shoulders hurt after months at "
    "keyboards, at benches, on violins or on farms. Doctors diagnose RSI late, since X-rays show "
    "nothing and swelling comes slowly. Physiotherapists stretch muscles, strengthen grips and "
    "correct how patients sit, lift or sleep; splints help some, cold packs others. Employers who "
    "buy better chairs, allow breaks and rotate tasks see fewer complaints; pills merely dull "
    "what typing, sewing and hammering inflame. Musicians practise less, write about what eases "
    "discomfort, warm their fingers first and return to concerts once numbness fades. "
)


@given(st.integers(0, 40))
def test_another_meaning_of_an_acronym_is_off_topic_however_often_it_is_said(times: int) -> None:
    """A text of another field is off topic although it says an acronym of the domain."""
    text = DIARY + "RSI " * times
    assert off_topic(reading(text, "What is RSI?"), **LIMITS["off_topic"]) is not None


@pytest.mark.parametrize(
    "answer",
    [ANSWER, "It is.", "A node that fails falls back to another validator of the same chain. " * 3],
)
def test_answers_of_the_domain_and_answers_too_short_to_measure_are_on_topic(answer: str) -> None:
    """Prose on failures is on topic where it is about the domain; few words prove nothing."""
    assert off_topic(reading(answer), **LIMITS["off_topic"]) is None


def test_a_question_at_the_edge_of_the_domain_may_be_answered_beyond_it() -> None:
    """Where both name the domain less of it is asked for; an acronym names no domain."""
    guard = DIARY.replace("RSI", "guards") + " They watch one bitcoin miner's hall."
    limits = {"min_specificity": 0.1, "min_specificity_named": 0.01, "min_measured_words": 20}
    assert off_topic(reading(guard, "Who guards a bitcoin miner?"), **limits) is None
    assert off_topic(reading(guard, "Who guards a hall?"), **limits) is not None
    worked = DIARY.replace("RSI", "guards") + " Share = 12 / (30 + 6)."
    assert off_topic(reading(worked, "Who guards a bitcoin miner?"), **limits) is None
    assert off_topic(reading(worked, "Who guards a hall?"), **limits) is not None
    assert off_topic(reading(DIARY, "What is RSI?"), **limits) is not None


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ('Trends in "batch-7-notes.txt" data', "batch-7-notes.txt"),
        ("What does results.json contain?", "results.json"),
        ("What is BTC.D?", None),
        ("How does Curve.fi set fees, e.g. on 3pool?", None),
        ("Is web3.py faster than ethers.js?", None),
    ],
)
def test_a_file_name_is_no_subject(question: str, named: str | None) -> None:
    """Questions about files are found; tickers, sites and libraries are subjects."""
    assert file_subject(reading(ANSWER, question)) == named
