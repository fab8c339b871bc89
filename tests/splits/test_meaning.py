"""Keys of questions: what no guard tells apart has one meaning, what fills one template a frame."""

import pytest
from hypothesis import given

from pipeline.dedup.guards.question_guards import QuestionWords, question_guards, question_words
from pipeline.dedup.text import plain, tokens
from pipeline.splits.meaning import frame, meaning
from tests.domains import LEXICON
from tests.splits.questions import QUESTIONS


def words_of(question: str) -> QuestionWords:
    return question_words(" ".join(tokens(plain(question))), LEXICON)


@given(QUESTIONS, QUESTIONS)
def test_questions_that_no_guard_tells_apart_have_one_meaning(one: str, other: str) -> None:
    """Silent guards imply equal meanings, and equal meanings equal frames."""
    ours, theirs = words_of(one), words_of(other)
    if not question_guards(ours, theirs):
        assert meaning(ours) == meaning(theirs)
    if meaning(ours) == meaning(theirs):
        assert frame(ours) == frame(theirs)


@pytest.mark.parametrize(
    ("one", "other", "are_siblings"),
    [
        ("best RSI settings for swing traders", "best ADX settings for swing traders", True),
        ("RSI over 14 days", "ADX over 21 days", True),
        ("what exchange inflow says", "what exchange outflow says", True),
        ("portfolio optimization", "portfolio tax optimization", False),
        ("RSI over 14 days", "RSI beside the ADX over 14 days", False),
        ("risk in the retail sector", "risk in the technology sector", False),
    ],
)
def test_a_frame_is_a_template_without_its_fillings(
    one: str, other: str, *, are_siblings: bool
) -> None:
    """Other names, numbers and directions keep the frame; other words, or more names, do not."""
    assert (frame(words_of(one)) == frame(words_of(other))) is are_siblings
    assert meaning(words_of(one)) != meaning(words_of(other))
