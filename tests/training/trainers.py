"""What trainers publish of the rows that they read: a JSON Schema of each form, by its name."""

import json
from pathlib import Path
from typing import Any

from pipeline.core.validation import Validator

_PUBLISHED = json.loads(Path(__file__).with_name("trainers.schema.json").read_bytes())


def trainer(form: str) -> Validator:
    """Return what holds a row of a form, or dataset_info.json, to the trainer's own words."""
    return Validator({**_PUBLISHED["properties"][form], "$defs": _PUBLISHED["$defs"]})


def skipped_by_llama_factory(entry: dict[str, Any], row: dict[str, Any]) -> str:
    """Return why LLaMA-Factory would skip a row or misread it, by its page on data; "" if not.

    Columns that an entry does not name are missing to it. Turns after a system turn are the
    user's and the assistant's in turn; the last one is the assistant's, but for comparisons,
    whose two answers stand beside turns that end with the user's.
    """
    if absent := sorted(set(entry["columns"].values()) - row.keys()):
        return f"no columns {absent}"
    if entry["formatting"] == "alpaca":
        return "" if {"prompt", "response"} <= entry["columns"].keys() else "no answer"
    tags, is_ranking = entry["tags"], entry.get("ranking", False)
    turns = [turn[tags["role_tag"]] for turn in row[entry["columns"]["messages"]]]
    turns = turns[1:] if turns[0] == tags["system_tag"] else turns
    wanted = [tags["user_tag"], tags["assistant_tag"]] * len(turns)
    if turns != wanted[: len(turns)]:
        return f"speakers {turns}"
    answers = [row[name] for name in ("chosen", "rejected") if is_ranking]
    if any(answer[tags["role_tag"]] != tags["assistant_tag"] for answer in answers):
        return "an answer of the user"
    return "" if len(turns) % 2 == is_ranking else "no last word of the assistant"
