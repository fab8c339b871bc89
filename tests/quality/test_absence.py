"""Laws of the rules for answers that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.absence import echo, refusal
from pipeline.quality.templates import template_answer
from tests.quality.made_up import ANSWER, QUESTION, reading

PAGE = " The general theory of such files fills the rest of this page, at length." * 10


@pytest.mark.parametrize(
    "opening",
    [
        "Unfortunately, I do not have access to a document titled notes.txt.",
        "I apologize, but I don't have any specific information about this dataset.",
        "I’m afraid I don’t have enough context about the study to answer.",
        "Unfortunately, without the file q3.txt I do not have enough information to go on.",
        "I'm sorry, but I cannot provide an answer to that.",
        "I was unable to find anything on this subject.",
        "I apologize, but I do not feel comfortable providing help with wash trading.",
        "As an AI language model, I only know what I was told.",
        "To compare the two q3.txt datasets, I will need to review their rows first.",
        "Without more context about its author, I can only give general information.",
        "Certainly! The name is unknown to me. I could not locate it anywhere.",
        "I'm not familiar with this measure and cannot speak to it.",
        "I must respectfully decline to rank these coins.",
        "I won't be able to help with that.",
        "I'm just an AI and hold no opinion on markets.",
        "I have no browsing capability, so that figures of today are out of reach.",
        "I'd rather not answer that.",
    ],
)
def test_a_refusal_is_found_however_long_it_runs(opening: str) -> None:
    """The first person saying that it has nothing to answer from refuses, on a page too."""
    found = refusal(reading(opening + PAGE), opening_chars=400)
    assert found is not None
    assert found in opening + PAGE


@pytest.mark.parametrize(
    "answer",
    [
        "My training data does not cover this measure.",
        "Your prompt has been blocked by the safety filter.",
        "This request goes against our guidelines.",
        "We are unable to process this request at the moment. Please try again later.",
        "There is no data available for this indicator.",
        "The search returned no results, so that nothing can be summed up.",
        "There is not enough information to explain this entry.",
        "It would not be appropriate for me to offer advice here.",
        "That is beyond my expertise.",
        "I don't know.",
    ],
)
def test_a_short_answer_that_gives_nothing_is_a_refusal(answer: str) -> None:
    """Policies, failed calls and empty searches refuse where nothing else is said."""
    assert refusal(reading(answer), opening_chars=400) is not None
    assert refusal(reading(answer + PAGE), opening_chars=400) is None


@pytest.mark.parametrize(
    "answer",
    [
        "Your request was rejected because the document had expired.",
        "If the payment fails, please try again with another card.",
        "A swap that slips too far cannot be completed, and the tokens stay where they are.",
        "If no results are found, widen the filter by a day.",
        "It violates the terms of most exchanges, whose policies name it.",
        "I am not sure who made it, but 14 periods are usual.",
        "Unfortunately, many retail traders do not have access to order book data.",
        "Fallback systems answer when a service cannot provide data: errors, timeouts, failures.",
        "Error: could not connect. Such messages mean that the node is behind.",
        "As an AI trading bot scans the market, it ranks coins by volume.",
        "Without more volume a breakout fails, and traders can only wait.",
        "Without access to an exchange a holder sells over the counter. I can see two ways.",
        "A validator that is unable to attest loses a part of its stake.",
        "It seems to be about mining. While I don't have access to it, it may hold rates.",
        "I cannot help but notice how funding turns negative at every low.",
        ANSWER,
        "Why do wallets refuse? " + "The mempool is full. " * 30 + "I do not have access to it.",
    ],
)
def test_prose_about_missing_things_is_no_refusal(answer: str) -> None:
    """Others who lack access, errors, fallback systems and late asides refuse nothing."""
    assert refusal(reading(answer), opening_chars=400) is None


@pytest.mark.parametrize(
    "answer",
    [
        "[Answer 3 - Keltner Channels]",
        "[Comprehensive answer for: What is staking?]",
        " <insert text here> ",
        "{{answer}}",
        "TODO",  # left by whoever wrote the answer
        "N/A",
        "[Full answer - truncated here for brevity but would be complete]",
        "The ratio is high. [insert answer for the second part] It is low.",
        "Lorem ipsum dolor sit amet, consectetur.",
    ],
)
def test_a_placeholder_is_found(answer: str) -> None:
    """What stands where an answer should stand is a template."""
    assert template_answer(reading(answer)) is not None


@pytest.mark.parametrize(
    "answer",
    [
        "[(High + Low) / 2 - EMA]",
        "{x : x > 0} is the set of profitable outputs.",
        '{"answer": "Above 70 the index is overbought."}',
        'def top(prices): return [price for price in prices if price["high"] > 70]',
        "Write [your wallet's address] into the form and keep the receipt.",
        "[1] shows that the answer depends on the period.",
        "None of the two; both lag.",
        ANSWER,
    ],
)
def test_brackets_are_no_template(answer: str) -> None:
    """Formulas, sets, JSON, code, citations and advice with brackets are answers."""
    assert template_answer(reading(answer)) is None


@given(st.integers(0, 7))
def test_a_question_given_back_is_an_echo(words_more: int) -> None:
    """The question's own words with fewer than eight others are no answer."""
    answer = QUESTION.upper() + " indeed" * words_more
    assert echo(reading(answer), min_new_words=8) == answer


@pytest.mark.parametrize(
    "answer",
    [
        QUESTION + " It is read against the trend, with bands moved up by ten points.",
        "In a strong uptrend it is high.",
        ANSWER,
        "",
    ],
)
def test_restating_the_question_is_no_echo(answer: str) -> None:
    """An answer may open with its question, and may use the question's words."""
    assert echo(reading(answer), min_new_words=8) is None
