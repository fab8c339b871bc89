"""Laws of words and readings."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.words import content_words, words
from tests.quality.made_up import ANSWER, QUESTION, reading


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_fast_path_gives_the_words_of_the_regular_one(text: str) -> None:
    """Text in ASCII has the same words through bytes as through the regular expression."""
    assert words(text) == re.findall(r"[^\W_]+", text.lower())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On-chain, off_chain & BTC.D", ["on", "chain", "off", "chain", "btc", "d"]),
        ("Prix élevé: 3 €", ["prix", "élevé", "3"]),
        ("", []),
    ],
)
def test_words_are_runs_of_letters_and_digits(text: str, expected: list[str]) -> None:
    """Hyphens, underscores and punctuation part words, accents do not."""
    assert words(text) == expected


def test_content_words_can_name_a_subject() -> None:
    """Stop words and bare numbers are no content; a number with letters is."""
    assert content_words(frozenset({"the", "2024", "s2f", "bitcoin"})) == {"s2f", "bitcoin"}


@given(st.integers(2, 5))
def test_saying_it_again_changes_no_share(times: int) -> None:
    """Specificity and the share of the question taken up count distinct words."""
    once, again = reading(ANSWER), reading(" ".join([ANSWER] * times))
    assert (once.specificity, once.taken_up) == (again.specificity, again.taken_up)


@given(st.text(), st.text())
def test_every_share_is_a_share(question: str, answer: str) -> None:
    """Whatever the text, shares lie between 0 and 1."""
    read = reading(answer, question)
    assert all(0 <= share <= 1 for share in (read.specificity, read.taken_up, read.distinct_share))


@pytest.mark.parametrize(
    ("answer", "share"),
    [
        ("An uptrend keeps relative strengths and the Index high; reading them takes care.", 1.0),
        ("The weather was fine.", 0.0),
    ],
)
def test_a_question_is_taken_up_in_any_inflection(answer: str, share: float) -> None:
    """A word counts as taken up in plural or another form, a missing one does not."""
    asked = "relative strength index uptrends"
    assert reading(answer, asked).taken_up == share


def test_a_question_without_content_is_taken_up() -> None:
    """Nothing asked leaves nothing out."""
    assert reading("RSI.", "What is it?").taken_up == 1.0
    assert reading(ANSWER, QUESTION).taken_up > 0.8
