"""Marks of machines are flagged, and taken out of a copy; texts without them stay as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality import followup
from pipeline.quality.lexicon import Domain
from pipeline.quality.markup import markup_residue, without_markup
from pipeline.quality.reading import Reading, read


def reading(question: str, answer: str) -> Reading:
    return read(question, answer, Domain(frozenset(), frozenset(), {}))


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        (" Longs pay shorts.<|endoftext|>", " Longs pay shorts."),
        ("Who pays?\n\n###\n\n", "Who pays?"),
        ("Compare both. \ue200cite\ue202turn0search3\ue201", "Compare both."),
        ("Longs pay\u30104\u2020source\u3011 shorts.", "Longs pay shorts."),
        ("<think>\nhm\n</think>\n\nLongs pay.", "Longs pay."),
    ],
)
def test_a_mark_is_flagged_and_taken_out_of_the_copy(text: str, bare: str) -> None:
    """The delivered text stays; what is offered is the same without the mark."""
    assert markup_residue(reading("Who?", text)) is not None
    assert without_markup(text) == bare


@given(st.text("abc <>[]-#\n.?", max_size=60))
def test_taking_out_twice_is_taking_out_once(text: str) -> None:
    """A text without marks is its own copy."""
    bare = without_markup(text)
    if markup_residue(reading("Who?", text)) is None:
        assert bare == text


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
