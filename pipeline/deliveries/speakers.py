"""Interviews: lines that two people speak, by their names ("Anna: ...?", "Ben: ...").

Who asks is the user. That is certain where nearly all questions are one person's; where both
ask, or more than two speak, nothing is guessed.
"""

import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import NamedTuple

from pipeline.core.text import excerpt
from pipeline.deliveries.question_lines import asks
from pipeline.deliveries.turns import Turn

_LABEL = re.compile(
    r"^[ \t]{0,3}(?:[-*][ \t])?(?:\[?[0-9:.,]{4,12}\]?[ \t]{1,3}(?:-[ \t])?)?(?:\*\*|__)?"
    r"(?P<name>[^\W\d_][\w.'\u2019-]{0,30}(?:[ \t][^\W\d_][\w.'\u2019-]{0,30}){0,3})"
    r"(?:[ \t]{0,2}[(\[][^)\]\n]{1,40}[)\]])?(?:\*\*|__)?[ \t]{0,2}[:\uff1a](?:\*\*|__)?"
    r"(?:[ \t]+(?P<text>\S.*)|[ \t]*)$"
)
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

    Two names, and no third one, must stand before all that is spoken from the first of them on,
    and one of the two must ask. Who asks back now and then is still the one who answers.
    """
    before, *spoken = _speeches(text)
    names = list(dict.fromkeys(speech.name for speech in spoken))
    if len(names) != _TWO or {name.casefold() for name in names} & _NO_NAMES:
        return None
    turns = [_joined(list(group)) for _, group in groupby(spoken, key=lambda one: one.name)]
    asking = {n: sum(asks(turn.text) for turn in turns if turn.name == n) for n in names}
    if not any(asking.values()) or not all(turn.text for turn in turns):
        return None
    asker, other = sorted(names, key=lambda name: -asking[name])
    if asking[asker] < _CLEARLY * asking[other]:
        return BothAsk(_both(turns, names))
    lead = [Turn("line 1", "system", before.text)] if before.text else []
    roles = {asker: "user", other: "assistant"}
    return [*lead, *(Turn(f"line {turn.line}", roles[turn.name], turn.text) for turn in turns)]


def _joined(speeches: list[_Speech]) -> _Speech:
    text = "\n\n".join(speech.text for speech in speeches).strip()
    return speeches[0]._replace(text=text)


def _speeches(text: str) -> Iterator[_Speech]:
    """Yield what stands before the first name, then what each name speaks."""
    line, name, lines = 1, "", [""] * 0
    for number, one in enumerate(text.split("\n"), 1):
        match = _LABEL.match(one.rstrip("\r"))
        if match is None:
            lines.append(one.rstrip("\r"))
            continue
        yield _Speech(line, name, "\n".join(lines).strip())
        line, name, lines = number, match["name"], [match["text"] or ""]
    yield _Speech(line, name, "\n".join(lines).strip())


def _both(turns: list[_Speech], names: list[str]) -> str:
    """Return both readings of a talk in which both ask."""
    shown = []
    for asker in names:
        both = ((a.text, b.text) for a, b in pairwise(turns) if a.name == asker)
        question, answer = next(both, ("", ""))
        shown.append(f"{excerpt(asker, 20)} ({excerpt(question, 25)!r} -> {excerpt(answer, 25)!r})")
    return f"both ask: is the one who asks {' or '.join(shown)}? Mark them with Q: and A:"
