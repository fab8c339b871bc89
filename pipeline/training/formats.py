"""One row of a training file per pair, in each form that trainers read."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from pipeline.core.json_values import Json
from pipeline.core.splits import SPLITS
from pipeline.training.conversation import ChatTurn, conversation
from pipeline.training.data_sets import DATA_SETS, data_sets

Tables = Callable[[], Iterator[pa.Table]]
"""What gives a table piece by piece, from its beginning each time."""

_SPEAKERS = {"system": "system", "user": "human", "assistant": "gpt"}
_BREAK = "\n\n"


def _message(role: str, text: str) -> Json:
    return {"role": role, "content": text}


def _turn(role: str, text: str) -> Json:
    return {"from": _SPEAKERS[role], "value": text}


def _messages(turns: list[ChatTurn], pair: Mapping[str, Any]) -> Json:
    whole = [*turns, ChatTurn("assistant", pair["answer"])]
    return {"messages": [_message(*turn) for turn in whole]}


def _sharegpt(turns: list[ChatTurn], pair: Mapping[str, Any]) -> Json:
    return {"conversations": _turns([*turns, ChatTurn("assistant", pair["answer"])])}


def _turns(turns: Iterable[ChatTurn]) -> list[Json]:
    return [_turn(*turn) for turn in turns]


def _alpaca(turns: list[ChatTurn], pair: Mapping[str, Any]) -> Json:
    system = turns[0].text if turns[0].role == "system" else ""
    read = [part["text"] for part in pair["context"] if part["role"] != "system"]
    return {
        "instruction": pair["question"],
        "input": _BREAK.join(read),
        "output": pair["answer"],
        "system": system,
    }


def _prompt_completion(turns: list[ChatTurn], pair: Mapping[str, Any]) -> Json:
    return {"prompt": _BREAK.join(turn.text for turn in turns), "completion": pair["answer"]}


def _preference(turns: list[ChatTurn], pair: Mapping[str, Any]) -> Json:
    return {
        "prompt": [_message(*turn) for turn in turns],
        "chosen": [_message("assistant", pair["chosen"])],
        "rejected": [_message("assistant", pair["rejected"])],
    }


def _sharegpt_preference(turns: list[ChatTurn], pair: Mapping[str, Any]) -> Json:
    return {
        "conversations": _turns(turns),
        "chosen": _turn("assistant", pair["chosen"]),
        "rejected": _turn("assistant", pair["rejected"]),
    }


_Form = Callable[[list[ChatTurn], Mapping[str, Any]], Json]

_OF_PAIRS: dict[str, _Form] = {
    "messages": _messages,
    "sharegpt": _sharegpt,
    "alpaca": _alpaca,
    "prompt_completion": _prompt_completion,
}
_OF_PREFERENCES: dict[str, _Form] = {
    "preferences": _preference,
    "sharegpt_preferences": _sharegpt_preference,
}

FORMATS = (*_OF_PAIRS, *_OF_PREFERENCES)
"""The forms by name; schemas/training.schema.json describes a line of each."""


def training_files(
    examples: Mapping[str, Tables],
    preferences: Mapping[str, Tables],
    formats: Sequence[str],
    system_prompt: str,
) -> dict[str, Iterator[Json] | Json]:
    """Return the rows of every training file by its path without suffix: <format>/<split>.

    Beside them is what LLaMA-Factory must know of those files that it reads (DATA_SETS).

    Rows stand in order of pair_id, so that line n of a file is row n of the split's table; of
    preferences there is a line per rejected answer. They are made while they are read. A split
    without rows has no file, which loaders would stumble over.

    examples: question, answer and context of the pairs of each split, by pair_id. preferences:
    pair_id, question, context, chosen and rejected of each split's, by pair_id. formats: names of
    FORMATS.
    """
    found: dict[str, Iterator[Json] | Json] = {}
    for tables, forms in ((examples, _OF_PAIRS), (preferences, _OF_PREFERENCES)):
        wanted = [name for name in formats if name in forms]
        filled = [
            split
            for split in (SPLITS if wanted else ())
            if any(table.num_rows for table in tables[split]())
        ]
        for name in wanted:
            for split in filled:
                found[f"{name}/{split}"] = _rows(forms[name], tables[split], system_prompt)
    described = data_sets(found)
    return {**found, DATA_SETS: described} if described else found


def _rows(form: _Form, tables: Tables, system_prompt: str) -> Iterator[Json]:
    for table in tables():
        is_compared = "rejected" in table.column_names
        order = [("pair_id", "ascending"), ("rejected", "ascending")]
        ordered = table.sort_by(order) if is_compared else table
        for batch in ordered.to_batches(max_chunksize=1024):
            for pair in batch.to_pylist():
                yield form(conversation(pair["question"], pair["context"], system_prompt), pair)
