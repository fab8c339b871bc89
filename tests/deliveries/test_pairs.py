"""From delivered keys to columns: nothing is guessed, nothing is dropped."""

from typing import Any

import orjson
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.validation import Validator
from pipeline.deliveries.pairs import Pair, to_pair
from pipeline.deliveries.records import Duplicated, Record, Refusal
from pipeline.plan.indicators import Indicator, Plan
from tests.conftest import schema
from tests.domains import lookup

RULES = Validator(schema("delivered_pair"))
PLAN = Plan([Indicator("Relative Strength Index (RSI)", "Price", "Momentum")])


def mapped(
    fields: dict[str, Any], context: dict[str, Any] | None = None, name: str = "a.json"
) -> Any:
    record = Record("/qa_pairs/4", fields, context or {})
    return to_pair(record, file_name=name, plan=PLAN, rules=RULES)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "no_question"),
        ({"question": "  ", "answer": "a"}, "no_question"),
        ({"question": ["q"], "answer": "a"}, "no_question"),
        ({"question": "q"}, "no_answer"),
        ({"question": "q", "answer": None}, "no_answer"),
        ({"question": "q", "query": "r", "answer": "a"}, "two_questions"),
        ({"question": "q", "answer": "a", "response": "b"}, "two_answers"),
        ({"question": "q" * 20_001, "answer": "a"}, "rule_broken"),
        ({"question": "q", "answer": "a", "tags": ["t" * 501]}, "rule_broken"),
    ],
)
def test_a_record_that_is_no_pair_is_refused_with_its_place(
    fields: dict[str, Any], reason: str
) -> None:
    """The sentence names place and field, and never repeats three thousand characters."""
    refusal = mapped(fields)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason
    assert refusal.message.startswith("/qa_pairs/4: ")
    assert len(refusal.message) <= 200
    assert refusal.raw == fields


def test_an_object_that_names_a_key_twice_is_refused() -> None:
    """Which of the two values was meant is not ours to say."""
    fields = Duplicated({"question": "q", "answer": "a"})
    fields.twice = "answer"
    refusal = mapped(fields)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "duplicate_key"
    assert "'answer'" in refusal.message


def test_the_record_speaks_before_what_encloses_it() -> None:
    """A column is the record's own value, else the enclosing object's, else null."""
    pair = mapped(
        {"Question": "q", "ANSWER": "a", "topic": "own", "session_id": 7},
        {"topic": "outer", "session": 1, "generation_date": "2025-10-01"},
    )
    assert (pair.topic, pair.session, pair.created, pair.difficulty) == (
        "own",
        "7",
        "2025-10-01",
        None,
    )


@pytest.mark.parametrize(
    ("fields", "name", "indicator"),
    [
        ({"indicator": "RSI"}, "a.json", "Relative Strength Index (RSI)"),
        ({"topic": "RSI divergence in bear markets"}, "a.json", "Relative Strength Index (RSI)"),
        ({}, "wave2/relative_strength_index_qa_pairs.json", "Relative Strength Index (RSI)"),
        ({"topic": "layer 2 bridges"}, "batch_012_data.json", None),
    ],
)
def test_indicators_are_the_plans(fields: dict[str, Any], name: str, indicator: str) -> None:
    """Declared indicator, then topic, then file name; null where none of them says."""
    pair = mapped({"question": "q", "answer": "a", **fields}, name=name)
    assert pair.indicator == indicator
    assert (pair.category == "Price") == (indicator is not None)


def test_an_ambiguous_name_stays_unresolved() -> None:
    """Two indicators of the plan share the abbreviation CDD in part of their names."""
    plan = lookup()
    assert plan.named("Coin Days Destroyed (CDD)") is not None
    assert plan.mentioned("MACD or RSI for entries?") is None
    assert plan.named("Exchange") is None


def test_every_indicator_answers_to_its_own_name(plan: pd.DataFrame) -> None:
    """The full name of each of the 227 resolves to itself."""
    indicators = lookup()
    for name in plan["name"]:
        found = indicators.named(name)
        assert found is not None
        assert found.indicator == name


scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5)
others = st.dictionaries(
    st.text("abcxyz", min_size=3, max_size=5)
    | st.sampled_from(["tags", "sources", "indicator", "difficulty", "session", "id", "category"]),
    scalars | st.lists(scalars, max_size=2),
    max_size=5,
)


@given(others)
def test_nothing_delivered_is_dropped(fields: dict[str, Any]) -> None:
    """Every value of a record stands in a column unchanged, or in extra."""
    pair = mapped({"question": "q", "answer": "a", **fields})
    assert isinstance(pair, Pair)
    extra = orjson.loads(pair.extra)
    columns = list(pair)
    for key, value in fields.items():
        kept = key in extra and extra[key] == value
        text = str(value).strip() if isinstance(value, (str, int)) else value
        assert kept or value in columns or text in columns
