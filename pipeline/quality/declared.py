"""What a delivery says of its own pairs, held against the pairs."""

import json
from collections.abc import Callable
from typing import Any

import daft
import pyarrow as pa
from daft import col

_MEASURES: dict[str, Callable[[str, str], int]] = {
    "answer_length": lambda _, answer: len(answer),
    "answer_char_count": lambda _, answer: len(answer),
    "answer_characters": lambda _, answer: len(answer),
    "answer_word_count": lambda _, answer: len(answer.split()),
    "question_length": lambda question, _: len(question),
    "question_char_count": lambda question, _: len(question),
    "question_characters": lambda question, _: len(question),
    "total_length": lambda question, answer: len(question) + len(answer),
}
_WRONG = pa.schema([("pair_id", pa.large_string()), ("evidence", pa.large_string())])


def wrong_counts(pairs: daft.DataFrame, *, max_error_share: float) -> daft.DataFrame:
    """Return pair_id and evidence of the pairs whose delivery declares a wrong length.

    Counts of characters and words that came with a pair are measured again; one that is off by
    more than max_error_share (0-1) of the true count is told, the first by name. Grades that
    a delivery gives itself cannot be measured and are left alone.
    """
    claims = (
        pairs.explode("origins")
        .select("pair_id", "question", "answer", col("origins").get("extra").alias("extra"))
        .where(col("extra").regexp(f'"(?:{"|".join(_MEASURES)})"'))
        .to_pylist()
    )
    found: dict[str, str] = {}
    for claim in sorted(claims, key=lambda row: (row["pair_id"], row["extra"])):
        difference = _wrong_count(claim, max_error_share)
        if difference:
            found.setdefault(claim["pair_id"], difference)
    columns = {"pair_id": list(found), "evidence": list(found.values())}
    return daft.from_arrow(pa.table(columns, schema=_WRONG))


def _wrong_count(claim: dict[str, Any], max_error_share: float) -> str | None:
    declared = json.loads(claim["extra"])
    for name in sorted(_MEASURES.keys() & declared.keys()):
        claimed = declared[name]
        counted = _MEASURES[name](claim["question"], claim["answer"])
        if isinstance(claimed, int) and abs(claimed - counted) > max_error_share * counted:
            return f"{name}: {claimed} declared, {counted} found"
    return None
