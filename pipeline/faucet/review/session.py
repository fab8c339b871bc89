"""A review in the terminal: one item after the other, one key per verdict."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from rich.console import RenderableType
from rich.text import Text

from pipeline.faucet.review.editing import Texts, page_of, texts_of
from pipeline.faucet.review.items import Item, Kind
from pipeline.faucet.review.view import render_item
from pipeline.faucet.verdicts.book import append, append_edit, now
from pipeline.reviews.records import LONGEST_NOTE_CHARS, NOTE, Edit, Verdict, plain_line
from pipeline.workspace.workspace import Workspace

_VERDICTS: dict[Kind, dict[str, str]] = {
    "pair": {"a": "accept", "r": "reject"},
    "proposal": {"m": "merge", "k": "keep_apart", "o": "keep_both", "r": "better_of_rerun"},
}
_KEYS: dict[Kind, str] = {
    "pair": "a accept  r reject  e edit",
    "proposal": "m merge  k keep apart  o keep both (one question)  r reruns: keep the better",
}
_STEPS = {"s": 1, "b": -1, "q": None}
"""Keys that leave an item without a verdict; a note that was written becomes a line of its own."""

_OTHER_KEYS = "n note  f full text  s skip  b back  q quit"
_EDITED = "edited"
"""The note of an accepted edit where the reviewer wrote none."""


class Desk(NamedTuple):
    """What a review needs of the terminal: show something, read a key, read a note, edit a text.

    key raises EOFError or KeyboardInterrupt where the reviewer leaves. write is given the note so
    far and edit a page of text; both return the new one.
    """

    show: Callable[[RenderableType], None]
    key: Callable[[], str]
    write: Callable[[str], str]
    edit: Callable[[str], str]


class _Answer(NamedTuple):
    """What a reviewer's keys mean: a line for the book or none, and how many items to go on.

    step is None where the reviewer leaves. edit is there where the line accepts an edited text.
    """

    line: Verdict | None
    step: int | None
    edit: Edit | None = None


def review(workspace: Workspace, items: Sequence[Item], who: str, desk: Desk) -> Counter[str]:
    """Walk through items and write each verdict into the book at once; count them by verdict.

    Each verdict is safe on disk before the next item is shown, so that a review ends at any
    point and goes on where it ended.
    """
    written: Counter[str] = Counter()
    place: int | None = 0
    while place is not None and place < len(items):
        answer = _answer(items[place], f"{place + 1} of {len(items)}", who, desk)
        if answer.edit is not None:
            append_edit(workspace, answer.edit)
        if answer.line is not None:
            append(workspace, [answer.line])
            written[answer.line.verdict] += 1
        place = None if answer.step is None else max(0, place + answer.step)
    return written


def _answer(item: Item, place: str, who: str, desk: Desk) -> _Answer:
    note, in_full, shown = "", False, item
    desk.show(render_item(item, place, note, in_full=in_full))
    verdicts = _VERDICTS[item.kind]
    while True:
        desk.show(Text(f"{_KEYS[item.kind]}  {_OTHER_KEYS}", style="dim"))
        key = _key(desk)
        if key in verdicts:
            return _decided(shown, verdicts[key], who, note, is_edited=shown is not item)
        if key in _STEPS:
            if shown is not item:
                desk.show(Text("the edit is not kept: only a accepts it", style="yellow"))
            return _Answer(_line(item, NOTE, who, note) if note else None, _STEPS[key])
        if key == "n":
            note = _cut(desk.write(note), desk)
        elif key == "e" and item.kind == "pair":
            shown = _edited(shown, desk)
        elif key == "f":
            in_full = not in_full
        else:
            continue
        desk.show(render_item(shown, place, note, in_full=in_full))


def _edited(item: Item, desk: Desk) -> Item:
    """Return the item with the texts that the reviewer made of its own.

    The page starts from what a model proposes, else from what is shown: credentials are masked in
    it, and so they stay.
    """
    before = Texts(item.question, item.answer)
    start = Texts(*item.proposed) if item.proposed else before
    after = texts_of(desk.edit(page_of(start)))
    if after is None:
        desk.show(Text("no edit: both headings and both texts must stay", style="yellow"))
    stripped = Texts(*(text.strip() for text in before))
    return item if after in (None, stripped) else item._replace(**after._asdict(), proposed=None)


def _decided(item: Item, verdict: str, who: str, note: str, *, is_edited: bool) -> _Answer:
    if not is_edited or verdict != "accept":
        return _Answer(_line(item, verdict, who, note), 1)
    line = _line(item, verdict, who, note or _EDITED)
    return _Answer(line, 1, Edit(line.when, who, item.pair_id, item.question, item.answer))


def _key(desk: Desk) -> str:
    try:
        return desk.key().lower()
    except (EOFError, KeyboardInterrupt):
        return "q"


def _cut(note: str, desk: Desk) -> str:
    plain = plain_line(note)
    if len(plain) > LONGEST_NOTE_CHARS:
        desk.show(Text(f"the note is cut to {LONGEST_NOTE_CHARS:,} characters", style="yellow"))
    return plain[:LONGEST_NOTE_CHARS]


def _line(item: Item, verdict: str, who: str, note: str) -> Verdict:
    return Verdict(now(), who, verdict, item.pair_id, item.other_id, note)
