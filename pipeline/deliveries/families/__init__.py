"""Families of delivery formats: one module each, found by being in this folder.

A family module has NAME (what the accounting calls it), `sniff(document) -> bool`, strict, and
`read(document) -> Reading`. At most one family recognises a document; a test holds them to it.
"""

import importlib
import pkgutil
from functools import cache
from typing import Protocol

from pipeline.deliveries.records import Document, Reading


class Family(Protocol):
    """What a family module offers."""

    NAME: str

    def sniff(self, document: Document) -> bool:
        """Return whether document is of this family."""
        ...

    def read(self, document: Document) -> Reading:
        """Return the records of a document that sniff recognises."""
        ...


@cache
def families() -> tuple[Family, ...]:
    """Return all families, by name of module."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


def family_of(document: Document) -> Family | None:
    """Return the family that recognises document, None where none or several do."""
    matching = [family for family in families() if family.sniff(document)]
    return matching[0] if len(matching) == 1 else None
