"""From the bytes of one delivery to its pairs, its refusals and what it claims."""

import re
from dataclasses import dataclass

from pipeline.core.text import excerpt
from pipeline.core.validation import Validator
from pipeline.deliveries import keys
from pipeline.deliveries.families import family_of
from pipeline.deliveries.pairs import Pair, to_pair
from pipeline.deliveries.parsing import parse
from pipeline.deliveries.records import Duplicated, JsonDocument, Reading, Refusal
from pipeline.plan.indicators import Plan

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Delivered:
    """All that one delivery holds, in the order of its records.

    found = len(entries): a delivery that cannot be read at all counts as one refused entry, so
    that every delivery's books balance. first_created is the earliest ISO date that the delivery
    or its records name.
    """

    family: str | None
    declared: int | None
    first_created: str | None
    entries: list[tuple[str, Pair | Refusal]]


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
        return _refused(Refusal("", "duplicate_key", told))
    family = family_of(document)
    if family is None:
        told = "no family of delivery formats recognises the file"
        return _refused(Refusal("", "unknown_format", told))
    reading = family.read(document)
    entries: list[tuple[str, Pair | Refusal]] = []
    for record in reading.records:
        entry = (
            record
            if isinstance(record, Refusal)
            else to_pair(record, file_name=name, plan=plan, rules=rules)
        )
        entries.append((record.pointer, entry))
    return Delivered(family.NAME, reading.declared, _first_created(reading, entries), entries)


def _refused(refusal: Refusal) -> Delivered:
    return Delivered(None, None, None, [("", refusal)])


def _first_created(reading: Reading, entries: list[tuple[str, Pair | Refusal]]) -> str | None:
    told = [str(reading.context.get(key, "")) for key in keys.CONTEXT["created"]]
    told += [entry.created for _, entry in entries if isinstance(entry, Pair) and entry.created]
    dates = [match[0] for text in told if (match := _ISO_DATE.match(text))]
    return min(dates, default=None)
