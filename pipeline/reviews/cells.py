"""Text in cells of a CSV that a spreadsheet may open, and back (docs/adr/0007)."""

import re

from pipeline.core.spreadsheets import FORMULA_START

_FORMULA = re.compile(FORMULA_START)


def to_cell(text: str) -> str:
    """Return text as a cell: what a spreadsheet would run as a formula gets an apostrophe."""
    return f"'{text}" if _FORMULA.match(text) else text


def from_cell(cell: str) -> str:
    """Return the text of a cell, the apostrophe of to_cell taken away."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
