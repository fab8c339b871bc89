"""The book of what people decided: data/reviews/verdicts.csv, in git, only ever appended to.

One line per verdict, so that git merges the books of two reviewers line by line. Verdicts name
pairs by pair_id: they hold in every later run and for every later delivery of the same pair.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.core.errors import UserError
from pipeline.core.ids import PAIR_ID_HEX
from pipeline.faucet.verdicts.cells import from_cell, to_cell
from pipeline.store.atomic import write_bytes
from pipeline.workspace.workspace import Workspace

BOOK = Path("data/reviews/verdicts.csv")

OF_ONE = ("accept", "reject")
OF_TWO = ("merge", "keep_apart")
NOTE = "note"
LONGEST_NOTE_CHARS = 1000

_PAIR_ID = re.compile(rf"[0-9a-f]{{{PAIR_ID_HEX}}}")
_UNSEEN = {"Cc", "Cf", "Cs"}
_NUMBER = re.compile(r"[\d.,]+([eE][+-]?\d+)?")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z")


class Verdict(NamedTuple):
    """One line of the book.

    when is a moment in UTC (ISO 8601, ends with Z), verdict one of accept and reject (about
    pair_id), merge and keep_apart (about pair_id and other_id), and note (decides nothing).
    """

    when: str
    who: str
    verdict: str
    pair_id: str
    other_id: str = ""
    note: str = ""


def read_book(workspace: Workspace) -> list[Verdict]:
    """Return all verdicts of the workspace at root, in the order in which they were written.

    Raises UserError where the book is no CSV with the columns of Verdict.
    """
    path = workspace / BOOK
    if not path.exists():
        return []
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{BOOK} is no UTF-8: restore it from git") from None
    lines = csv.reader(io.StringIO(text, newline=""))
    if tuple(next(lines, ())) != Verdict._fields:
        raise UserError(f"{BOOK} must start with the line {','.join(Verdict._fields)}")
    verdicts = []
    for cells in filter(None, lines):
        if len(cells) != len(Verdict._fields):
            told = f"{len(cells)} cells instead of {len(Verdict._fields)}"
            raise UserError(f"{BOOK} line {lines.line_num}: {told}")
        verdicts.append(Verdict(*map(from_cell, cells)))
    return verdicts


def append(workspace: Workspace, verdicts: Iterable[Verdict]) -> None:
    """Write verdicts at the end of the book, all or none, after what others wrote meanwhile.

    Waits for a run that is going on: a book that changes while a stage reads it would be
    recorded as read when it was not.

    Raises UserError for a verdict that the book cannot hold, before anything is written.
    """
    lines = list(verdicts)
    for verdict in lines:
        broken = fault(verdict)
        if broken is not None:
            raise UserError(f"a verdict on {verdict.pair_id}: {broken}")
    with workspace.run_lock():
        read_book(workspace)
        path = workspace / BOOK
        before = path.read_bytes() if path.exists() else b""
        header = [] if before else [Verdict._fields]
        gap = b"" if not before or before.endswith(b"\n") else b"\n"
        write_bytes(path, before + gap + _as_csv([*header, *lines]))


def fault(verdict: Verdict) -> str | None:
    """Return in one sentence what is wrong with a verdict by itself, None where nothing is."""
    return next(_faults(verdict), None)


def _faults(verdict: Verdict) -> Iterator[str]:
    said, one, other = verdict.verdict, verdict.pair_id, verdict.other_id
    if said not in (*OF_ONE, *OF_TWO, NOTE):
        yield f"verdict {said!r} is none of {', '.join((*OF_ONE, *OF_TWO, NOTE))}"
    yield from _id_faults("pair_id", one)
    yield from _id_faults("other_id", other) if other else ()
    if said in OF_ONE and other:
        yield f"{said} is about one pair: leave other_id empty, or say {' or '.join(OF_TWO)}"
    if said in OF_TWO and other in ("", one):
        yield f"{said} is about two pairs: other_id must name another one than pair_id"
    if not verdict.who:
        yield "nobody is named who decides: who is empty"
    if not _is_moment(verdict.when):
        yield f"when {verdict.when!r} is no moment in UTC, as 2025-11-05T09:30:00Z is"
    if len(verdict.note) > LONGEST_NOTE_CHARS:
        yield f"the note has {len(verdict.note):,} characters, {LONGEST_NOTE_CHARS:,} are allowed"


def _id_faults(name: str, value: str) -> Iterator[str]:
    if not _PAIR_ID.fullmatch(value):
        told = "a spreadsheet made a number of it" if _NUMBER.fullmatch(value) else "32 hex digits"
        yield f"{name} {value!r} is no pair id ({told})"


def plain_line(text: str) -> str:
    """Return a note or a name as the book holds it: on one line, control characters left out."""
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return " ".join("".join(kept).split())


def now() -> str:
    """Return this moment in UTC, to the millisecond: two key presses are two moments."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reviewer(workspace: Workspace, who: str | None) -> str:
    """Return who decides: the name given, else git's user.name.

    Raises UserError where there is neither.
    """
    if who is None:
        try:
            who = workspace.git("config", "user.name")
        except UserError:
            who = ""
    name = plain_line(who)
    if not name:
        raise UserError("who decides? give --who NAME, or set git's user.name")
    return name


def _as_csv(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(map(to_cell, line) for line in lines)
    return text.getvalue().encode("utf-8")


def _is_moment(text: str) -> bool:
    if not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
