"""Laws of answers in another language than the base's."""

import json
from pathlib import Path

import pytest

from pipeline.quality.languages import is_foreign
from pipeline.quality.reading import read
from pipeline.quality.relevance import off_topic
from pipeline.quality.senses import off_question
from pipeline.quality.words import words
from tests.quality.made_up import ANSWER, LIMITS, SUBJECT, reading

ANSWERS: dict[str, str] = json.loads(
    Path(__file__).with_name("foreign_answers.json").read_text(encoding="utf-8")
)
ASKED = "What does the RSI say, and what do layer 2 bridges do?"


@pytest.mark.parametrize("code", ANSWERS)
def test_an_answer_in_another_language_is_not_measured_by_our_words(code: str) -> None:
    """Whatever it says: terms of the base's language are not looked for in another one."""
    assert off_topic(reading(ANSWERS[code], ASKED), **LIMITS["off_topic"]) is None
    assert off_question(reading(ANSWERS[code], ASKED), **LIMITS["off_question"]) is None


@pytest.mark.parametrize("code", ["de", "fr", "es", "it", "ru"])
def test_beside_an_unknown_language_our_words_would_doubt_it(code: str) -> None:
    """What spares these answers is their language, and nothing else that they say."""
    unknown = SUBJECT._replace(language="tlh")
    strict = {"min_specificity": 0.2, "min_specificity_named": 0.2, "min_measured_words": 20}
    assert off_topic(read("Why?", ANSWERS[code], unknown), **strict) is not None
    assert off_topic(read("Why?", ANSWERS[code], SUBJECT), **strict) is None


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it"])
@pytest.mark.parametrize("code", ["en", *ANSWERS])
def test_a_text_is_foreign_beside_every_other_language(language: str, code: str) -> None:
    """A text is at home in a base of its own language alone, and all are beside an unknown one."""
    text = ANSWERS.get(code, ANSWER)
    assert is_foreign(text, words(text), language) == (code != language)
    assert not is_foreign(text, words(text), "tlh")


@pytest.mark.parametrize(
    "text",
    ["", "RSI 70", "in an", "Bitcoin, Ethereum, Solana, Cardano, Ripple, Tron, Stellar, Eos"],
)
def test_what_tells_no_language_is_at_home(text: str) -> None:
    """Names, numbers and a few words are in no other language."""
    assert not is_foreign(text, words(text), "en")
