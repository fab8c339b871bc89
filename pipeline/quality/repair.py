"""Copies of damaged texts without the damage, offered to whoever decides."""

from collections.abc import Mapping

import daft
import ftfy
import pyarrow as pa
from daft import col

from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.quality.residue import without_escape_codes, without_report_lines
from pipeline.reviews.records import Edit

MODES = ("off", "report", "apply")
"""What is done with repaired copies: none are made, they are offered, they are used."""

_DAMAGES = {
    "mojibake": ftfy.fix_encoding,
    "ansi_residue": without_escape_codes,
    "report_residue": without_report_lines,
}
"""Flags of damage that can be undone, in the order in which it is."""

_REPAIRS = pa.schema(
    [
        ("pair_id", pa.large_string()),
        ("question", pa.large_string()),
        ("answer", pa.large_string()),
        ("kinds", pa.large_list(pa.large_string())),
        ("is_applied", pa.bool_()),
    ]
)


def checked_mode(repair: object) -> str:
    """Return qa.repair as one of MODES; YAML reads an unquoted off as false.

    Raises UserError for anything else.
    """
    mode = "off" if repair is False else repair
    if mode not in MODES:
        raise UserError(f"params.yaml: qa.repair is {repair}, none of {', '.join(MODES)}")
    return str(mode)


def repairs(
    pairs: daft.DataFrame, scores: daft.DataFrame, mode: str, edits: Mapping[str, Edit]
) -> daft.DataFrame:
    """Return a repaired copy of every pair whose flags tell of damage that can be undone.

    Broken encodings are decoded anew (ftfy), terminal codes and lines of a report are taken out;
    nothing else of a text is touched, and what ftfy cannot undo is left out. `kinds` are the
    flags that made a difference, `is_applied` whether the copy takes the text's place
    downstream (mode apply). The pair keeps its id, which is that of the text as delivered.

    edits are the texts that people wrote, by pair_id: they are copies of kind edit, and take the
    text's place whatever the mode and beside any other repair.
    """
    rows = [] if mode == "off" else [_repaired(pair, mode) for pair in _damaged(pairs, scores)]
    made = [row for row in rows if row["kinds"] and row["pair_id"] not in edits]
    present = pairs.where(col("pair_id").is_in(sorted(edits))) if edits else pairs.limit(0)
    made += [_edited(edits[found]) for found in present.select("pair_id").to_pydict()["pair_id"]]
    return daft.from_arrow(pa.Table.from_pylist(made, schema=_REPAIRS))


def _edited(edit: Edit) -> Json:
    texts = {"pair_id": edit.pair_id, "question": edit.question, "answer": edit.answer}
    return {**texts, "kinds": ["edit"], "is_applied": True}


def repaired_text(text: str, kinds: list[str]) -> tuple[str, list[str]]:
    """Return text without damage of the given kinds, and the kinds that were found in it."""
    found = []
    for kind, undo in _DAMAGES.items():
        better = undo(text) if kind in kinds else text
        if better != text:
            found.append(kind)
        text = better
    return text, found


def _damaged(pairs: daft.DataFrame, scores: daft.DataFrame) -> list[Json]:
    flags = scores.select("pair_id", "flags").explode("flags").where(col("flags").not_null())
    named = flags.select("pair_id", col("flags").get("code").alias("kind"))
    kinds = (
        named.where(col("kind").is_in(list(_DAMAGES)))
        .groupby("pair_id")
        .agg(col("kind").list_agg().alias("kinds"))
    )
    texts = pairs.select("pair_id", "question", "answer").join(kinds, on="pair_id")
    rows: list[Json] = texts.sort("pair_id").to_pylist()
    return rows


def _repaired(pair: Json, mode: str) -> Json:
    kinds = [str(kind) for kind in pair["kinds"]]
    question, of_question = repaired_text(str(pair["question"]), kinds)
    answer, of_answer = repaired_text(str(pair["answer"]), kinds)
    found = {*of_question, *of_answer}
    return {
        "pair_id": pair["pair_id"],
        "question": question,
        "answer": answer,
        "kinds": [kind for kind in _DAMAGES if kind in found],
        "is_applied": mode == "apply",
    }
