"""Names as a chart can show them: on one line, harmless, and cut to fit their place."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_UNSHOWABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_WIDTHS = {
    character: width
    for characters, width in (
        ("'", 238),
        (" ,./Iijl", 278),
        ("!()-:;ft[]|`\\", 333),
        ("r*{}", 389),
        ('"', 474),
        ("#$0123456789Jacekvsxyz_", 556),
        ("+<=>~^·", 584),
        ("?FLTZbdghnopqu", 611),
        ("ESPVXY", 667),
        ("&ABCDHKNRU", 722),
        ("GOQw", 778),
        ("M", 833),
        ("%m", 889),
        ("W", 944),
    )
    for character in characters
}
"""Advance widths of Liberation Sans Bold (those of Helvetica-Bold) in thousandths of the size."""

_OTHER_WIDTH = 722
_WIDE_WIDTH = 1000


def plain(text: str) -> str:
    """Return text on one line, with U+FFFD for what XML forbids and what turns reading direction.

    Names come from deliveries and folders: a control character would make an SVG file unreadable,
    and a right-to-left override would turn the rest of a label round.
    """
    return printable(_SPACES.sub(" ", text)).strip()


def printable(text: str) -> str:
    """Return text as plain does, but with its spaces and line feeds as they are."""
    return _UNSHOWABLE.sub("\ufffd", text)


def wrapped(text: str, width_px: float, lines: int, size_px: float) -> list[str]:
    """Return text as at most that many lines of width_px, with an ellipsis where it was cut.

    Widths are summed here, from the bold face: letting Vega measure and cut each label costs
    2 ms of CPU a label.
    """
    room = 1000 * width_px / size_px
    rest = plain(text)
    result: list[str] = []
    while rest and len(result) < lines - 1:
        line, rest = _first_line(rest, room)
        result.append(line)
    return [*result, _cut(rest, room)] if rest or not result else result


def percent(share_pct: float) -> str:
    """Return a share such as "37 %", where neither a trace reads as 0 nor nearly all as 100."""
    if 0 < share_pct < 1:
        return "<1 %"
    return f"{int(share_pct + 1e-9)} %"


def _width(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return _WIDE_WIDTH
    return _WIDTHS.get(character, _OTHER_WIDTH)


def _fitting(text: str, room: float) -> int:
    for position, character in enumerate(text):
        room -= _width(character)
        if room < 0:
            return max(1, position)
    return len(text)


def _first_line(text: str, room: float) -> tuple[str, str]:
    fitting = _fitting(text, room)
    if fitting == len(text):
        return text, ""
    space = text.rfind(" ", 0, fitting + 1)
    end = space if space > 0 else fitting
    return text[:end], text[end:].lstrip()


def _cut(text: str, room: float) -> str:
    if _fitting(text, room) == len(text):
        return text
    return text[: _fitting(text, room - _WIDE_WIDTH)].rstrip() + "…"
