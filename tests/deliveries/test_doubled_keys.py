"""A key named twice is refused wherever it stands, and stops nothing beside it."""

import json
from typing import Any

import pandas as pd
import pytest

from pipeline.core.validation import Validator
from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.reading import DeliveryEntries, Entry
from pipeline.plan.indicators import plan_of
from tests.conftest import schema
from tests.domains import LOOK_ALIKES

TURNS = (
    '[{"role": "user", "content": "Q1?"}, {"role": "assistant", "content": "A", "content": "B"}]'
)

FINE = '{"question": "Q?", "answer": "It is so."}'


def entries(text: str, name: str, plan: pd.DataFrame, **bounds: Any) -> list[Entry]:
    rules = Validator(schema("delivered_pair"))
    return list(
        DeliveryEntries(
            name,
            text.encode(),
            plan=plan_of(plan, LOOK_ALIKES),
            rules=rules,
            max_bytes=10**6,
            **bounds,
        )
    )


def outcome(found: list[Entry]) -> list[str]:
    return ["pair" if isinstance(entry, Pair) else entry.reason for _, entry in found]


@pytest.mark.parametrize(
    ("name", "text", "reasons"),
    [
        ("a.jsonl", f'{{"messages": {TURNS}}}\n{{"messages": []}}', ["duplicate_key"]),
        (
            "a.json",
            f'[{FINE}, {{"question": "Q", "answer": "A", "meta": {{"a": 1, "a": 2}}}}]',
            ["pair", "duplicate_key"],
        ),
        (
            "a.json",
            f'{{"qa_pairs": [{FINE}, {{"question": "Q", "answer": "A", "answer": "B"}}]}}',
            ["pair", "duplicate_key"],
        ),
        (
            "a.json",
            f'{{"qa_pairs": [{FINE}], "meta": {{"a": [[{{"b": 1, "b": 2}}]]}}}}',
            ["duplicate_key"],
        ),
        (
            "a.json",
            f'[{FINE}, {{"question": "Q", "Answer": "A", "answer": "B"}}]',
            ["pair", "two_answers"],
        ),
        (
            "a.json",
            f'[{FINE}, {{"QUESTION": "Q", "question": "R", "answer": "B"}}]',
            ["pair", "two_questions"],
        ),
    ],
)
@pytest.mark.parametrize("streamed_from", [0, 8_000_000])
def test_no_value_is_lost_to_another_under_the_same_key(
    name: str, text: str, reasons: list[str], streamed_from: int, plan: pd.DataFrame
) -> None:
    """Whatever its depth, a doubled key costs the record that holds it, and that alone."""
    found = entries(text, name, plan, streamed_from=streamed_from)
    assert outcome(found)[: len(reasons)] == reasons


def test_a_doubled_key_is_named_with_its_place(plan: pd.DataFrame) -> None:
    """The sentence says which key of which record, so that it can be mended."""
    ((place, refusal),) = entries(f'{{"messages": {TURNS}}}', "a.jsonl", plan)
    assert not isinstance(refusal, Pair)
    assert (place, refusal.reason) == ("line 1", "duplicate_key")
    assert "content" in refusal.message
    assert json.loads(refusal.raw)["messages"][1]["content"] == "B"
