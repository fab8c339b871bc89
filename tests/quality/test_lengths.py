"""Laws of the rule for answers that are short beside others of their base."""

import daft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.lengths import too_short
from tests.quality.made_up import LIMITS
from tests.thoroughness import often

BOUNDS = LIMITS["too_short"]
assert isinstance(BOUNDS, dict)


def short(chars: list[int], kind: str = "definition") -> list[int]:
    """Return the lengths that are too short in a base of answers to one kind of question."""
    grades = daft.from_pydict(
        {
            "pair_id": [str(at) for at in range(len(chars))],
            "question_kind": [kind] * len(chars),
            "answer_chars": chars,
            "answer_words": [min(1, length) for length in chars],
        }
    )
    found = too_short(grades, **BOUNDS).to_pydict()["pair_id"]
    return sorted(chars[int(at)] for at in found)


@often(20)
@given(st.lists(st.integers(20, 190), min_size=1, max_size=120))
def test_lines_of_an_faq_are_not_short_beside_each_other(chars: list[int]) -> None:
    """In a base of answers of 20 to 190 characters none is short but for its own length."""
    median = sorted(chars)[(len(chars) - 1) // 2]
    assert all(length < BOUNDS["median_share"] * median for length in short(chars))
    assert len(short(chars)) <= max(1, len(chars) // 100)


def test_a_stub_among_pages_is_short() -> None:
    """A line among answers of a page is seen, the pages are not."""
    assert short([23, *[3000 + 7 * at for at in range(400)]]) == [23]


@pytest.mark.parametrize("length", [200, 300, 2999])
def test_from_a_length_on_nothing_is_short(length: int) -> None:
    """An answer of max_chars characters is long enough in any base."""
    assert short([length, *[9000] * 400]) == []


def test_a_small_base_knows_only_what_is_empty() -> None:
    """Below min_pairs pairs no length is judged; an answer without a word is short."""
    assert short([0, 5, 4000]) == [0]
