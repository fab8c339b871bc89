"""Deliveries in the shapes of public formats are read right, or refused with help."""

from collections import defaultdict
from typing import Any

import orjson
import pytest

from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.records import Refusal
from tests.conftest import ROOT
from tests.deliveries.test_reading import read

CASES = ROOT / "tests/deliveries/cases"
EXPECTED: dict[str, list[dict[str, Any]]] = defaultdict(list)
for line in (CASES / "expected.jsonl").read_bytes().splitlines():
    one = orjson.loads(line)
    EXPECTED[one["file"]].append(one)
READ = [name for name, rows in EXPECTED.items() if "question" in rows[0]]


def pairs_of(name: str) -> list[Pair]:
    found = read(name, (CASES / name).read_bytes()).entries
    return [entry for _, entry in found if isinstance(entry, Pair)]


def refusals_of(name: str) -> list[Refusal]:
    found = read(name, (CASES / name).read_bytes()).entries
    return [entry for _, entry in found if isinstance(entry, Refusal)]


@pytest.mark.parametrize("name", READ)
def test_a_case_gives_exactly_its_pairs(name: str) -> None:
    """Question and answer are those that the file holds, character for character, and no others."""
    expected = [(row["question"], row["answer"]) for row in EXPECTED[name]]
    assert [(pair.question, pair.answer) for pair in pairs_of(name)] == expected


def test_a_case_is_known_by_its_test() -> None:
    """What is expected in words has a test of its own below."""
    in_words = {name for name in EXPECTED if name not in READ}
    assert in_words == {
        "cite_marks.jsonl",
        "followup.jsonl",
        "german_headers.csv",
        "mmlu_same_stem.csv",
        "promptfoo_csv.csv",
        "python_repr.jsonl",
        "split_label.jsonl",
        "squad_same_q.json",
        "stackexchange.xml",
        "stop_tokens.jsonl",
        "system_prompt.jsonl",
        "weight_zero.jsonl",
    }


@pytest.mark.parametrize("name", ["mmlu_same_stem.csv", "squad_same_q.json"])
def test_one_question_in_two_contexts_is_two_pairs(name: str) -> None:
    """Passages and choices count in a pair's id and stand in its context."""
    first, second = pairs_of(name)
    assert first.question == second.question
    assert first.pair_id != second.pair_id
    assert first.context != second.context


def test_a_turn_of_weight_zero_is_quarantined() -> None:
    """Who says not to train on an answer is heeded; the next answer stands."""
    (pair,) = pairs_of("weight_zero.jsonl")
    (refusal,) = refusals_of("weight_zero.jsonl")
    assert pair.question == "How is open interest counted?"
    assert refusal.reason == "marked_unwanted"


def test_a_delivered_split_is_a_column() -> None:
    """Who may train on a row is told by the data set that it comes from."""
    assert [pair.delivered_split for pair in pairs_of("split_label.jsonl")] == ["test", "train"]


def test_earlier_turns_and_system_prompts_are_context() -> None:
    """What a reader must have seen travels with the pair."""
    _, later = pairs_of("followup.jsonl")
    assert [part["role"] for part in later.context] == ["user", "assistant"]
    (pirate,) = pairs_of("system_prompt.jsonl")
    assert pirate.context == [{"role": "system", "text": "Answer as a pirate."}]


@pytest.mark.parametrize("name", ["cite_marks.jsonl", "stop_tokens.jsonl"])
def test_marks_of_machinery_stay_verbatim(name: str) -> None:
    """Delivered text is kept as it is; what is residue in it is quality's to say."""
    raw = orjson.loads((CASES / name).read_bytes().splitlines()[0])
    (pair,) = pairs_of(name)
    assert pair.answer in raw.values()


def test_german_headers_are_known() -> None:
    """Frage and Antwort are question and answer."""
    (pair,) = pairs_of("german_headers.csv")
    assert pair.answer == "Longs pay shorts, so most open leverage sits on the long side."


def test_a_rubric_is_no_answer() -> None:
    """The refusal names the columns that were seen and what would mend it."""
    (refusal,) = refusals_of("promptfoo_csv.csv")
    assert refusal.reason == "no_pairs"
    assert all(word in refusal.message for word in ("'question'", "'__expected'", "--map answer="))


def test_what_python_prints_is_no_json() -> None:
    """The refusal says whose quotes these are."""
    for refusal in refusals_of("python_repr.jsonl"):
        assert refusal.reason == "invalid_json"
        assert "single quotes" in refusal.message
    assert not pairs_of("python_repr.jsonl")


def test_an_accepted_answer_of_stack_exchange_is_the_answer() -> None:
    """The title asks, the accepted answer's text answers, without its markup."""
    (pair,) = pairs_of("stackexchange.xml")
    assert pair.question == "What does a positive funding rate tell a trader?"
    assert pair.answer == "Longs pay shorts, so most open leverage sits on the long side."
