"""The JSON that a model is asked for, by what it is for, and how an answer is held to it.

A schema goes along with the request where the server takes one; the answer is held to it here in
any case, because a server may take it and not heed it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson

from pipeline.core.json_values import Json, compact
from pipeline.core.validation import Validator
from pipeline.deliveries.json_text import parse_value
from pipeline.deliveries.records import Duplicated, Refusal

ACCEPT, REJECT, MERGE, KEEP_APART, UNSURE = "accept", "reject", "merge", "keep_apart", "unsure"

RUBRICS: dict[int, dict[str, str]] = {
    1: {
        "answers": "the answer answers the question that was asked, and not another one",
        "right": "nothing in it is wrong: no fact, formula, unit or number; sums come out",
        "specific": "it is about the subject that it is delivered for, and says something of use",
        "whole": "it is neither cut off nor padded, and leaves out nothing that was asked",
    },
    2: {
        "same_question": "both questions ask for the same, whatever their words",
        "same_answer": "both answers say the same; a number, period or name that differs is a no",
    },
}
"""What a judge looks at, by the number of pairs: a point and when it holds."""

CHOICES: dict[int, tuple[str, ...]] = {
    1: (ACCEPT, REJECT, UNSURE),
    2: (MERGE, KEEP_APART, UNSURE),
}
"""What a judge may say, by the number of pairs."""

_TEXT: Json = {"type": "string"}


def pairs_schema() -> Json:
    """Return the schema of an answer that brings pairs."""
    pair = _object(question=_TEXT, answer=_TEXT, difficulty_level=_TEXT)
    return _object(qa_pairs={"type": "array", "items": pair})


def verdict_schema(points: Sequence[str], choices: Sequence[str]) -> Json:
    """Return the schema of a judge's answer: a reason for every point before the verdict."""
    point = _object(
        point={"type": "string", "enum": list(points)}, why=_TEXT, holds={"type": "boolean"}
    )
    verdict = {"type": "string", "enum": list(choices)}
    return _object(points={"type": "array", "items": point}, verdict=verdict)


def repair_schema() -> Json:
    """Return the schema of an answer that mends a pair."""
    return _object(question=_TEXT, answer=_TEXT, changes={"type": "array", "items": _TEXT})


def fitting(content: str, schema: Json) -> Json | None:
    """Return the JSON object of an answer, None where it is none or does not fit its schema.

    A fence around it is taken off; nothing else is mended: what is broken is asked for again.
    """
    value: Any = parse_value(_unfenced(content).encode("utf-8", "surrogatepass"), "")
    if isinstance(value, Refusal | Duplicated) or not isinstance(value, dict):
        return None
    return value if _validator(compact(schema)).first_fault(value) is None else None


def _unfenced(content: str) -> str:
    lines = content.strip().splitlines()
    is_fenced = len(lines) > 1 and lines[0].startswith("```") and lines[-1].strip() == "```"
    return "\n".join(lines[1:-1]) if is_fenced else content


def _object(**properties: Json) -> Json:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


@cache
def _validator(schema: str) -> Validator:
    return Validator(orjson.loads(schema))
