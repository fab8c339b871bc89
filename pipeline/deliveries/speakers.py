"""Interviews: lines that people speak, by their names ("Anna: ...?", "Ben: ...").

Who asks is the user. That is certain where nearly all questions are one person's; where both
ask nothing is guessed. Messages of a chat carry their time, and the program's own notes among
them are no text of either side.
"""

import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

from pipeline.core.text import excerpt
from pipeline.deliveries.question_lines import asks
from pipeline.deliveries.turns import Turn

_TIME = (
    r"(?:\[?(?:[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4},?[ \t]{1,3})?[0-9:.,]{4,12}"
    r"(?:[ \t\u202f]?[AaPp]\.?[Mm]\.?)?\]?[ \t]{0,3}(?:[-\u2013][ \t])?)"
)
_NAME = r"[^\W\d_][\w.'\u2019-]{0,30}(?:[ \t][^\W_][\w.'\u2019-]{0,30}){0,3}"
_LABEL = re.compile(
    rf"^[ \t\u200e]{{0,3}}(?:[-*][ \t])?{_TIME}?\u200e?(?:\*\*|__)?(?P<name>{_NAME})"
    r"(?:[ \t]{0,2}[(\[][^)\]\n]{1,40}[)\]])?(?:\*\*|__)?[ \t]{0,2}[:\uff1a](?:\*\*|__)?"
    r"(?:[ \t]+(?P<text>\S.*)|[ \t]*)$"
)
_LABEL_ALONE = re.compile(
    rf"^(?P<name>{_NAME})[ \t]{{1,4}}[(\[]?[0-9]{{1,2}}(?::[0-9]{{2}}){{1,2}}[)\]]?$"
)
"""A name with the time at which it speaks, above what it speaks (Otter, Zoom, Teams)."""
_NOTICE = re.compile(
    r"^\u200e?\[?[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4},?[ \t]{1,3}[0-9]{1,2}:[0-9]{2}"
)
"""A message of a chat in which nobody speaks: the program does."""
_DATED = re.compile(_NOTICE.pattern, re.MULTILINE)
_PLACEHOLDER = re.compile(
    r"\u200e?(?:<[^<>\n]{3,40}>|(?:image|video|audio|sticker|GIF|document|Contact card) omitted"
    r"|(?:This|You deleted this) message(?: was deleted)?\.?|null)\s*"
)
"""What chats write in place of what was sent."""
_NO_NAMES = frozenset(
    """
    note tip example source author date title topic tags url http https warning hint summary see
    answer question hinweis beispiel quelle autor datum titel thema nota ejemplo fuente fecha
    remarque exemple pros cons before after input output
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)
_TWO = 2
_CLEARLY = 4
"""Who asks so many times as often as the other one is the one who asks."""


class BothAsk(NamedTuple):
    """Why it cannot be told who of two people asks, in one sentence."""

    message: str


class _Speech(NamedTuple):
    """What stands below a name: its line from 1, the name, nothing for none, and the text."""

    line: int
    name: str
    text: str


def interview(text: str) -> list[Turn] | BothAsk | None:
    """Return the turns of an interview, why they are unclear, None where a text is none.

    Names must stand before all that is spoken from the first of them on, and one of them must
    ask. Who asks back now and then is still one who answers. Where more than two speak, one alone
    asks, more than once, and a question to which two of the others answer has no answer.
    """
    before, *spoken = _speeches(text)
    names = list(dict.fromkeys(speech.name for speech in spoken if speech.name))
    if len(names) < _TWO or {name.casefold() for name in names} & _NO_NAMES:
        return None
    turns = [_joined(list(group)) for _, group in groupby(spoken, key=_who)]
    heard = [turn for turn in turns if _who(turn)[1]]
    asking = {n: sum(asks(turn.text) for turn in heard if turn.name == n) for n in names}
    if not any(asking.values()) or not all(turn.text for turn in turns):
        return None
    if _DATED.search(text) and max(asking.values()) < _TWO:
        return None  # a chat between people: one question does not make it an interview
    asker = max(names, key=lambda name: asking[name])
    others = sum(asking.values()) - asking[asker]
    is_clear = asking[asker] >= _CLEARLY * others
    lead = [Turn("line 1", "system", before.text)] if before.text else []
    if len(names) > _TWO:
        is_panel = asking[asker] > 1 and is_clear and heard[0].name == asker
        return [*lead, *_panel(turns, asker)] if is_panel else None
    if not is_clear:
        return BothAsk(_both(heard, names))
    return [*lead, *(_turn(turn, "user" if turn.name == asker else "assistant") for turn in turns)]


def _who(speech: _Speech) -> tuple[str, bool]:
    """Return who speaks, and whether it is more than a program's note."""
    return speech.name, bool(speech.name) and not _PLACEHOLDER.fullmatch(speech.text)


def _turn(speech: _Speech, role: str) -> Turn:
    if not _who(speech)[1]:
        return Turn(f"line {speech.line}", "tool", speech.text, is_seen=False)
    return Turn(f"line {speech.line}", role, speech.text)


def _panel(turns: list[_Speech], asker: str) -> Iterator[Turn]:
    """Yield the turns of one who asks several: what two of them answer is nobody's answer."""
    for is_asked, group in groupby(turns, key=lambda turn: turn.name == asker and asks(turn.text)):
        listed = list(group)
        others = {turn.name for turn in listed if turn.name != asker and _who(turn)[1]}
        role = "user" if is_asked else "assistant" if len(others) == 1 else "others"
        for turn in listed:
            is_aside = not is_asked and turn.name == asker
            yield _turn(turn, "host" if is_aside else role)


def _joined(speeches: list[_Speech]) -> _Speech:
    text = "\n\n".join(speech.text for speech in speeches).strip()
    return speeches[0]._replace(text=text)


def _speeches(text: str) -> Iterator[_Speech]:
    """Yield what stands before the first name, then what each name speaks."""
    line, name, lines = 1, "", [""] * 0
    for number, one in enumerate(text.split("\n"), 1):
        bare = one.rstrip("\r")
        match = _LABEL.match(bare) or _LABEL_ALONE.match(bare)
        if match is not None:
            yield _Speech(line, name, "\n".join(lines).strip())
            line, name, lines = number, match["name"], [match.groupdict().get("text") or ""]
        elif _NOTICE.match(bare):
            if name or line > 1:
                yield _Speech(line, name, "\n".join(lines).strip())
                line, name, lines = number, "", [bare]
            else:
                lines.append(bare)
        else:
            lines.append(bare)
    yield _Speech(line, name, "\n".join(lines).strip())


def _both(turns: list[_Speech], names: list[str]) -> str:
    """Return both readings of a talk in which both ask."""
    shown = []
    for asker in names:
        both = ((a.text, b.text) for a, b in pairwise(turns) if a.name == asker)
        question, answer = next(both, ("", ""))
        shown.append(f"{excerpt(asker, 20)} ({excerpt(question, 25)!r} -> {excerpt(answer, 25)!r})")
    return f"both ask: is the one who asks {' or '.join(shown)}? Mark them with Q: and A:"
