"""What looks like a header, or stands beside the text that was read, is in the books or kept."""

import json

import pandas as pd
import pytest

from pipeline.deliveries.pairs import Pair
from tests.deliveries.test_doubled_keys import entries

FULL = "What is it?,It is so."


@pytest.mark.parametrize("mark", ["?", "\uff1f", "\u061f"])
def test_a_row_that_asks_is_no_header_that_stands_again(mark: str, plan: pd.DataFrame) -> None:
    """`Q?,A` under `Q,A` is a record, and refused by name; `Q,A` is the header once more."""
    found = entries(f"Q,A\n{FULL}\nQ{mark},A\nQ,A\n", "a.csv", plan)
    assert [isinstance(entry, Pair) or entry.reason for _, entry in found] == [True, "no_answer"]


def test_a_header_that_asks_may_stand_again(plan: pd.DataFrame) -> None:
    """Word for word the header, it is no record, whatever it ends with."""
    found = entries(f"Question?,Answer\n{FULL}\nQuestion?,Answer\n", "a.csv", plan)
    assert [isinstance(entry, Pair) for _, entry in found] == [True]


def test_a_second_text_of_a_message_is_kept_beside_the_pair(plan: pd.DataFrame) -> None:
    """Only what says the same again is left out."""
    said = {"role": "assistant", "content": "It is so.", "text": "It is not.", "body": " It is so."}
    turns = [{"role": "user", "content": "What is it?", "Content": "Why is it?"}, said]
    ((_, pair),) = entries(json.dumps([{"messages": turns}]), "a.json", plan)
    assert isinstance(pair, Pair)
    assert json.loads(pair.extra)["turns"] == [{"Content": "Why is it?"}, {"text": "It is not."}]
