"""Tables in text that are drawn with rules: reST's grids, MySQL's and rich's boxes.

Where a rule follows every row a row may have several lines, which are joined as they were before
they were wrapped; else a line is a row, and one without a first cell goes on with the row above.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_BARS = re.compile("[|\u2502\u2503\u2551\u2506\u250a]")
_RULE = re.compile(r"[+|\-=:\u2500-\u257f \t]+")
_CORNER = re.compile("[+\u250c-\u254b\u2550-\u256c\u256d-\u2570]")
_LONGEST_LINE_CHARS = 100_000
_FEWEST_LINES = 3


class RuledTable(NamedTuple):
    """A table's header and rows, each with the number of its line from 1, and its lines."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    lines: range


def ruled_tables(lines: Sequence[str]) -> list[RuledTable]:
    """Return the tables of a text that open with a rule of corners."""
    found = []
    start = 0
    while start < len(lines):
        if not _is_rule(lines[start]):
            start += 1
            continue
        end = start + 1
        while end < len(lines) and (_is_rule(lines[end]) or _is_row(lines[end])):
            end += 1
        table = _table(lines, start, end) if end - start >= _FEWEST_LINES else None
        if table is not None:
            found.append(table)
        start = end
    return found


def _is_rule(line: str) -> bool:
    bare = line.strip()
    return (
        len(line) < _LONGEST_LINE_CHARS
        and len(bare) >= _FEWEST_LINES
        and _RULE.fullmatch(bare) is not None
        and _CORNER.match(bare) is not None
        and any(mark in bare for mark in "-=\u2500\u2501\u2550")
    )


def _is_row(line: str) -> bool:
    bare = line.strip()
    return len(bare) < _LONGEST_LINE_CHARS and _BARS.match(bare) is not None


def _table(lines: Sequence[str], start: int, end: int) -> RuledTable | None:
    groups: list[list[tuple[int, list[str]]]] = [[]]
    rules = []
    for number in range(start, end):
        if _is_rule(lines[number]):
            rules.append(lines[number])
            groups.append([])
        else:
            groups[-1].append((number + 1, _cells(lines[number])))
    groups = [group for group in groups if group]
    if len(groups) <= 1:
        return None
    is_grid = len(groups) > 2 or any("=" in rule for rule in rules)  # noqa: PLR2004 - see above
    rows = [_joined(group) for group in groups[1:]] if is_grid else _continued(groups[1])
    return RuledTable(_joined(groups[0])[1], rows, range(start + 1, end + 1))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _BARS.split(line.strip())[1:-1]]


def _joined(group: list[tuple[int, list[str]]]) -> tuple[int, list[str]]:
    width = max(len(cells) for _, cells in group)
    columns = [[cells[n] for _, cells in group if n < len(cells)] for n in range(width)]
    return group[0][0], [_unwrapped(parts) for parts in columns]


def _unwrapped(parts: Sequence[str]) -> str:
    """Return the lines of a cell as its text: an empty one parts paragraphs."""
    paragraphs = "\n".join(part or "\n" for part in parts).strip().split("\n\n")
    return "\n\n".join(" ".join(text.split("\n")).strip() for text in paragraphs if text.strip())


def _continued(group: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    rows: list[list[tuple[int, list[str]]]] = []
    for row in group:
        if rows and not row[1][0] and any(row[1]):
            rows[-1].append(row)
        else:
            rows.append([row])
    return [_joined(one) for one in rows]
