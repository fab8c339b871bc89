"""Laws of the rules for deliveries whose questions lost a part."""

from typing import Any

import daft
import pytest

from pipeline.core.memo import NoMemo
from pipeline.quality.drops import announced_more, cut_questions, repeated_questions


def pairs(rows: list[tuple[str, str, str]]) -> daft.DataFrame:
    """Return a table of (question, answer, delivery)."""
    return daft.from_pylist(
        [
            {
                "pair_id": f"{at:04}",
                "question": question,
                "answer": answer,
                "origins": [{"agent": "zai", "delivery": delivery}],
            }
            for at, (question, answer, delivery) in enumerate(rows)
        ]
    )


def told(found: daft.DataFrame) -> dict[str, Any]:
    columns = found.to_pydict()
    return dict(zip(columns["pair_id"], columns["evidence"], strict=True))


@pytest.mark.parametrize(("times", "flagged"), [(20, 0), (21, 21)])
def test_a_question_may_stand_so_often_in_a_delivery(times: int, flagged: int) -> None:
    """Up to max_times reruns are wanted; with one more all are flagged, other deliveries not."""
    rows = [("What is RSI?" if at % 2 else " what is rsi? ", str(at), "a") for at in range(times)]
    rows += [("What is RSI?", f"other {at}", "b") for at in range(20)]
    found = told(repeated_questions(pairs(rows), max_times=20))
    assert len(found) == flagged
    assert set(found.values()) <= {f"{times} times in zai/a"}


@pytest.mark.parametrize(
    ("question", "opening", "more"),
    [
        ("supply rate", "Here is an overview of supply rate in lending markets:", True),
        ("supply rate", 'Certainly! A summary of "supply rate":', False),
        ("supply rate", "Here is an overview of the topic supply rate:", False),
        ("supply rate", "The supply rate is what lenders earn in lending markets.", False),
        ("supply rate of pools", "Here is an overview of supply rate in lending markets:", False),
    ],
)
def test_an_answer_announces_more_than_it_was_asked(
    question: str, opening: str, more: bool
) -> None:
    """What is announced holds all of the question's words and at least two more of content."""
    assert (announced_more(question, f"{opening} Lenders earn it.") is not None) == more


@pytest.mark.parametrize(("cut", "whole", "flagged"), [(10, 10, 10), (9, 0, 0), (10, 11, 0)])
def test_a_delivery_is_cut_where_half_of_it_is(cut: int, whole: int, flagged: int) -> None:
    """Only in a delivery with enough such answers, in number and share, are they flagged."""
    longer = "Here is an overview of supply rate in lending markets: lenders earn it."
    rows = [("supply rate", f"{longer} {at}", "a") for at in range(cut)]
    rows += [(f"rate {at}", "Lenders earn it.", "a") for at in range(whole)]
    found = told(cut_questions(pairs(rows), NoMemo(), min_pairs=10, min_share=0.5))
    assert len(found) == flagged
    assert all("lending markets" in evidence for evidence in found.values())
