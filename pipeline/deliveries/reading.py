"""From the bytes of one delivery to its pairs, its refusals and what it claims."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.text import excerpt
from pipeline.core.validation import Validator
from pipeline.deliveries import claims, keys
from pipeline.deliveries.families import family_of
from pipeline.deliveries.pairs import Pair, to_pair
from pipeline.deliveries.parsing import parse
from pipeline.deliveries.records import (
    Document,
    Duplicated,
    JsonDocument,
    Reading,
    Record,
    Refusal,
    bounded,
    refused,
)
from pipeline.plan.indicators import Plan

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_EXPANSION = 2
_RECORDS_TO_CONVINCE = 100_000


@dataclass(frozen=True, slots=True)
class Delivered:
    """All that one delivery holds, in the order of its records.

    found = len(entries): a delivery that cannot be read at all counts as one refused entry, so
    that every delivery's books balance. first_created is the earliest ISO date that the delivery
    or its records name. mapping tells what was guessed, in order.
    """

    family: str | None
    declared: int | None
    first_created: str | None
    entries: list[tuple[str, Pair | Refusal]]
    mapping: list[str]


def read_delivery(
    name: str, content: bytes, *, plan: Plan, rules: Validator, max_bytes: int
) -> Delivered:
    """Return what a delivery of that name and content holds; never raises for bad content."""
    document = parse(name, content, max_bytes=max_bytes)
    if isinstance(document, Refusal):
        return _refused(document)
    if isinstance(document, JsonDocument) and isinstance(document.value, Duplicated):
        twice = excerpt(document.value.twice, 60)
        told = f"key {twice!r} of the outermost object stands twice"
        return _refused(refused("", "duplicate_key", told))
    family = family_of(document)
    if family is None:
        return _holds_nothing(document)
    reading = family.read(document)
    guessed = set(reading.mapping)
    entries: list[tuple[str, Pair | Refusal]] = []
    chars, refusals = 0, 0
    for record in reading.records:
        if isinstance(record, Record):
            guessed |= keys.guesses(record.fields)
            entry = to_pair(record, file_name=name, plan=plan, rules=rules)
        else:
            entry = record
        if isinstance(entry, Refusal):
            refusals += 1
            entry = bounded(entry)
        entries.append((record.pointer, entry))
        chars += _size(entry)
        if chars > _MOST_EXPANSION * max_bytes:
            told = f"its records hold more than {_MOST_EXPANSION * max_bytes:,} characters"
            return _refused(refused("", "too_large", told))
        if refusals == len(entries) == _RECORDS_TO_CONVINCE:
            told = f"none of the first {_RECORDS_TO_CONVINCE:,} records is a pair"
            return _refused(refused("", "no_pairs", told), reading.declared)
    created = _first_created(reading, entries)
    return Delivered(family.NAME, reading.declared, created, entries, sorted(guessed))


def _size(entry: Pair | Refusal) -> int:
    if isinstance(entry, Refusal):
        return len(entry.message) + (len(entry.raw) if isinstance(entry.raw, str) else 0)
    return len(entry.question) + len(entry.answer) + len(entry.metadata)


def _holds_nothing(document: Document) -> Delivered:
    """Return the books of a delivery that no family reads: what it claims, and why it is none."""
    declared = claims.declared(document)
    if claims.may_hold_pairs(document):
        told = "no family of delivery formats recognises the file"
        return _refused(refused("", "unknown_format", told), declared)
    claim = f"claims {declared:,} pairs and holds none" if declared else "holds no pairs"
    return _refused(refused("", "no_pairs", f"the file {claim}"), declared)


def _refused(refusal: Refusal, declared: int | None = None) -> Delivered:
    return Delivered(None, declared, None, [("", bounded(refusal))], [])


def _first_created(reading: Reading, entries: list[tuple[str, Pair | Refusal]]) -> str | None:
    dates = [match[0] for text in _told(reading, entries) if (match := _ISO_DATE.match(text))]
    return min(dates, default=None)


def _told(reading: Reading, entries: list[tuple[str, Pair | Refusal]]) -> Iterator[str]:
    yield from (str(reading.context.get(key, "")) for key in keys.CONTEXT["created"])
    yield from (entry.created or "" for _, entry in entries if isinstance(entry, Pair))
