"""Laws of the rule for answers that stand under another question."""

import daft
import pytest

from pipeline.quality.halves import patched
from pipeline.quality.lexicon import subject
from pipeline.quality.moved import other_question
from pipeline.quality.reading import read

USUAL = 0.8


def found(parts: list[float], **columns: list[object]) -> list[str]:
    rows = len(parts)
    table = {
        "pair_id": [f"{at:03}" for at in range(rows)],
        "part_answering": parts,
        "answer_words": [200] * rows,
        "question_chars": [60] * rows,
        "worst": [""] * rows,
    }
    return other_question(daft.from_pydict({**table, **columns})).to_pydict()["pair_id"]


def test_an_answer_far_below_those_of_its_base_is_found() -> None:
    """Half of what half of the base takes up is far below; a bit less than others is not."""
    assert found([USUAL] * 120 + [0.1, 0.5]) == ["120"]


def test_moved_answers_do_not_hide_each_other() -> None:
    """Two in five may be moved: half of the base tells what is usual."""
    assert len(found([USUAL] * 120 + [0.1] * 80)) == 80


@pytest.mark.parametrize(
    ("column", "value"), [("answer_words", 40), ("question_chars", 900), ("worst", "warn")]
)
def test_short_answers_long_questions_and_flagged_pairs_are_left(
    column: str, value: object
) -> None:
    """They take up less of a question for reasons of their own."""
    usual = {"answer_words": 200, "question_chars": 60, "worst": ""}[column]
    assert found([USUAL] * 120 + [0.1], **{column: [usual] * 120 + [value]}) == []


@pytest.mark.parametrize("parts", [[USUAL] * 60 + [0.1], [0.4] * 200 + [0.05]])
def test_few_answers_and_another_style_tell_nothing(parts: list[float]) -> None:
    """A small base, and one whose answers do not say what is asked, have no limit."""
    assert found(parts) == []


PRUNED = "Climbing roses are pruned in early spring, above a strong outward bud. "
MULCHED = "Straw keeps moisture in beds of lettuce, and slugs hide below it at night. "


@pytest.mark.parametrize(
    ("first", "later", "is_found"),
    [
        (PRUNED, PRUNED, False),
        (PRUNED, MULCHED, True),
        (MULCHED, PRUNED, True),
        (MULCHED, MULCHED, False),
    ],
)
def test_each_half_of_a_long_answer_comes_to_what_is_asked(
    first: str, later: str, is_found: bool
) -> None:
    """One half that does and one that does not are two answers; two that do not tell nothing."""
    question = "Where are climbing roses pruned in early spring?"
    for times, expected in ((12, is_found), (2, False)):
        answer = f"{first * times}\n{later * times}"
        assert (patched(read(question, answer, subject([]))) is not None) == expected
