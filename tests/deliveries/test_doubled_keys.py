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


WRAPPED = json.dumps({"inputs": '{"question": "Q?", "question": "R?"}', "outputs": {"answer": "A"}})
CHOICES = '"{""A"": ""one"", ""A"": ""two"", ""B"": ""three""}"'
ITEM = '<item question="Q?"'
CELL = '{"cell_type": "markdown", "source": ["Q: Q?\\nA: A"], "source": []}'
NOTEBOOK = f'{{"cells": [{CELL}], "nbformat": 4}}'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cell.csv", 'messages\n"' + TURNS.replace('"', '""') + '"\n'),
        ("choices.csv", f"question,choices,answer\nWhat is it?,{CHOICES},A\n"),
        ("wrapper.jsonl", WRAPPED),
        ("text.jsonl", json.dumps({"messages": TURNS})),
        ("a.yaml", "- question: Q?\n  answer: A\n  meta: {a: {b: 1, b: 2}}\n"),
        ("a.js", "export const faqs = [{question: 'Q?', answer: 'A', answer: 'B'}]\n"),
        ("a.json5", "[{question: 'Q?', answer: 'A', answer: 'B'}]"),
        ("fence.md", '# a\n```json\n[{"question": "Q?", "answer": "A", "answer": "B"}]\n```\n'),
        ("heading.csv", "question,answer,Answer \nWhat is it?,One,Two\n"),
        (
            "heading.md",
            "| Question | Answer | Answer |\n|---|---|---|\n| What is it? | One | Two |\n",
        ),
        ("element.xml", f"<r>{ITEM} answer='A'><answer>B</answer></item></r>"),
        ("namespace.xml", f"<r xmlns:a='u' xmlns:b='v'>{ITEM} a:answer='A' b:answer='B'/></r>"),
        (
            "book.ipynb",
            NOTEBOOK,
        ),
        (
            "bot.xml",
            "<aiml><category><pattern>Q</pattern><template>A</template><template>B</template></category></aiml>",
        ),
    ],
)
def test_no_format_has_the_last_value_win(name: str, text: str, plan: pd.DataFrame) -> None:
    """In cells and texts that spell JSON, in headings and elements, as in JSON itself."""
    assert outcome(entries(text, name, plan)) == ["duplicate_key"]


def test_json_that_is_only_shown_is_text(plan: pd.DataFrame) -> None:
    """A question about JSON is a question, whatever that JSON names twice."""
    shown = json.dumps({"question": '{"a": 1, "a": 2} is what?', "answer": '{"a": 1, "a": 2}'})
    assert outcome(entries(shown, "a.jsonl", plan)) == ["pair"]


def test_a_doubled_key_is_named_with_its_place(plan: pd.DataFrame) -> None:
    """The sentence says which key of which record, so that it can be mended."""
    ((place, refusal),) = entries(f'{{"messages": {TURNS}}}', "a.jsonl", plan)
    assert not isinstance(refusal, Pair)
    assert (place, refusal.reason) == ("line 1", "duplicate_key")
    assert "content" in refusal.message
    assert json.loads(refusal.raw)["messages"][1]["content"] == "B"
