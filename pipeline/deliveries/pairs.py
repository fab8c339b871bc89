"""From a record as delivered to a pair as stored, or to a refusal."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pipeline.core.ids import pair_id
from pipeline.core.json_values import compact
from pipeline.core.text import excerpt
from pipeline.core.validation import Validator
from pipeline.deliveries import comparisons, keys
from pipeline.deliveries.choices import twice_in_choices
from pipeline.deliveries.context import context_of
from pipeline.deliveries.keys import Roles, roles_of
from pipeline.deliveries.marks import unwanted
from pipeline.deliveries.records import Duplicated, Record, Refusal
from pipeline.deliveries.texts import PairTexts, texts_of
from pipeline.plan.indicators import Plan
from pipeline.plan.resolution import resolve

_LONGEST_TEXT_CHARS = 10_000_000
_LISTS = ("tags", "citations")
_NO_COLUMNS = dict.fromkeys(keys.COLUMNS)
_TEXT_COLUMNS = keys.COLUMNS.keys() - set(_LISTS)


class Pair(NamedTuple):
    """One pair as delivered, with the columns that its record and its delivery fill.

    context is what a reader must have seen to understand the question: (role, text) of a system
    prompt, earlier turns, passages, choices. extra is a JSON object of every key of the record
    that no column holds unchanged, with answers that were rejected as a list of texts under
    `rejected`; metadata one of every key but question and answer, for a
    record whose columns are another one's.
    """

    pair_id: str
    question: str
    answer: str
    context: list[dict[str, str]]
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
    delivered_split: str | None
    original_id: str | None
    extra: str
    metadata: str


def to_pair(record: Record, *, file_name: str, plan: Plan, rules: Validator) -> Pair | Refusal:
    """Return the pair that a record holds, or why it holds none.

    The indicator is the master plan's: by the declared indicator, then by the one that the topic
    mentions, then by those that the file's name and the question mention; null where none of
    them says, with the candidates where one of them may mean several.
    """
    if isinstance(record.fields, Duplicated):
        message = f"key {excerpt(record.fields.twice, 60)!r} stands twice"
        return _refusal(record, "duplicate_key", message)
    roles = roles_of(record.fields)
    twice = twice_in_choices(record.fields, roles)
    if twice is not None:
        return _refusal(record, "duplicate_key", f"key {excerpt(twice, 60)!r} stands twice")
    mark = unwanted(record.fields)
    if mark is not None:
        return _refusal(record, "marked_unwanted", f"the record says not to use it: {mark}")
    texts = texts_of(record.fields, roles)
    if not isinstance(texts, PairTexts):
        return _refusal(record, *texts)
    for noun, text in (("question", texts.question), ("answer", texts.answer)):
        if len(text) > _LONGEST_TEXT_CHARS:
            message = f"field {noun} has {len(text):,} characters, read are {_LONGEST_TEXT_CHARS:,}"
            return _refusal(record, "string_too_long", message)
    return _pair(record, roles, texts, file_name, plan, rules)


def _pair(
    record: Record, roles: Roles, texts: PairTexts, file_name: str, plan: Plan, rules: Validator
) -> Pair | Refusal:
    context, used = context_of(record.fields, roles, texts, record.context)
    columns = _columns(record, roles)
    broken = rules.first_fault({"question": texts.question, "answer": texts.answer, **columns})
    if broken is not None:
        return _refusal(record, "rule_broken", broken)
    stored = {**columns, **_resolved(columns, texts.question, file_name, plan)}
    read = {*texts.keys, *used}
    try:
        fields = comparisons.with_rejected(record.fields, roles)
        extra = _extra(fields, roles, stored, read)
        left = {key: v for key, v in fields.items() if key not in read}
        metadata = compact(left)
    except TypeError:  # orjson writes 254 levels, and reads 1,024
        return _refusal(record, "too_deep", "a field is nested too deeply")
    identity = pair_id(texts.question, texts.answer, context)
    return Pair(
        identity, texts.question, texts.answer, context, extra=extra, metadata=metadata, **stored
    )


def _refusal(record: Record, reason: str, message: str) -> Refusal:
    place = record.pointer or "the record"
    return Refusal(record.pointer, reason, excerpt(f"{place}: {message}"), dict(record.fields))


def _columns(record: Record, roles: Roles) -> dict[str, Any]:
    columns: dict[str, Any] = dict(_NO_COLUMNS)
    fields, context = record.fields, record.context
    for column in _LISTS:
        held = (fields[key] for _, key in roles.get(column, ()))
        columns[column] = next((list(v) for v in held if _is_texts(v)), [])
    for column in roles.keys() & _TEXT_COLUMNS:
        columns[column] = _first_text(fields[key] for _, key in roles[column])
    for column, names in _spoken_for(tuple(context)) if context else ():
        if columns[column] is None:
            columns[column] = _first_text(context[name] for name in names)
    return columns


@lru_cache(maxsize=2000)
def _spoken_for(names: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the columns that what encloses a record may fill, with its keys for each."""
    known = frozenset(names)
    held = {column: tuple(filter(known.__contains__, of)) for column, of in keys.CONTEXT.items()}
    return tuple((column, own) for column, own in held.items() if own)


def _first_text(values: Iterable[Any]) -> str | None:
    return next((text for value in values if (text := _text(value)) is not None), None)


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _resolved(
    columns: Mapping[str, Any], question: str, file_name: str, plan: Plan
) -> dict[str, Any]:
    """Return the columns that say where in the master plan a pair belongs, and how that is known.

    A file name of the delivery is asked behind what the record says, because it speaks for all
    of its pairs, and the question last, because it may name what it is not about.
    """
    found = resolve(
        plan,
        declared=columns["indicator"] or "",
        topic=columns["topic"] or "",
        file_name=file_name,
        question=question,
    )
    return {
        "indicator": found.indicator.indicator if found.indicator else None,
        "category": (found.indicator.category or None) if found.indicator else None,
        "subcategory": (found.indicator.subcategory or None) if found.indicator else None,
        "resolved_by": found.by,
        "candidates": list(found.candidates),
    }


def _extra(
    fields: Mapping[str, Any], roles: Roles, stored: Mapping[str, Any], read: set[str]
) -> str:
    """Return what the columns do not hold: unknown keys, and values they hold in another form."""
    used = set(read)
    for column in keys.COLUMNS.keys() & roles.keys():
        for _, key in roles[column]:
            value = fields.get(key)
            if value == stored[column] or (_text(value) == stored[column] is not None):
                used.add(key)
    return compact({key: value for key, value in fields.items() if key not in used})
