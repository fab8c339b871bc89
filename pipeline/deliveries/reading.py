"""From the bytes of one delivery to its pairs, its refusals and what it claims."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.core.errors import UserError
from pipeline.core.faults import GOES_ON
from pipeline.core.text import excerpt
from pipeline.core.validation import Validator
from pipeline.deliveries import claims, keys, texts
from pipeline.deliveries.content import Content
from pipeline.deliveries.families import family_of
from pipeline.deliveries.intents_apart import Sides, pairs_of, sides_of
from pipeline.deliveries.mapping import NOTHING, applied, from_yaml
from pipeline.deliveries.net import internal
from pipeline.deliveries.pairs import Pair, to_pair
from pipeline.deliveries.parsing import STREAMED_FROM_BYTES, parse
from pipeline.deliveries.records import (
    Document,
    Duplicated,
    FamilyReading,
    JsonDocument,
    Members,
    Record,
    Refusal,
    bounded,
    refused,
)
from pipeline.deliveries.seen import seen
from pipeline.plan.indicators import Plan

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOST_EXPANSION = 2
_GUESSED_BY = {"topic": "topic", "file_name": "file name", "question": "question"}
"""How an indicator may be found that no record declares, by Pair.resolved_by."""

_RECORDS_TO_CONVINCE = 100_000


Entry = tuple[str, Pair | Refusal]
"""The place of a record in its delivery, and what became of it."""


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """What a delivery is, known once its last record was read.

    first_created is the earliest ISO date that the delivery or its records name. mapping tells
    what was guessed, in order. A delivery that is refused in the midst of reading stands for its
    last entry alone: entries before stands_from do not count.
    """

    family: str | None = None
    declared: int | None = None
    first_created: str | None = None
    mapping: tuple[str, ...] = ()
    stands_from: int = 0


class DeliveryEntries:
    """The entries of one delivery, in order of its records, and then what it is.

    They are read once, while they are iterated; `told` stands afterwards. A delivery that cannot
    be read at all counts as one refused entry, so that every delivery's books balance.
    """

    def __init__(
        self,
        name: str,
        content: Content,
        *,
        plan: Plan,
        rules: Validator,
        max_bytes: int,
        streamed_from: int = STREAMED_FROM_BYTES,
        mapping: str = "",
    ) -> None:
        """Take a delivery's name and content; from streamed_from bytes on it stays in content.

        mapping is what people say about its keys, as YAML; what they rename is read in memory.
        """
        self.facts = DeliveryFacts()
        self._name, self._content = name, content
        self._plan, self._rules = plan, rules
        self._max_bytes = max_bytes
        self._mapping = mapping
        self._streamed_from = max_bytes + 1 if mapping else streamed_from

    def __iter__(self) -> Iterator[Entry]:
        try:
            mapping = (
                from_yaml(self._mapping.encode(), "mapping.yaml") if self._mapping else NOTHING
            )
        except UserError as fault:
            yield "", bounded(refused("", "bad_mapping", str(fault)))
            return
        document = parse(
            self._name,
            self._content,
            max_bytes=self._max_bytes,
            streamed_from=self._streamed_from,
            encoding=mapping.encoding,
        )
        if isinstance(document, Refusal):
            yield "", bounded(document)
            return
        document = applied(document, mapping)
        reading = reading_of(document)
        if isinstance(reading, Refusal):
            self.facts = DeliveryFacts(declared=claims.declared(document))
            yield "", bounded(reading)
            return
        yield from self._records(reading)

    def _records(self, reading: FamilyReading) -> Iterator[Entry]:
        guessed = set(reading.mapping)
        created = _date(str(reading.context.get(key, "")) for key in keys.CONTEXT["created"])
        chars, refusals = 0, 0
        for count, record in enumerate(reading.records, start=1):
            entry = self._entry(record)
            if isinstance(entry, Pair) and isinstance(record, Record):
                guessed |= _guesses(record)
            refusals += isinstance(entry, Refusal)
            chars += entry_chars(entry)
            yield record.pointer, entry
            if chars > _MOST_EXPANSION * self._max_bytes:
                message = (
                    f"its records hold more than {_MOST_EXPANSION * self._max_bytes:,} characters"
                )
                self.facts = DeliveryFacts(stands_from=count)
                yield "", bounded(refused("", "too_large", message))
                return
            if refusals == count == _RECORDS_TO_CONVINCE:
                message = f"none of the first {_RECORDS_TO_CONVINCE:,} records is a pair"
                self.facts = DeliveryFacts(declared=reading.declared, stands_from=count)
                yield "", bounded(refused("", "no_pairs", message))
                return
            if isinstance(entry, Pair) and entry.resolved_by in _GUESSED_BY:
                guessed.add(f"indicator <- {_GUESSED_BY[entry.resolved_by]}")
            if isinstance(entry, Pair) and entry.created:
                created = _date((created or entry.created, entry.created))
        self.facts = DeliveryFacts(
            reading.family, reading.declared, created, tuple(sorted(guessed))
        )

    def _entry(self, record: Record | Refusal) -> Pair | Refusal:
        if isinstance(record, Refusal):
            return bounded(record)
        try:
            entry = to_pair(record, file_name=self._name, plan=self._plan, rules=self._rules)
        except GOES_ON:
            raise
        except Exception as fault:  # noqa: BLE001 - one record, not the run
            entry = internal(record, fault)
        return bounded(entry) if isinstance(entry, Refusal) else entry


def reading_of(document: Document) -> FamilyReading | Refusal:
    """Return the records of a document, or why no family reads it."""
    if isinstance(document, Members):
        return FamilyReading(_each_member(document), family=document.kind)
    if isinstance(document, JsonDocument) and isinstance(document.value, Duplicated):
        twice = excerpt(document.value.twice, 60)
        return refused("", "duplicate_key", f"key {twice!r} of the outermost object stands twice")
    family = family_of(document)
    if family is None:
        return _holds_nothing(document, claims.declared(document))
    reading = family.read(document)
    return reading if reading.family else replace(reading, family=family.NAME)


def _each_member(document: Members) -> Iterator[Record | Refusal]:
    """Yield the records of an archive's members; a place starts with the member's name."""
    sides, halves = Sides(), list[tuple[str, Document]]()
    for name, inner in document.each():
        shown = excerpt(name, 80)
        if isinstance(inner, JsonDocument) and _is_half(inner, name):
            sides.add(sides_of(inner.value, name), shown)
            halves.append((shown, inner))
            continue
        reading = inner if isinstance(inner, Refusal) else reading_of(inner)
        if isinstance(reading, Refusal):
            yield _of_member(shown, reading)
            continue
        for record in reading.records:
            if isinstance(record, Refusal):
                yield _of_member(shown, record)
            else:
                context = {**reading.context, **record.context}
                yield Record(f"{shown}!{record.pointer}", record.fields, context)
    if any(sides.reply_to(intent) for intent in sides.phrases):
        yield from pairs_of(sides, "", {})
    else:
        for shown, inner in halves:
            yield _of_member(shown, _holds_nothing(inner, None))


def _is_half(document: JsonDocument, name: str) -> bool:
    """Return whether a member of an archive says of intents what others of it complete."""
    found = sides_of(document.value, name)
    is_any = bool(found.phrases or found.replies or found.leads_to)
    return is_any and family_of(document) is None


def _of_member(name: str, refusal: Refusal) -> Refusal:
    message = refusal.message.removeprefix(f"{refusal.pointer}: ")
    place = f"{name}!{refusal.pointer}" if refusal.pointer else name
    return refused(place, refusal.reason, message, refusal.raw)


def _guesses(record: Record) -> set[str]:
    """Return what was taken for a question or an answer without saying so."""
    if "question" in record.fields and "answer" in record.fields:
        return set()
    found = texts.texts_of(record.fields, keys.roles_of(record.fields))
    return (
        keys.guesses(found.asked, found.answered) if isinstance(found, texts.PairTexts) else set()
    )


def entry_chars(entry: Pair | Refusal) -> int:
    """Return how many characters an entry holds, short columns left out."""
    if isinstance(entry, Refusal):
        return len(entry.message) + (len(entry.raw) if isinstance(entry.raw, str) else 0)
    context = sum(len(part["text"]) for part in entry.context)
    return len(entry.question) + len(entry.answer) + len(entry.metadata) + context


def _holds_nothing(document: Document, declared: int | None) -> Refusal:
    """Return why a delivery that no family reads is none: what it holds, what would be read."""
    message = seen(document)
    if claims.may_hold_pairs(document):
        return refused("", "unknown_format", f"no family of formats reads {message}")
    claim = f"claims {declared:,} pairs and holds none" if declared else "holds no pairs"
    return refused("", "no_pairs", f"the file {claim}, but {message}")


def _date(texts: Iterable[str]) -> str | None:
    """Return the earliest ISO date that a text starts with."""
    return min((match[0] for text in texts if (match := _ISO_DATE.match(text))), default=None)
