"""Laws of the rule for what deliveries declare of their own pairs."""

import json
from typing import Any

import pytest

from pipeline.quality.declared import wrong_counts
from tests.conftest import origin, pairs_table


def told(*extras: dict[str, Any], answer: str = "four plain words here") -> list[str]:
    origins = [{**origin("droid", "a" * 12), "extra": json.dumps(extra)} for extra in extras]
    table = pairs_table([{"question": "Why?", "answer": answer, "origins": origins}])
    found: list[str] = wrong_counts(table, max_error_share=0.05).to_pydict()["evidence"]
    return found


@pytest.mark.parametrize(
    "extra",
    [
        {"answer_char_count": 21, "answer_word_count": 4},
        {"answer_length": 22, "question_length": 4, "total_length": 25},
        {"quality_score": 99},
        {"answer_length": "long", "answer_word_count": None},
        {"note": 'says "answer_length" in passing'},
        {},
    ],
)
def test_true_counts_and_other_keys_are_left_alone(extra: dict[str, Any]) -> None:
    """Counts within the tolerance, and what cannot be counted, raise nothing."""
    assert told(extra) == []


def test_a_wrong_count_is_told_with_both_figures() -> None:
    """Evidence holds what was declared and what is there."""
    assert told({"answer_char_count": 30}) == ["answer_char_count: 30 declared, 21 found"]
    assert told({"answer_word_count": 9}) == ["answer_word_count: 9 declared, 4 found"]


def test_a_pair_is_told_once_whatever_the_order_of_its_origins() -> None:
    """Several wrong origins give one row, the same in any order."""
    one, other = {"answer_length": 99}, {"answer_length": 88}
    assert told(one, other) == told(other, one)
    assert len(told(one, other)) == 1


def test_no_pairs_give_no_rows() -> None:
    """An empty table gives an empty table."""
    assert wrong_counts(pairs_table([]), max_error_share=0.0).to_pydict()["pair_id"] == []
