"""plan.csv: what there is to know about, as a table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pipeline.core.errors import UserError
from pipeline.domain.csv_rows import domain_rows

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("name", "category", "subcategory", "target", "aliases")
"""What an entry says of itself; only the name must be there. Other columns are people's own."""

_NEEDED = "name"
_MOST_PAIRS = 10**9


def plan_table(content: bytes, name: str) -> "pd.DataFrame":
    """Return one row per entry of a plan, in its order: the columns COLUMNS.

    target is the number of pairs wanted, 0 where none is set; the others are text, empty where
    there is nothing; aliases are separated by semicolons. name is how sentences call the file;
    content without a byte is a plan without entries.

    Raises UserError with file, line, column and rule: no such header, a torn row, an entry
    without a name or with that of another one, a target that is no number of pairs.
    """
    return _table(list(_entries(content, name)))


def _entries(content: bytes, name: str) -> Iterator[tuple[str | int, ...]]:
    lines: dict[str, int] = {}
    for number, entry in domain_rows(content, name, COLUMNS, (_NEEDED,)):
        place = f"{name} line {number}"
        known = lines.setdefault(entry[_NEEDED], number)
        if not entry[_NEEDED] or known != number:
            wrong = f"stands in line {known} already" if entry[_NEEDED] else "is empty"
            raise UserError(f"{place}: column {_NEEDED} {wrong}: an entry has a name of its own")
        yield tuple(_cell(column, entry.get(column, ""), place) for column in COLUMNS)


def _cell(column: str, cell: str, place: str) -> str | int:
    if column != "target":
        return cell
    if not cell:
        return 0
    if not (cell.isascii() and cell.isdecimal() and int(cell) <= _MOST_PAIRS):
        rule = f"must be a whole number of pairs, 0 to {_MOST_PAIRS:,}"
        raise UserError(f"{place}: column target is {cell[:40]!r}, {rule}")
    return int(cell)


def _table(rows: list[tuple[str | int, ...]]) -> "pd.DataFrame":
    import pandas as pd  # noqa: PLC0415 - a run with nothing to do reads no plan

    kinds = {column: "int64" if column == "target" else "object" for column in COLUMNS}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(kinds)
