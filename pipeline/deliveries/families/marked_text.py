"""Text and Markdown with marked questions and answers: "Q: ... A: ...", "**Question 3:** ..."."""

from heapq import merge

from pipeline.deliveries import claims
from pipeline.deliveries.embedded import values_in
from pipeline.deliveries.families import text_tables
from pipeline.deliveries.marked_lines import SAME_LINE, fenced_lines, marked_lines
from pipeline.deliveries.marked_records import records_of
from pipeline.deliveries.records import Document, FamilyReading, Record, Refusal, TextDocument
from pipeline.deliveries.tables import each_record

NAME = "marked_text"


def sniff(document: Document) -> bool:
    """Return whether document is text, no table, with a marked question and a marked answer."""
    if not isinstance(document, TextDocument) or document.suffix in (".csv", ".tsv"):
        return False
    marks = marked_lines(document.head.split("\n"), document.head)
    if marks and {mark.line for mark in marks} <= fenced_lines(document.head):
        return not values_in(document.head)
    sides = {mark.side for mark in marks}
    return sides == {"question", "answer"} or (
        "question" in sides and SAME_LINE.search(document.head) is not None
    )


def read(document: Document) -> FamilyReading:
    """Return one record per marked question, at its line; its topic is the heading above it.

    Tables of pairs that stand between them are read as tables.
    """
    assert isinstance(document, TextDocument)
    declared = claims.declared_in(document.head)
    text, tables = text_tables.apart(document.text, document.renames)
    records = merge(records_of(text), *map(each_record, tables), key=_line)
    return FamilyReading(records, declared, {}, ("topic <- heading above",))


def _line(record: Record | Refusal) -> int:
    """Return the line at which a record stands, 0 for what is said of the whole text."""
    number = record.pointer.removeprefix("line ")
    return int(number) if number.isdecimal() else 0
