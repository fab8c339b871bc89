"""Families of delivery formats: one module for each kind of document that differs from others.

A family module has NAME (what the accounting calls it), `sniff(document) -> bool`, strict, and
`read(document) -> Reading`. The first one of ORDER that recognises a document reads it: who
needs more marks comes before who needs fewer. What one object says is no matter of families but
of shapes (shapes.py), and what a key means one of vocabulary.csv.
"""

import importlib
from functools import cache
from typing import Protocol

from pipeline.deliveries.records import Document, FamilyReading


class Family(Protocol):
    """What a family module offers."""

    NAME: str

    def sniff(self, document: Document) -> bool:
        """Return whether document is of this family."""
        ...

    def read(self, document: Document) -> FamilyReading:
        """Return the records of a document that sniff recognises."""
        ...


ORDER = (
    "parquet",
    "sqlite",
    "tables",
    "batch_requests",
    "cut_requests",
    "json_rows",
    "delimited",
    "research_report",
    "character_lines",
    "gift",
    "cards",
    "marked_text",
    "quiz_text",
    "embedded_values",
    "text_tables",
    "talk_text",
    "question_headings",
)


@cache
def families() -> tuple[Family, ...]:
    """Return all families in the order in which they are asked."""
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in ORDER)


def family_of(document: Document) -> Family | None:
    """Return the family that recognises document, None where none does."""
    return next((family for family in families() if family.sniff(document)), None)
