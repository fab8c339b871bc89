"""Pairs in the forms of trainers: nothing is lost, and the trainers' own types take them."""

import itertools
from typing import Any

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from pipeline.core.splits import SPLITS
from pipeline.core.validation import Validator
from pipeline.training.conversation import conversation
from pipeline.training.data_sets import DATA_SETS
from pipeline.training.formats import FORMATS, Tables, training_files
from tests.conftest import schema
from tests.training.trainers import skipped_by_llama_factory, trainer

TEXT = pa.large_string()
CONTEXT = pa.large_list(pa.struct([("role", TEXT), ("text", TEXT)]))
PAIRS = pa.schema(
    [("pair_id", TEXT), ("split", TEXT), ("question", TEXT), ("answer", TEXT), ("context", CONTEXT)]
)
COMPARED = pa.schema([*PAIRS.remove(3), ("chosen", TEXT), ("rejected", TEXT)])
ROLES = ("system", "user", "assistant", "passage", "choices")
words = st.text(min_size=1, max_size=20).filter(str.strip)
contexts = st.lists(
    st.fixed_dictionaries({"role": st.sampled_from(ROLES), "text": words}), max_size=6
)
OF_SCHEMA = schema("training")["properties"]


def of_splits(rows: list[dict[str, Any]], kind: pa.Schema) -> dict[str, Tables]:
    """Return rows by split, each in a table of its own."""

    def tables(split: str) -> Tables:
        own = [row for row in rows if row["split"] == split]
        return lambda: (pa.Table.from_pylist([row], kind) for row in own)

    return {split: tables(split) for split in SPLITS}


def made(
    contexts_of: list[list[dict[str, str]]], system_prompt: str = "", split: str = "train"
) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every format of pairs with these contexts, one rejected answer each."""
    pairs = [
        {
            "pair_id": f"{number:032x}",
            "split": split,
            "question": f"Q{number}?",
            "context": context,
            "answer": f"A{number}.",
            "chosen": f"A{number}.",
            "rejected": "No.",
        }
        for number, context in enumerate(contexts_of)
    ]
    files = training_files(
        of_splits(pairs, PAIRS), of_splits(pairs, COMPARED), FORMATS, system_prompt
    )
    return {name: [rows] if name == DATA_SETS else list(rows) for name, rows in files.items()}


@given(context=contexts, prompt=st.sampled_from(["", "Be brief."]))
def test_turns_take_turns_and_hold_every_text(context: list[dict[str, str]], prompt: str) -> None:
    """After the system turn come user, assistant, user in turn; no text is lost or added."""
    turns = conversation("Q?", context, prompt)
    roles = [turn.role for turn in turns if turn.role != "system"]
    assert [turn.role for turn in turns].count("system") <= 1
    assert roles == [*itertools.islice(itertools.cycle(("user", "assistant")), len(roles))]
    assert roles[-1] == "user"
    parts = [text for text in (prompt, "Q?", *(part["text"] for part in context)) if text]
    found = "\n\n".join(turn.text for turn in turns)
    assert len(found) == sum(map(len, parts)) + 2 * (len(parts) - 1)
    assert all(part in found for part in parts)


@given(contexts_of=st.lists(contexts, min_size=1, max_size=3))
def test_every_line_obeys_the_published_schema(contexts_of: list[list[dict[str, str]]]) -> None:
    """Rows of every format fit schemas/training.schema.json, one a pair, in order of pair_id."""
    rows = made(contexts_of)
    assert list(rows) == [*(f"{form}/train" for form in FORMATS), DATA_SETS]
    for form in FORMATS:
        validator = Validator(OF_SCHEMA[form])
        assert [validator.first_fault(row) for row in rows[f"{form}/train"]] == [None] * len(
            contexts_of
        )
    answers = [row["messages"][-1]["content"] for row in rows["messages/train"]]
    assert answers == [f"A{number}." for number in range(len(contexts_of))]
    assert [row["completion"] for row in rows["prompt_completion/train"]] == answers


@given(context=contexts, prompt=st.sampled_from(["", "Be brief."]))
def test_trainers_find_what_they_publish(context: list[dict[str, str]], prompt: str) -> None:
    """Rows fit TRL's and LLaMA-Factory's own pages; dataset_info.json lets none be skipped."""
    rows = made([context], prompt)
    for name, found in rows.items():
        validator = trainer(name.partition("/")[0])
        assert [validator.first_fault(row) for row in found] == [None] * len(found)
    (described,) = rows[DATA_SETS]
    assert len(described) == len(FORMATS) - 1  # all but TRL's preferences
    for name, entry in described.items():
        path = entry["file_name"].removesuffix(".jsonl")
        assert name == path.replace("/", "_")
        assert [skipped_by_llama_factory(entry, row) for row in rows[path]] == [""]


def test_what_llama_factory_cannot_read_is_no_data_set() -> None:
    """TRL's preferences alone make no dataset_info.json, and of no format there is none."""
    for formats in (["preferences"], []):
        files = training_files(of_splits([], PAIRS), of_splits([], COMPARED), formats, "")
        assert DATA_SETS not in files
    wrong = {"formatting": "sharegpt", "columns": {"messages": "m"}, "tags": {"role_tag": "r"}}
    assert skipped_by_llama_factory(wrong, {"n": 1}) == "no columns ['m']"


@given(context=contexts)
def test_openai_takes_the_messages(context: list[dict[str, str]]) -> None:
    """OpenAI's own types accept every message of chats and of preferences."""
    from openai.types.chat import ChatCompletionMessageParam  # noqa: PLC0415 - takes a second

    takes = TypeAdapter(list[ChatCompletionMessageParam])
    rows = made([context], "Be brief.")
    chat = rows["messages/train"][0]["messages"]
    compared = rows["preferences/train"][0]
    for messages in (chat, *compared.values()):
        assert len(takes.validate_python(messages)) == len(messages)
    assert compared["prompt"] == chat[:-1]


def test_context_stands_where_a_reader_needs_it() -> None:
    """Passages before the question, choices after it, earlier turns before both, as written."""
    context = [
        {"role": "system", "text": "You teach."},
        {"role": "user", "text": "Hi"},
        {"role": "assistant", "text": "Hello"},
        {"role": "passage", "text": "P"},
        {"role": "choices", "text": "A) x"},
    ]
    rows = made([context], "Be brief.", split="test")
    assert rows["messages/test"] == [
        {
            "messages": [
                {"role": "system", "content": "Be brief.\n\nYou teach."},
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello"},
                {"role": "user", "content": "P\n\nQ0?\n\nA) x"},
                {"role": "assistant", "content": "A0."},
            ]
        }
    ]
    assert [turn["from"] for turn in rows["sharegpt/test"][0]["conversations"]] == [
        *("system", "human", "gpt", "human", "gpt")
    ]
    assert rows["alpaca/test"] == [
        {
            "instruction": "Q0?",
            "input": "Hi\n\nHello\n\nP\n\nA) x",
            "output": "A0.",
            "system": "Be brief.\n\nYou teach.",
        }
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_a_line_begins_with_what_a_reader_looks_for(form: str) -> None:
    """Keys keep their order in the file: who speaks stands before what is said."""
    line = orjson.dumps(made([[]])[f"{form}/train"][0]).decode()
    first = next(iter(OF_SCHEMA[form]["properties"]))
    assert line.startswith(f'{{"{first}":')
