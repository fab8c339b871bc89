"""Tables of any container: where the header is, and the records below it."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pipeline.core.text import excerpt
from pipeline.deliveries import frames, keys, message_rows, shapes
from pipeline.deliveries.records import CellTable, Record, Refusal, refused

_ROWS_LOOKED_AT = 20
_MOST_NAMED = 12
_LONGEST_NAMED_CHARS = 90
_ASKS = ("?", "\uff1f", "\u061f")
"""Leaves room in a refusal's sentence for the change that mends it."""


def is_header(cells: Sequence[Any]) -> bool:
    """Return whether cells name a question, and an answer or something that leads to one."""
    names = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    roles = keys.roles_of(names)
    if keys.having(roles, "question", 3) and any(
        keys.having(roles, role, 3) for role in ("answer", "reference", "choices", "rejected")
    ):
        return len(names) > 1
    titled = keys.having(roles, "question", 4) and keys.having(roles, "answer", 4)
    return bool(titled) and shapes.is_row(dict.fromkeys(names, "?"))


def holds_records(table: CellTable) -> bool:
    """Return whether a table's header, or one of its first rows, says that rows are records."""
    if is_header(table.header):
        return True
    first = (row for row in islice(table.rows(), _ROWS_LOOKED_AT) if not isinstance(row, Refusal))
    return any(
        shapes.is_row(row := dict(zip(table.header, cells, strict=False)))
        and (shape := shapes.shape_of(row)) is not None
        and shape.name != "plain"
        for _, cells in first
    ) or is_of_messages(table)


def is_of_messages(table: CellTable) -> bool:
    """Return whether the rows of a table are messages of two sides, and no records."""
    if is_header(table.header) or not message_rows.may_be_messages(table.header):
        return False
    return message_rows.hold_both_sides(
        message_rows.spelled(dict(zip(table.header, row[1], strict=False)))
        for row in table.rows()
        if not isinstance(row, Refusal)
    )


def header_among(rows: Sequence[Sequence[Any]]) -> int | None:
    """Return which of the first rows of a sheet is its header, None where none is."""
    return next((n for n, row in enumerate(rows[:_ROWS_LOOKED_AT]) if is_header(row)), None)


def each_record(table: CellTable) -> Iterator[Record | Refusal]:
    """Yield the records of a table; one that names a header twice is refused as a whole."""
    twice = named_twice(table.header)
    if twice is not None:
        message = f"header {excerpt(twice, 60)!r} stands twice"
        yield refused(table.name, "duplicate_key", message, list(table.header))
        return
    if is_of_messages(table):
        yield from message_rows.in_table(_each_message(table))
        return
    header = table.header
    for row in table.rows():
        if isinstance(row, Refusal):
            yield row
        elif is_repeated(row[1], header):
            header = tuple(row[1])  # a second table below the first one
        else:
            yield from frames.rows_of(row[0], header, row[1], {})


def is_repeated(cells: Sequence[Any], header: Sequence[Any]) -> bool:
    """Return whether cells below a header are one more header: `Question`, `Answer`.

    No header of another table asks: `Q?`, `A` is a record, if a short one, and stays in the count.
    """
    names = [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
    asks = any(name.endswith(_ASKS) for name in names)
    if asks and names != [name.strip() for name in header if name]:
        return False
    first = next((cell for cell in cells if isinstance(cell, str) and cell), "")
    return len(first) < _LONGEST_NAMED_CHARS and is_header(cells) and keys.is_named(cells)


def _each_message(table: CellTable) -> Iterator[tuple[str, Any]]:
    for row in table.rows():
        if isinstance(row, Refusal):
            yield row.pointer, row
        else:
            cells = zip(table.header, row[1], strict=False)
            yield row[0], {name: cell for name, cell in cells if cell not in (None, "")}


def renamed(header: Sequence[str], renames: Any) -> tuple[str, ...]:
    """Return a header whose columns go by the roles that a mapping gives them."""
    if not renames:
        return tuple(header)
    taken = set(renames.values())
    return tuple(
        renames.get(keys.canonical(name))
        or (f"{name} as delivered" if keys.canonical(name) in taken else name)
        for name in header
    )


def named_twice(header: Sequence[str]) -> str | None:
    """Return a header that stands twice, in whatever spelling; empty headers do not count."""
    seen: set[str] = set()
    for name in map(keys.canonical, header):
        if name and name in seen:
            return next(
                header[n]
                for n in range(len(header) - 1, -1, -1)
                if keys.canonical(header[n]) == name
            )
        seen.add(name)
    return None


def columns_named(names: Sequence[Any]) -> str:
    """Return the columns of a table in words, with the change that would make them read."""
    named = (repr(excerpt(str(name), 30)) for name in names[:_MOST_NAMED] if name not in (None, ""))
    shown = excerpt(", ".join(named), _LONGEST_NAMED_CHARS)
    roles = keys.roles_of([name for name in names if isinstance(name, str)])
    missing = "answer" if keys.having(roles, "question", 3) else "question"
    change = f"land with --map {missing}=COLUMN"
    return f"columns {shown or 'without names'}: none is the {missing}; {change}"
