"""Laws of the rules for unfilled forms, empty announcements and logs of machines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.announcements import preamble_only
from pipeline.quality.asking import kind_of, well_asked
from pipeline.quality.completeness import cut_off
from pipeline.quality.logs import run_log, without_run_log
from pipeline.quality.residue import model_residue, without_model_residue
from pipeline.quality.templates import template_answer
from tests.quality.made_up import ANSWER, LIMITS, reading

LOGS = ["RESEARCH COMPLETED", "TOTAL TOKENS USED: 12,345", "Word count: 512", "API calls: 7"]


@pytest.mark.parametrize(
    "slot",
    [
        "[link]",
        "[current date]",
        "[author]",
        "$[current price]",
        "[Note: Full 500+ word answer continues here]",
        "[insert two examples]",
        "All sources are hypothetical.",
        "Sources (illustrative):\n- A paper",
        "{{ metric }} rises.",
        "Between {lower} and {upper} it waits.",
        "It is <insert the formula here>.",
        "[METRIC] falls, and [METRIC] rises.",
        "It rose by XX% in a week.",
        "It rises when ________ and falls when ________, as a rule.",
        "Best regards,\n[Your Name]",
    ],
)
def test_a_slot_inside_an_answer_is_a_template(slot: str) -> None:
    """What was to be filled in, left out or invented is found wherever it stands."""
    assert template_answer(reading(f"{ANSWER}\n{slot}")) is not None


@pytest.mark.parametrize(
    "text",
    [
        "See [link](https://example.org) and [author](https://example.org/a).",
        "```\nWeek of [date]: [link]\n```",
        "E[X] is a mean, x[date] a column, [0, 100] a range.",
        "A hypothetical trade of 3 coins, for illustration: it wins.",
        r"\frac{gain}{loss}, x_{max} and {BTC, ETH} are sets; f'{price}' is a string.",
        "Tickers such as [BTC] stand in brackets; 3 < x, y > 2.",
        "Fill in ____ once.",
    ],
)
def test_marks_of_code_and_one_blank_are_no_slots(text: str) -> None:
    """Braces of formulas and strings, a ticker, comparisons and one blank are left alone."""
    assert template_answer(reading(f"{ANSWER}\n{text}")) is None


@pytest.mark.parametrize(
    "answer",
    [
        "TODO: write the answer, with a formula.",
        "Answer goes here.",
        "<answer>\n</answer>",
        "Definition: ...\nFormula: ...\nExample: ...",
    ],
)
def test_a_form_left_empty_is_a_template(answer: str) -> None:
    """A whole answer that only says that there is to be one is found."""
    assert template_answer(reading(answer)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Weeks of 3 coins: it wins.",
    ],
)
def test_links_code_and_formulas_are_no_slots(text: str) -> None:
    """Links of Markdown, code, indices and supposed cases are left alone."""
    assert template_answer(reading(f"{ANSWER}\n{text}")) is None


@pytest.mark.parametrize(
    ("question", "answer", "empty"),
    [
        ("How is it used?", "There are five ways to use it. They are explained below.", True),
        ("How is it used?", "# Definition\n# Calculation\n# Examples\n# Conclusion", True),
        (
            "What are common mistakes with it?",
            "Using it well requires avoiding several critical mistakes that reduce its worth.",
            True,
        ),
        ("What are common mistakes with it?", "Reading it alone, or too early.", False),
        ("Does it last?", "It does. Spores rest where two mating types meet.", False),
        ("What helps?", "Much. The plan involves several important steps to follow.", True),
        ("Which bands exist?", "- Keltner\n- Bollinger\n- Donchian", False),
        ("What is it?", "An oscillator, as follows: RSI = 100 - 100 / (1 + g / l)", False),
    ],
)
def test_an_answer_that_announces_and_gives_nothing_is_found(
    question: str, answer: str, empty: bool
) -> None:
    """Announcements, headings and praise alone speak; lists of names and formulas do not."""
    found = preamble_only(reading(answer, question), max_words=150)
    assert (found is not None) == empty


@pytest.mark.parametrize("log", LOGS)
def test_a_log_at_the_end_is_found_and_taken_off(log: str) -> None:
    """A log behind a separator is told and its removal gives the answer back."""
    text = f"{ANSWER}\n\n==========\n{log}\n=========="
    assert run_log(reading(text)) is not None
    assert without_run_log(text) == ANSWER
    assert run_log(reading(ANSWER)) is None


@given(st.text(max_size=300))
def test_taking_off_twice_changes_nothing(text: str) -> None:
    """Without its machinery a text has none."""
    for without in (without_run_log, without_model_residue):
        once = without(text)
        assert without(once) == once


def test_a_models_marks_are_found_and_taken_off() -> None:
    """A thinking block at the start and marks of a turn's end belong to no answer."""
    text = f"<think>Let me see.</think>\n{ANSWER}<|im_end|>"
    assert model_residue(reading(text)) is not None
    assert without_model_residue(text) == ANSWER
    assert model_residue(reading(ANSWER)) is None


@pytest.mark.parametrize(
    "end",
    [
        "\n\n1. Trend\n- It rises.\n\n2.",
        "\n\n## Limits",
        '\n- "A paper on oscillators',
        "\n\n4. Privacy-",
        "\nIt is read with others, e.g.",
    ],
)
def test_more_ends_are_cut_off(end: str) -> None:
    """A number, a heading, an open quotation, half a word and an abbreviation end no answer."""
    limits = LIMITS["cut_off"]
    assert isinstance(limits, dict)
    prose = "It rises with the price. It falls with it."
    assert cut_off(reading(prose + end), **limits) is not None
    assert cut_off(reading(prose), **limits) is None


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is the RSI?", "definition"),
        ("How is the RSI different from the ROC?", "comparison"),
        ("How many days are usual?", "number"),
        ("Which bands exist?", "list"),
        ("Why does it lag?", "reason"),
        ("Is it lagging?", "yes_no"),
        ("How is it read?", "way"),
        ("RSI settings in gardens", "phrase"),
    ],
)
def test_kinds_of_questions_follow_from_their_opening(question: str, kind: str) -> None:
    """What a question asks for is told by the words it opens with, in any case."""
    assert kind_of(question) == kind_of(question.upper()) == kind


def test_questions_are_ranked_by_how_they_ask() -> None:
    """A question is worth more than a phrase, a phrase more than a query, none below zero."""
    asked = well_asked("When are tomatoes watered?")
    phrase = well_asked("watering of tomatoes")
    query = well_asked('"tomatoes" AND "watering" AND "insurance"')
    assert 1 == asked > phrase > query >= 0
    assert well_asked('"watering of tomatoes"') == phrase
    assert well_asked('"watering" of tomatoes') == well_asked('watering of "tomatoes"') < phrase
    assert well_asked("expert interviews on watering") < phrase
