"""A question that goes on from another one is told; one that stands alone is not."""

import pytest

from pipeline.quality import followup, residue
from pipeline.quality.lexicon import subject
from pipeline.quality.reading import Reading, read


def reading(question: str, answer: str) -> Reading:
    return read(question, answer, subject([]))


@pytest.mark.parametrize(
    ("question", "is_flagged"),
    [
        ("continue", True),
        ("And if it is negative?", True),
        ("Tell me more", True),
        ("What about that?", True),
        ("What is a funding rate?", False),
        ("Why do exchanges liquidate positions early?", False),
        ("How is open interest counted?", False),
    ],
)
def test_a_follow_up_does_not_stand_alone(question: str, is_flagged: bool) -> None:
    """Only a question that says nothing without the one before it is flagged."""
    assert (followup.follow_up(reading(question, "x")) is not None) == is_flagged


def test_citation_marks_of_a_chat_are_residue() -> None:
    """They are flagged, and the copy is without them."""
    text = "Compare both. \ue200cite\ue202turn0search3\ue201"
    assert residue.model_residue(reading("Which?", text)) is not None
    assert residue.without_model_residue(text) == "Compare both."
