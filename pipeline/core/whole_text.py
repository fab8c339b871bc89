"""Text that people write by hand, read whole: what a careless reader would let pass is told."""

import csv
import io
from collections.abc import Iterator

from pipeline.core.errors import UserError

MEND = "mend the line, or restore the file from git"
_CONFLICT_MARKS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


def whole_text(content: bytes, name: str) -> str:
    """Return the text of a file; name is how sentences call it.

    Raises UserError with file and line where it is no UTF-8 or has marks of a git conflict.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as broken:
        number = content.count(b"\n", 0, broken.start) + 1
        byte = f"byte 0x{content[broken.start]:02x}"
        raise UserError(f"{name} line {number}: {byte} is no UTF-8: {MEND}") from None
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith(_CONFLICT_MARKS):
            raise UserError(
                f"{name} line {number}: a mark of a git conflict ({line[:7]}): keep the lines of"
                " both sides and remove the marks"
            )
    return text


def csv_rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each row of a CSV starts, and its cells; empty lines are no rows.

    Raises UserError with file and line for a row that breaks off.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for cells in reader:
            if cells:
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as broken:
        raise UserError(f"{name} line {start}: a torn row ({broken}): {MEND}") from None


def separator_fault(line: str, wanted: str) -> str | None:
    """Return what is wrong with how a header line of a CSV is written, None where nothing is."""
    if line.startswith("\ufeff"):
        return f"a byte order mark stands before {wanted}: save the file as UTF-8 without it"
    for separator, called in ((";", "semicolons"), ("\t", "tabs")):
        if separator in line:
            return f"cells are separated by {called}, must be by commas: {wanted}"
    return None
