import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.ids import pair_id

texts = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)


@given(texts, texts)
def test_id_ignores_unicode_composition_alone(question: str, answer: str) -> None:
    """Composed and decomposed forms of one pair have one id; an added space has another."""
    decomposed = unicodedata.normalize("NFD", question), unicodedata.normalize("NFD", answer)
    assert pair_id(*decomposed) == pair_id(question, answer)
    assert pair_id(question + " ", answer) != pair_id(question, answer)


@given(texts, texts.filter(bool))
def test_text_cannot_wander_between_question_and_answer(question: str, answer: str) -> None:
    """Moving the answer's first character to the question gives another id."""
    moved = pair_id(question + answer[0], answer[1:])
    assert moved != pair_id(question, answer)
