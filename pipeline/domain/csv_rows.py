"""Rows of a CSV of the domain, read strictly: one header, whole rows, cells by their column."""

from collections.abc import Iterator

from pipeline.core.errors import UserError
from pipeline.core.whole_text import MEND, csv_rows, separator_fault, whole_text

Cells = dict[str, str]


def domain_rows(
    content: bytes, name: str, columns: tuple[str, ...], needed: tuple[str, ...]
) -> Iterator[tuple[int, Cells]]:
    """Yield the line of each row, and its cells by the columns that the header names.

    Cells have no space around them. columns are those that have a meaning, of which needed must
    be in the header; other columns are people's own. name is how sentences call the file; content
    without a byte has no rows.

    Raises UserError with file, line and rule for a header without a needed column or with one
    twice, a torn row, text that is no UTF-8, and marks of a git conflict.
    """
    if not content.strip():
        return
    text = whole_text(content, name)
    rows = csv_rows(text, name)
    header = [cell.strip() for cell in next(rows)[1]]
    fault = _header_fault(header, text.partition("\n")[0], columns, needed)
    if fault:
        raise UserError(f"{name} line 1: {fault}")
    for number, cells in rows:
        if len(cells) != len(header):
            count = f"{len(cells)} cells instead of {len(header)}"
            raise UserError(f"{name} line {number}: a torn row with {count}: {MEND}")
        yield number, dict(zip(header, (cell.strip() for cell in cells), strict=True))


def split_aliases(cell: str) -> list[str]:
    """Return the names that a cell lists, in order; semicolons part them."""
    return [alias for part in cell.split(";") if (alias := part.strip())]


def _header_fault(
    header: list[str], line: str, columns: tuple[str, ...], needed: tuple[str, ...]
) -> str | None:
    wanted = ",".join(columns)
    missing = next((column for column in needed if column not in header), None)
    if missing:
        return separator_fault(line, wanted) or (
            f"no column {missing} in {line[:80]!r}: {wanted}, of which only "
            f"{' and '.join(needed)} must be there"
        )
    doubled = next((column for column in header if header.count(column) > 1), None)
    return doubled and f"column {doubled} stands twice: keep one of them"
