"""Deliveries made of worked examples, in the shapes that agents hand in."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.generate.examples import Example

Document = dict[str, Any]
SUFFIXES = {"indicator": ".json", "batch": ".json", "lines": ".jsonl", "sessions": ".json"}


class Delivery(NamedTuple):
    """A file to hand in: whose inbox it is for, its name and its text."""

    agent: str
    name: str
    text: str


def indicator_document(examples: Sequence[Example], name: str, created: str) -> Document:
    """Return the pairs of one indicator under its name, every field of theirs spelled out.

    examples: one indicator's, at least one. name: of the batch. created: ISO date.
    """
    pairs = [
        {
            "indicator": example.indicator,
            "category": example.category,
            "subcategory": example.subcategory,
            "difficulty_level": example.difficulty,
            "question": example.question,
            "answer": example.answer,
            "tags": list(example.tags),
        }
        for example in examples
    ]
    return {
        "indicator": examples[0].indicator,
        "batch_name": name,
        "created_date": created,
        "total_pairs": len(pairs),
        "qa_pairs": pairs,
    }


def batch_document(examples: Sequence[Example], name: str, created: str) -> Document:
    """Return a numbered batch over several indicators; the topic says which a pair is about."""
    pairs = [
        {
            "pair_id": f"{name}_{number:04d}",
            "session_id": f"{name}_session_{_groups(examples)[example.indicator]:02d}",
            "topic": example.indicator,
            "question": example.question,
            "answer": example.answer,
        }
        for number, example in enumerate(examples, start=1)
    ]
    return {"batch_id": name, "created_date": created, "qa_count": len(pairs), "qa_pairs": pairs}


def sessions_document(examples: Sequence[Example], name: str, created: str) -> Document:
    """Return the pairs nested under one session per indicator."""
    sessions = [
        {
            "session": number,
            "topic": indicator,
            "qa_pairs": [
                {"question": example.question, "answer": example.answer}
                for example in examples
                if example.indicator == indicator
            ],
        }
        for indicator, number in _groups(examples).items()
    ]
    return {"batch_name": name, "created_date": created, "sessions": sessions}


def lines(examples: Sequence[Example], created: str) -> list[Document]:
    """Return one flat record per pair, for JSON Lines."""
    return [
        {
            "question": example.question,
            "answer": example.answer,
            "indicator": example.indicator,
            "category": example.category,
            "tags": list(example.tags),
            "created_date": created,
        }
        for example in examples
    ]


def delivery(
    examples: Sequence[Example], *, shape: str, agent: str, name: str, created: str
) -> Delivery:
    """Return the examples as a file of the given shape, the same bytes every time.

    shape: indicator, batch, lines or sessions. agent: whose inbox. name: without suffix.
    created: the ISO date that the file states; no clock is read.
    Raises KeyError for an unknown shape.
    """
    suffix = SUFFIXES[shape]
    if shape == "lines":
        text = "".join(f"{_json(record)}\n" for record in lines(examples, created))
    else:
        text = f"{_json(_DOCUMENTS[shape](examples, name, created), indent=2)}\n"
    return Delivery(agent, f"{name}{suffix}", text)


_DOCUMENTS: Mapping[str, Callable[[Sequence[Example], str, str], Document]] = {
    "indicator": indicator_document,
    "batch": batch_document,
    "sessions": sessions_document,
}


def _groups(examples: Sequence[Example]) -> dict[str, int]:
    """Return the indicators in order of appearance, numbered from 1."""
    order = dict.fromkeys(example.indicator for example in examples)
    return {indicator: number for number, indicator in enumerate(order, start=1)}


def _json(value: Document, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
