"""What a reviewer writes: verdicts with their notes, and texts in place of delivered ones."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from pipeline.core.ids import PAIR_ID_HEX

OF_ONE = ("accept", "reject")
OF_TWO = ("merge", "keep_apart", "keep_both", "better_of_rerun")
WITHDRAWN = "withdrawn"
NOTE = "note"
VERDICTS = (*OF_ONE, *OF_TWO, WITHDRAWN, NOTE)
LONGEST_NOTE_CHARS = 1000

_PAIR_ID = re.compile(rf"[0-9a-f]{{{PAIR_ID_HEX}}}")
_UNSEEN = {"Cc", "Cf", "Cs"}
_NUMBER = re.compile(r"[\d.,]+([eE][+-]?\d+)?")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z")
_SHOWN_CHARS = 60


class Verdict(NamedTuple):
    """One line of the book of verdicts.

    when is a moment in UTC (ISO 8601, ends with Z), verdict one of accept and reject (about
    pair_id), one of OF_TWO (about pair_id and other_id): merge, keep_apart (two questions),
    keep_both (one question, two answers, linked) and better_of_rerun (likewise, and the one of
    lower rank stands beside the other as an alternative), withdrawn (what was said of the
    one or of the two counts no more), and note (decides nothing).
    """

    when: str
    who: str
    verdict: str
    pair_id: str
    other_id: str = ""
    note: str = ""

    @property
    def subject(self) -> tuple[str, ...]:
        """Return what the verdict is about: the ids of one pair or of two, sorted."""
        return tuple(sorted(filter(None, {self.pair_id, self.other_id})))


class Edit(NamedTuple):
    """A pair's texts as a reviewer wants them; when is a moment in UTC, as in a verdict."""

    when: str
    who: str
    pair_id: str
    question: str
    answer: str


def fault(verdict: Verdict) -> str | None:
    """Return in one sentence what is wrong with a verdict by itself, None where nothing is."""
    return next(_verdict_faults(verdict), None)


def edit_fault(edit: Edit) -> str | None:
    """Return in one sentence what is wrong with an edit by itself, None where nothing is."""
    return next(_edit_faults(edit), None)


def plain_line(text: str) -> str:
    """Return a note or a name as the book holds it: on one line, control characters left out."""
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return " ".join("".join(kept).split())


def moment_key(when: str) -> tuple[str, str]:
    """Return a moment as a key that sorts by time: 09:30:00Z comes before 09:30:00.5Z."""
    second, _, fraction = when.removesuffix("Z").partition(".")
    return second, fraction.rstrip("0")


def _verdict_faults(verdict: Verdict) -> Iterator[str]:
    word, one, other = verdict.verdict, verdict.pair_id, verdict.other_id
    if word not in VERDICTS:
        yield f"verdict {word[:_SHOWN_CHARS]!r} is none of {', '.join(VERDICTS)}"
    yield from _id_faults("pair_id", one)
    yield from _id_faults("other_id", other) if other else ()
    if word in OF_ONE and other:
        yield f"{word} is about one pair: leave other_id empty, or say {' or '.join(OF_TWO)}"
    if word in OF_TWO and other in ("", one):
        yield f"{word} is about two pairs: other_id must name another one than pair_id"
    if other == one:
        yield "other_id must name another pair than pair_id"
    yield from signature_faults(verdict.when, verdict.who)
    if verdict.note != plain_line(verdict.note):
        yield "the note must be one line without control characters"
    if len(verdict.note) > LONGEST_NOTE_CHARS:
        yield f"the note has {len(verdict.note):,} characters, {LONGEST_NOTE_CHARS:,} are allowed"


def _edit_faults(edit: Edit) -> Iterator[str]:
    yield from _id_faults("pair_id", edit.pair_id)
    yield from signature_faults(edit.when, edit.who)
    if not edit.question.strip() or not edit.answer.strip():
        yield "an edit needs a question and an answer; to drop a pair, reject it"


def signature_faults(when: str, who: str) -> Iterator[str]:
    """Yield in a sentence each what is wrong with who decided and when."""
    if not who:
        yield "nobody is named who decides: who is empty"
    if who != plain_line(who):
        yield "who must be one line without control characters"
    if not _is_moment(when):
        yield f"when {when[:_SHOWN_CHARS]!r} is no moment in UTC, as 2025-11-05T09:30:00Z is"


def _id_faults(name: str, value: str) -> Iterator[str]:
    if not _PAIR_ID.fullmatch(value):
        why = "a spreadsheet made a number of it" if _NUMBER.fullmatch(value) else "32 hex digits"
        yield f"{name} {value[:_SHOWN_CHARS]!r} is no pair id ({why})"


def _is_moment(text: str) -> bool:
    if not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
