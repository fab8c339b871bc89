"""The books of what people decided: data/reviews, in git, only ever appended to.

One line per verdict and per edit, so that git merges the books of two reviewers line by line.
Both name pairs by pair_id: they hold in every later run and for every later delivery of the same
pair. An edit is followed while the verdict in force on its pair is accept.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.core.errors import UserError
from pipeline.core.json_values import compact
from pipeline.core.whole_file import whole_file
from pipeline.reviews import reading
from pipeline.reviews.records import Edit, Verdict, edit_fault, fault, plain_line
from pipeline.store.cut_books import refuse_cut
from pipeline.store.kept import write_kept
from pipeline.workspace.layout import EDITS, VERDICTS
from pipeline.workspace.workspace import Workspace


def read_book(workspace: Workspace) -> list[Verdict]:
    """Return all verdicts, in the order in which they were written; none without a book.

    Raises UserError as the reader of the books does (reviews/reading.py).
    """
    return reading.read_verdicts(_content(workspace, VERDICTS), VERDICTS.as_posix())


def read_edits(workspace: Workspace) -> list[Edit]:
    """Return all edits in the order in which they were written; none without a book.

    Raises UserError as the reader of the books does (reviews/reading.py).
    """
    return reading.read_edits(_content(workspace, EDITS), EDITS.as_posix())


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
        has_header = not _content(workspace, VERDICTS)
        append_lines(workspace, VERDICTS, reading.verdicts_as_csv(lines, has_header=has_header))


def append_edit(workspace: Workspace, edit: Edit) -> None:
    """Write an edit at the end of its book, after a run that is going on.

    Raises UserError for an edit that the book cannot hold, before anything is written.
    """
    broken = edit_fault(edit)
    if broken is not None:
        raise UserError(f"an edit of {edit.pair_id}: {broken}")
    with workspace.run_lock():
        read_edits(workspace)
        append_lines(workspace, EDITS, compact(edit._asdict()).encode() + b"\n")


def append_lines(workspace: Workspace, path: Path, lines: bytes) -> None:
    """Write lines at the end of a book, whole or not at all; the caller holds the run lock.

    Raises UserError for a book that lost what it held: what is written below would hide that.
    """
    refuse_cut(workspace, [path])
    before = _content(workspace, path)
    gap = b"" if not before or before.endswith(b"\n") else b"\n"
    for half in (workspace / path).parent.glob(f".{path.name}.*.tmp"):
        half.unlink()  # we hold the run lock: its writer was killed
    write_kept(workspace, path, before + gap + lines)


def now() -> str:
    """Return this moment in UTC, to the millisecond: two key presses are two moments."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reviewer(workspace: Workspace, who: str | None) -> str:
    """Return who decides: the name given, else git's user.name.

    Raises UserError where there is neither.
    """
    name = plain_line(workspace.try_git("config", "user.name").stdout if who is None else who)
    if not name:
        raise UserError("who decides? give --who NAME, or set git's user.name")
    return name


def _content(workspace: Workspace, path: Path) -> bytes:
    return whole_file(workspace.root, path) or b""
