"""Copies of damaged texts without the damage: certain ones are used, the others are offered."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

import daft
import ftfy
import pyarrow as pa
from daft import DataType, col, lit
from ftfy.badness import is_bad

from pipeline.core.errors import UserError
from pipeline.core.ids import pair_id
from pipeline.core.json_values import Json
from pipeline.core.memo import Memo
from pipeline.quality.logs import is_certain_log, without_run_log
from pipeline.quality.residue import (
    has_lost_escape,
    may_be_mojibake,
    without_escape_codes,
    without_model_residue,
    without_report_lines,
)
from pipeline.reviews.records import Edit

MODES = ("off", "report", "apply")
"""What is done with repaired copies: none are made, they are offered, certain ones are used."""


class _Repair(NamedTuple):
    """How a kind of damage is undone, and when that is certain.

    is_certain takes the text before and after. What is left is never empty where it is certain.
    """

    undo: Callable[[str], str]
    is_certain: Callable[[str, str], bool]


def _always(before: str, after: str) -> bool:  # noqa: ARG001 - as the others
    return True


def _is_whole(before: str, after: str) -> bool:  # noqa: ARG001 - as the others
    return not is_bad(after) and "\N{REPLACEMENT CHARACTER}" not in after


def _had_escapes(before: str, after: str) -> bool:  # noqa: ARG001 - as the others
    return not has_lost_escape(before)


def _decoded(text: str) -> str:
    return ftfy.fix_encoding(text) if may_be_mojibake(text) else text


REPAIRS: Mapping[str, _Repair] = {
    "mojibake": _Repair(_decoded, _is_whole),
    "ansi_residue": _Repair(without_escape_codes, _had_escapes),
    "report_residue": _Repair(without_report_lines, _always),
    "run_log": _Repair(without_run_log, is_certain_log),
    "model_residue": _Repair(without_model_residue, _always),
}
"""Flags of damage that can be undone, in the order in which it is."""

_COPY = pa.struct(
    [
        ("question", pa.large_string()),
        ("answer", pa.large_string()),
        ("kinds", pa.large_list(pa.large_string())),
        ("is_certain", pa.bool_()),
    ]
)
_REPAIRS = pa.schema(
    [
        ("pair_id", pa.large_string()),
        ("question", pa.large_string()),
        ("answer", pa.large_string()),
        ("kinds", pa.large_list(pa.large_string())),
        ("is_applied", pa.bool_()),
        ("text_id", pa.large_string()),
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
    pairs: daft.DataFrame,
    mode: str,
    edits: Mapping[str, Edit],
    *,
    kinds: Collection[str],
    memo: Memo,
) -> daft.DataFrame:
    """Return a repaired copy of every pair with damage that can be undone.

    Broken encodings are decoded anew (ftfy); terminal codes, lines of a report, the log of a run
    and marks of a model are taken out; nothing else of a text is touched. kinds are those of
    REPAIRS that are looked for. `kinds` of a copy are those that made a difference, `is_applied`
    whether it takes the text's place downstream: in mode apply, where the repair is certain. The
    pair keeps its id, which is that of the texts as delivered; `text_id` is the copy's own.

    edits are the texts that people wrote, by pair_id: they are copies of kind edit, and take the
    text's place whatever the mode and instead of any other repair.
    """
    made = [] if mode == "off" else _made(pairs, mode, frozenset(kinds), memo)
    rows = [row for row in made if row["pair_id"] not in edits]
    present = pairs.where(col("pair_id").is_in(sorted(edits))) if edits else pairs.limit(0)
    rows += [_edited(edits[found]) for found in present.select("pair_id").to_pydict()["pair_id"]]
    return daft.from_arrow(pa.Table.from_pylist(rows, schema=_REPAIRS))


def repair_metrics(copies: daft.DataFrame) -> dict[str, float]:
    """Return how many copies are used (repaired), written by people (edited), and offered."""
    rows = copies.select("kinds", "is_applied").to_pylist()
    edited = sum("edit" in row["kinds"] for row in rows)
    applied = sum(row["is_applied"] for row in rows)
    return {
        "repaired": applied - edited,
        "edited": edited,
        "repairs_offered": len(rows) - applied,
    }


def repaired_text(
    text: str, kinds: Iterable[str], *, certain_only: bool = False
) -> tuple[str, list[str]]:
    """Return text without damage of the given kinds, and the kinds that were found in it.

    Taking one damage away may bare another, so the kinds are gone through until none speaks. With
    certain_only only certain repairs are made, and none that leaves nothing.
    """
    found: set[str] = set()
    looked_for = [kind for kind in REPAIRS if kind in set(kinds)]
    is_changed = True
    while is_changed:
        is_changed = False
        for kind in looked_for:
            better = REPAIRS[kind].undo(text)
            if better == text:
                continue
            if certain_only and not (better.strip() and REPAIRS[kind].is_certain(text, better)):
                continue
            text, is_changed = better, True
            found.add(kind)
    return text, [kind for kind in looked_for if kind in found]


def _made(pairs: daft.DataFrame, mode: str, kinds: frozenset[str], memo: Memo) -> list[Json]:
    """Return the rows of all copies; what a text comes to depends on the text and kinds alone."""
    named = [kind for kind in REPAIRS if kind in kinds]
    copies = memo.rows(
        "repairs",
        pairs.select("pair_id", "question", "answer"),
        lambda unseen: unseen.select(
            "pair_id", _copies(col("question"), col("answer"), named).unnest()
        ),
        kinds=named,
    )
    changed = copies.where(col("kinds").list_count() > lit(0)).sort("pair_id")
    return [_row(copy, mode) for copy in changed.to_pylist()]


def _row(copy: Json, mode: str) -> Json:
    is_applied = mode == "apply" and copy.pop("is_certain")
    copy.pop("is_certain", None)
    return {**copy, "is_applied": is_applied, "text_id": _text_id(copy)}


def _edited(edit: Edit) -> Json:
    texts = {"pair_id": edit.pair_id, "question": edit.question, "answer": edit.answer}
    return {**texts, "kinds": ["edit"], "is_applied": True, "text_id": _text_id(texts)}


def _text_id(texts: Json) -> str:
    return pair_id(texts["question"], texts["answer"])


@daft.func.batch(return_dtype=DataType.from_arrow_type(_COPY), use_process=False)
def _copies(questions: daft.Series, answers: daft.Series, kinds: list[str]) -> pa.Array:
    texts = zip(questions.to_pylist(), answers.to_pylist(), strict=True)
    return pa.array([_copy(question, answer, kinds) for question, answer in texts], _COPY)


def _copy(question: str, answer: str, kinds: list[str]) -> Json:
    """Return the copy with certain repairs where there are any, else that with all."""
    whole = _mended(question, answer, kinds, certain_only=False)
    if not whole["kinds"]:
        return {"question": None, "answer": None, "kinds": [], "is_certain": False}
    certain = _mended(question, answer, kinds, certain_only=True)
    return {**certain, "is_certain": True} if certain["kinds"] else {**whole, "is_certain": False}


def _mended(question: str, answer: str, kinds: list[str], *, certain_only: bool) -> Json:
    asked, of_question = repaired_text(question, kinds, certain_only=certain_only)
    answered, of_answer = repaired_text(answer, kinds, certain_only=certain_only)
    found = [kind for kind in kinds if kind in {*of_question, *of_answer}]
    return {"question": asked, "answer": answered, "kinds": found}
