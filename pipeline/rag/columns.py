"""The columns of an example: what they hold, and their types as `datasets` names them."""

from collections.abc import Iterable

import pyarrow as pa

from pipeline.core.json_values import Json

FIELDS = {
    "pair_id": "Hash of question, answer and context as delivered: 32 hex digits.",
    "question": "Question as delivered, or the copy that `repairs` made of it.",
    "answer": "Answer as delivered, or the copy that `repairs` made of it.",
    "context": "What a reader must have seen to understand the question; mostly empty.",
    "indicator": "Entry of the plan that it is about; null when unknown, never guessed.",
    "category": "Category of that entry; null when unknown.",
    "subcategory": "Subcategory of that entry; null when unknown.",
    "group": "What splits are stratified by: the category, else the group of its topic, else none.",
    "topic": "Topic as the delivery named it.",
    "difficulty": "Difficulty as the delivery named it.",
    "tags": "Tags as delivered.",
    "citations": "Sources that the delivery names for the answer.",
    "aliases": "Pairs merged into this one as duplicates: their ids and questions.",
    "score": "Quality score by rule, 0 to 100.",
    "verdict": "accept, or review where nobody has settled yet what the rules doubt.",
    "flags": "What the rules say about the pair, by code, sorted.",
    "repairs": "Residue that was taken out of the texts, by the rule that found it.",
    "cluster_id": "Pairs with one are related, and lie in one split.",
    "sources": "Who delivered the pair and in which delivery, each once.",
}
"""Columns of an example in order, and what card and schemas/example.schema.json say of them."""

_NAMED_TYPES = {"large_string": "string", "float": "float32", "double": "float64"}
"""What `datasets` calls types that Arrow calls otherwise."""


def features(columns: Iterable[pa.Field]) -> list[Json]:
    """Return columns as `datasets` writes them in YAML."""
    return [{"name": column.name, **_typed(column.type)} for column in columns]


def _typed(kind: pa.DataType) -> Json:
    if pa.types.is_large_list(kind) or pa.types.is_list(kind):
        inner = _typed(kind.value_type)
        return {"list": inner.get("dtype", inner.get("struct", inner))}
    if pa.types.is_struct(kind):
        return {"struct": features(kind)}
    return {"dtype": _NAMED_TYPES.get(str(kind), str(kind))}
