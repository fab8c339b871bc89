"""Text and Markdown with marked questions and answers: "Q: ... A: ...", "**Question 3:** ..."."""

from pipeline.deliveries import claims
from pipeline.deliveries.embedded import values_in
from pipeline.deliveries.marked_lines import SAME_LINE, fenced_lines, marked_lines
from pipeline.deliveries.marked_records import records_of
from pipeline.deliveries.records import Document, FamilyReading, TextDocument

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
    """Return one record per marked question, at its line; its topic is the heading above it."""
    assert isinstance(document, TextDocument)
    declared = claims.declared_in(document.head)
    return FamilyReading(records_of(document.text), declared, {}, ("topic <- heading above",))
