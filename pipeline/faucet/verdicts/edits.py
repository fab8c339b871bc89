"""What reviewers wrote in place of delivered texts: data/reviews/edits.jsonl, in git.

One line per edit, only ever appended to. An edit names its pair by pair_id and is followed while
the verdict in force on that pair is accept: it holds in every later run and delivery.
"""

from pathlib import Path
from typing import NamedTuple

import orjson

from pipeline.core.errors import UserError
from pipeline.core.json_values import compact
from pipeline.store.atomic import write_bytes
from pipeline.workspace.workspace import Workspace

EDITS = Path("data/reviews/edits.jsonl")


class Edit(NamedTuple):
    """A pair's texts as a reviewer wants them; when is a moment in UTC, as in the book."""

    when: str
    who: str
    pair_id: str
    question: str
    answer: str


def read_edits(workspace: Workspace) -> list[Edit]:
    """Return all edits in the order in which they were written.

    Raises UserError where a line is none.
    """
    path = workspace / EDITS
    lines = path.read_bytes().splitlines() if path.exists() else []
    try:
        return [Edit(**orjson.loads(line)) for line in lines]
    except (orjson.JSONDecodeError, TypeError):
        raise UserError(f"{EDITS} holds a line that is no edit: restore it from git") from None


def append_edit(workspace: Workspace, edit: Edit) -> None:
    """Write an edit at the end of the file, after a run that is going on.

    Raises UserError for an edit that leaves no question or no answer.
    """
    if not edit.question.strip() or not edit.answer.strip():
        raise UserError("an edit needs a question and an answer; to drop a pair, reject it")
    with workspace.run_lock():
        read_edits(workspace)
        path = workspace / EDITS
        before = path.read_bytes() if path.exists() else b""
        gap = b"" if not before or before.endswith(b"\n") else b"\n"
        write_bytes(path, before + gap + compact(edit._asdict()).encode() + b"\n")
