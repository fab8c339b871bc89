"""Text with JSON or YAML inside: in fences of Markdown, or below a sentence of a model."""

from collections.abc import Iterator
from typing import Any

from pipeline.deliveries import embedded, envelopes
from pipeline.deliveries.marked_lines import fenced_lines, marked_lines
from pipeline.deliveries.records import Document, FamilyReading, Record, Refusal, TextDocument

NAME = "embedded_values"


def sniff(document: Document) -> bool:
    """Return whether document is text in which a value stands that holds records."""
    return (
        isinstance(document, TextDocument)
        and document.suffix not in (".csv", ".tsv")
        and any(mark in document.text for mark in ("{", "[", "```", "~~~"))
        and bool(values := embedded.values_in(document.text))
        and not _are_examples(document.text, values)
    )


def _are_examples(text: str, values: list[tuple[int, Any]]) -> bool:
    """Return whether values stand in the answers of a text: fewer, each before another question.

    A conversation in which a model writes lists of pairs has more of them than questions.
    """
    lines, fenced = text.split("\n"), fenced_lines(text)
    outside = [mark for mark in marked_lines(lines, text) if mark.line not in fenced]
    asking, answering = ([m.line for m in outside if m.side == s] for s in ("question", "answer"))
    if not answering or len(asking) <= len(values):
        return False
    first, last = (sum(len(line) + 1 for line in lines[:n]) for n in (answering[0], asking[-1]))
    are_between = all(first < offset < last for offset, _ in values)
    return are_between and sum(1 for _ in _each(text, values)) < len(asking)


def read(document: Document) -> FamilyReading:
    """Return the records of each value, at "@" and its offset in characters."""
    assert isinstance(document, TextDocument)
    return FamilyReading(
        _each(document.text, embedded.values_in(document.text)),
        None,
        {},
        ("records <- JSON or YAML inside the text",),
    )


def _each(text: str, values: list[tuple[int, Any]]) -> Iterator[Record | Refusal]:
    at = 0
    for offset, value in values:
        before = text[at:offset].strip("`~ \n\r\t")
        for number, record in enumerate(envelopes.walk(value, f"@{offset}", {})):
            if not number and before and isinstance(record, Record):
                fields = {**record.fields, "text_before": before[:100_000]}
                yield Record(record.pointer, fields, record.context)
            else:
                yield record
        at = offset
