"""Tables of Markdown that break off or say nothing."""

from collections.abc import Sequence

_ROWS = 2
"""So many rows above say how many cells a row has."""

_FEWEST_ROWS = 3


def is_short_row(lines: Sequence[str]) -> bool:
    """Return whether the last line is a row of a table with fewer cells than the rows above."""
    *above, last = (line.strip() for line in lines[-_ROWS - 1 :])
    is_table = len(above) == _ROWS and all(line.startswith("|") for line in (*above, last))
    return is_table and last.count("|") < min(line.count("|") for line in above)


def empty_table(lines: Sequence[str]) -> str | None:
    """Return the head of a table that is all of a text and has nothing in its other cells."""
    if len(lines) < _FEWEST_ROWS or not all(line.startswith("|") for line in lines):
        return None
    return None if any(map(str.isalnum, "".join(lines[1:]))) else lines[0]
