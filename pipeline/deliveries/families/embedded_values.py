"""Text with JSON or YAML inside: in fences of Markdown, or below a sentence of a model."""

from collections.abc import Iterator

from pipeline.deliveries import embedded, envelopes
from pipeline.deliveries.records import Document, FamilyReading, Record, Refusal, TextDocument

NAME = "embedded_values"


def sniff(document: Document) -> bool:
    """Return whether document is text in which a value stands that holds records."""
    return (
        isinstance(document, TextDocument)
        and document.suffix not in (".csv", ".tsv")
        and any(mark in document.text for mark in ("{", "[", "```", "~~~"))
        and bool(embedded.values_in(document.text))
    )


def read(document: Document) -> FamilyReading:
    """Return the records of each value, at "@" and its offset in characters."""
    assert isinstance(document, TextDocument)
    return FamilyReading(
        _each(document.text), None, {}, ("records <- JSON or YAML inside the text",)
    )


def _each(text: str) -> Iterator[Record | Refusal]:
    at = 0
    for offset, value in embedded.values_in(text):
        before = text[at:offset].strip("`~ \n\r\t")
        for number, record in enumerate(envelopes.walk(value, f"@{offset}", {})):
            if not number and before and isinstance(record, Record):
                fields = {**record.fields, "text_before": before[:100_000]}
                yield Record(record.pointer, fields, record.context)
            else:
                yield record
        at = offset
