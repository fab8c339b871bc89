"""The books read strictly: whole, or not at all and with one sentence that says where and why.

Nothing runs on half a book: a verdict that is not understood is a decision that is lost. Whoever
reads the books, a run or a command, reads them here.
"""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pipeline.core.errors import UserError
from pipeline.core.strict_json import BrokenJsonError, strict_json
from pipeline.core.whole_text import MEND, csv_rows, separator_fault, whole_text
from pipeline.reviews.cells import from_cell, to_cell
from pipeline.reviews.records import Edit, Verdict, edit_fault, fault
from pipeline.reviews.removals import Removal, removal_fault

_Entry = TypeVar("_Entry", Edit, Removal)


def read_verdicts(content: bytes, name: str) -> list[Verdict]:
    """Return all verdicts of a book in the order in which they were written; none if it is empty.

    name is how sentences call the file. Raises UserError with file, line and what is known for
    anything that is no book: other text than UTF-8, marks of a git conflict, another header or
    separator, a torn row, a verdict that breaks a rule.
    """
    if not content:
        return []
    text = whole_text(content, name)
    rows = csv_rows(text, name)
    header = next(rows, (1, []))[1]
    if tuple(header) != Verdict._fields:
        raise UserError(f"{name} line 1: {_header_fault(text.partition(chr(10))[0])}")
    return [_verdict(cells, f"{name} line {number}") for number, cells in rows]


def verdicts_as_csv(verdicts: Sequence[Verdict], *, has_header: bool) -> bytes:
    """Return lines of a book: what a spreadsheet would run as a formula is made text."""
    text = io.StringIO(newline="")
    rows = [*([Verdict._fields] if has_header else []), *verdicts]
    csv.writer(text, lineterminator="\n").writerows(map(to_cell, row) for row in rows)
    return text.getvalue().encode("utf-8")


def read_edits(content: bytes, name: str) -> list[Edit]:
    """Return all edits of a book (JSON lines) in the order in which they were written.

    Raises UserError as read_verdicts does.
    """
    return _entries(content, name, Edit, edit_fault)


def read_removals(content: bytes, name: str) -> list[Removal]:
    """Return all entries of the book of removals (JSON lines) in the order of its lines.

    Raises UserError as read_verdicts does.
    """
    return _entries(content, name, Removal, removal_fault)


def _entries(
    content: bytes, name: str, kind: type[_Entry], fault_of: Callable[[_Entry], str | None]
) -> list[_Entry]:
    numbered = enumerate(whole_text(content, name).split("\n"), start=1)
    lines = [(f"{name} line {number}", line) for number, line in numbered if line.strip()]
    return [_entry(line, place, kind, fault_of) for place, line in lines]


def _header_fault(line: str) -> str:
    wanted = ",".join(Verdict._fields)
    return separator_fault(line, wanted) or f"is {line[:80]!r}, must be {wanted}"


def _verdict(cells: list[str], place: str) -> Verdict:
    if len(cells) != len(Verdict._fields):
        count = f"{len(cells)} cells instead of {len(Verdict._fields)}"
        raise UserError(f"{place}: a torn row with {count}: {MEND}")
    verdict = Verdict(*map(from_cell, cells))
    wrong = fault(verdict)
    if wrong is not None:
        raise UserError(f"{place}: {wrong}: {MEND}")
    return verdict


def _entry(
    line: str, place: str, kind: type[_Entry], fault_of: Callable[[_Entry], str | None]
) -> _Entry:
    try:
        value: Any = strict_json(line)
    except BrokenJsonError as broken:
        raise UserError(f"{place}: {broken}: {MEND}") from None
    if not isinstance(value, dict) or sorted(value) != sorted(kind._fields):
        noun = kind.__name__.lower()
        raise UserError(f"{place}: no {noun}: it must have {', '.join(kind._fields)}: {MEND}")
    texts = [name for name, cell in value.items() if not isinstance(cell, str)]
    if texts:
        raise UserError(f"{place}: field {texts[0]} must be text: {MEND}")
    entry = kind(**value)
    wrong = fault_of(entry)
    if wrong is not None:
        raise UserError(f"{place}: {wrong}: {MEND}")
    return entry
