"""From a record as delivered to a pair as stored, or to a refusal."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.core.ids import pair_id
from pipeline.core.json_values import compact
from pipeline.core.text import excerpt
from pipeline.core.validation import Validator
from pipeline.deliveries import keys
from pipeline.deliveries.records import Duplicated, Record, Refusal
from pipeline.plan.indicators import Plan
from pipeline.plan.resolution import resolve

_LONGEST_TEXT_CHARS = 10_000_000
_TEXTS = (
    ("question", keys.QUESTION, "no_question", "two_questions"),
    ("answer", keys.ANSWER, "no_answer", "two_answers"),
)


class Pair(NamedTuple):
    """One pair as delivered, with the columns that its record and its delivery fill.

    extra is a JSON object of every key of the record that no column holds unchanged; metadata
    one of every key but question and answer, for a record whose columns are another one's.
    """

    pair_id: str
    question: str
    answer: str
    indicator: str | None
    category: str | None
    subcategory: str | None
    resolved_by: str | None
    candidates: list[str]
    topic: str | None
    session: str | None
    difficulty: str | None
    created: str | None
    tags: list[str]
    citations: list[str]
    original_id: str | None
    extra: str
    metadata: str


def to_pair(record: Record, *, file_name: str, plan: Plan, rules: Validator) -> Pair | Refusal:
    """Return the pair that a record holds, or why it holds none.

    The indicator is the master plan's: by the declared indicator, then by the one that the topic
    mentions, then by the one that the file's name mentions; null where none of them says, with
    the candidates where one of them may mean several.
    """
    refusal = _shape_fault(record) or _text_fault(record)
    if refusal is not None:
        return refusal
    spelled = {keys.canonical(key): key for key in record.fields}
    question_key = _said(record.fields, keys.QUESTION)[0]
    answer_key = _said(record.fields, keys.ANSWER)[0]
    columns = _columns(record, spelled)
    question, answer = record.fields[question_key], record.fields[answer_key]
    broken = rules.first_fault({"question": question, "answer": answer, **columns})
    if broken is not None:
        return _refusal(record, "rule_broken", broken)
    resolved = _resolved(columns, file_name, plan)
    used = {question_key, answer_key}
    stored = {**columns, **resolved}
    try:
        extra = _extra(record.fields, spelled, stored, set(used))
        metadata = compact({key: v for key, v in record.fields.items() if key not in used})
    except TypeError:  # orjson writes 254 levels, and reads 1,024
        return _refusal(record, "too_deep", "a field is nested too deeply")
    identity = pair_id(question, answer)
    return Pair(identity, question, answer, extra=extra, metadata=metadata, **stored)


def _shape_fault(record: Record) -> Refusal | None:
    if isinstance(record.fields, Duplicated):
        told = f"key {excerpt(record.fields.twice, 60)!r} stands twice"
        return _refusal(record, "duplicate_key", told)
    return None


def _text_fault(record: Record) -> Refusal | None:
    for noun, names, missing, doubled in _TEXTS:
        found = _said(record.fields, names)
        if len(found) > 1:
            told = f"{noun} stands under {' and '.join(map(repr, found))}"
            return _refusal(record, doubled, told)
        text = record.fields[found[0]] if found else None
        if not isinstance(text, str) or not text.strip():
            got = "nothing" if text is None else type(text).__name__ + " " + excerpt(repr(text), 40)
            return _refusal(record, missing, f"field {noun} must be text, got {got}")
        if len(text) > _LONGEST_TEXT_CHARS:
            told = f"field {noun} has {len(text):,} characters, read are {_LONGEST_TEXT_CHARS:,}"
            return _refusal(record, "string_too_long", told)
    return None


def _refusal(record: Record, reason: str, told: str) -> Refusal:
    place = record.pointer or "the record"
    return Refusal(record.pointer, reason, excerpt(f"{place}: {told}"), dict(record.fields))


def _present(spelled: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    return [spelled[name] for name in names if name in spelled]


def _said(fields: Mapping[str, Any], names: tuple[str, ...]) -> list[str]:
    """Return the keys of a record that spell one of names, in any case, and hold something."""
    return [
        key
        for key, value in fields.items()
        if keys.canonical(key) in names and value not in (None, "")
    ]


def _columns(record: Record, spelled: Mapping[str, str]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for column, names in keys.COLUMNS.items():
        held = [record.fields[key] for key in _present(spelled, names)]
        if column in ("tags", "citations"):
            columns[column] = next((list(v) for v in held if _is_texts(v)), [])
        else:
            columns[column] = next((_text(v) for v in held if _text(v) is not None), None)
            if columns[column] is None:
                columns[column] = _from_context(column, record.context)
    return columns


def _from_context(column: str, context: Mapping[str, Any]) -> str | None:
    for name in keys.CONTEXT.get(column, ()):
        text = _text(context.get(name))
        if text is not None:
            return text
    return None


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _resolved(columns: Mapping[str, Any], file_name: str, plan: Plan) -> dict[str, Any]:
    """Return the columns that say where in the master plan a pair belongs, and how that is known.

    A file name of the delivery is asked last, because it speaks for all of its pairs.
    """
    found = resolve(
        plan,
        declared=columns["indicator"] or "",
        topic=columns["topic"] or "",
        file_name=file_name,
    )
    return {
        "indicator": found.indicator.indicator if found.indicator else None,
        "category": found.indicator.category if found.indicator else None,
        "subcategory": found.indicator.subcategory if found.indicator else None,
        "resolved_by": found.by,
        "candidates": list(found.candidates),
    }


def _extra(
    fields: Mapping[str, Any],
    spelled: Mapping[str, str],
    stored: Mapping[str, Any],
    used: set[str],
) -> str:
    """Return what the columns do not hold: unknown keys, and values they hold in another form."""
    for column, names in keys.COLUMNS.items():
        for key in _present(spelled, names):
            value = fields[key]
            if value == stored[column] or (_text(value) == stored[column] is not None):
                used.add(key)
    return compact({key: value for key, value in fields.items() if key not in used})
