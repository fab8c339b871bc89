"""Laws of no_calculation: who asks how something is calculated is to be told a step of it."""

import pytest

from pipeline.quality.calculation import no_calculation
from tests.quality.made_up import reading

ASKED = "What is the Force Index and how is it calculated?"
INTRODUCED = (
    "The Force Index was developed by Alexander Elder. It brings price moves and volume together"
    " to show the strength behind a move, and tells conviction from noise."
)


@pytest.mark.parametrize(
    "question",
    [
        ASKED,
        "How do you compute the volume of a sphere?",
        "How can the interest on a loan be worked out?",
        "What is the formula of the Force Index?",
    ],
)
def test_an_introduction_alone_is_flagged(question: str) -> None:
    """An answer without any step of a calculation is named with the words that asked for one."""
    found = no_calculation(reading(INTRODUCED, question))
    assert found is not None
    assert found.split(":")[0].lower() in question.lower()


@pytest.mark.parametrize(
    "step",
    [
        "Force Index = (close - previous close) x volume.",
        "Take the close minus the close before, and the volume.",
        "It is calculated by pairing each move with its volume.",
        "The change is multiplied by the volume.",
        "It is the ratio of moves to volume.",
        "With a change of 3 * 200 it stands at 600.",
        "Each move is averaged over 13 days.",
    ],
)
def test_one_step_in_signs_or_words_is_enough(step: str) -> None:
    """A formula, an operation on numbers or a word that tells one leaves the answer alone."""
    assert no_calculation(reading(f"{INTRODUCED} {step}", ASKED)) is None


@pytest.mark.parametrize(
    "question", ["What is the Force Index?", "Who computed it first?", "How is it read?"]
)
def test_who_does_not_ask_for_it_is_left_alone(question: str) -> None:
    """A question that asks for no calculation needs none in its answer."""
    assert no_calculation(reading(INTRODUCED, question)) is None
