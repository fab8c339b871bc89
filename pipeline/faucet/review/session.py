"""A review in the terminal: one item after the other, one key per verdict."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from rich.console import RenderableType
from rich.text import Text

from pipeline.faucet.review.items import Item, Kind
from pipeline.faucet.review.view import render_item
from pipeline.faucet.verdicts.book import (
    LONGEST_NOTE_CHARS,
    NOTE,
    Verdict,
    append,
    now,
    plain_line,
)

_VERDICTS: dict[Kind, dict[str, str]] = {
    "pair": {"a": "accept", "r": "reject"},
    "proposal": {"m": "merge", "k": "keep_apart"},
}
_KEYS: dict[Kind, str] = {
    "pair": "a accept  r reject",
    "proposal": "m merge  k keep apart",
}
_STEPS = {"s": 1, "b": -1, "q": None}
"""Keys that leave an item without a verdict; a note that was written becomes a line of its own."""

_OTHER_KEYS = "n note  e edit note  f full text  s skip  b back  q quit"


class Desk(NamedTuple):
    """What a review needs of the terminal: show something, read a key, read or edit a note.

    key raises EOFError or KeyboardInterrupt where the reviewer leaves. write and edit are given
    the note so far and return the new one.
    """

    show: Callable[[RenderableType], None]
    key: Callable[[], str]
    write: Callable[[str], str]
    edit: Callable[[str], str]


class _Answer(NamedTuple):
    """What a reviewer's keys mean: a line for the book or none, and how many items to go on.

    step is None where the reviewer leaves.
    """

    line: Verdict | None
    step: int | None


def review(root: Path, items: Sequence[Item], who: str, desk: Desk) -> Counter[str]:
    """Walk through items and write each verdict into the book at once; count them by verdict.

    Each verdict is safe on disk before the next item is shown, so that a review ends at any
    point and goes on where it ended.
    """
    written: Counter[str] = Counter()
    place: int | None = 0
    while place is not None and place < len(items):
        answer = _answer(items[place], f"{place + 1} of {len(items)}", who, desk)
        if answer.line is not None:
            append(root, [answer.line])
            written[answer.line.verdict] += 1
        place = None if answer.step is None else max(0, place + answer.step)
    return written


def _answer(item: Item, place: str, who: str, desk: Desk) -> _Answer:
    note, in_full = "", False
    desk.show(render_item(item, place, note, in_full=in_full))
    verdicts = _VERDICTS[item.kind]
    while True:
        desk.show(Text(f"{_KEYS[item.kind]}  {_OTHER_KEYS}", style="dim"))
        key = _key(desk)
        if key in verdicts:
            return _Answer(_line(item, verdicts[key], who, note), 1)
        if key in _STEPS:
            return _Answer(_line(item, NOTE, who, note) if note else None, _STEPS[key])
        if key in ("n", "e"):
            note = _cut((desk.write if key == "n" else desk.edit)(note), desk)
        elif key == "f":
            in_full = not in_full
        else:
            continue
        desk.show(render_item(item, place, note, in_full=in_full))


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
