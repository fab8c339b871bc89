"""Which choice of a question is the right one: its text is the answer.

An index or a letter alone is never an answer. Where two readings of it give two texts the record
is refused with both.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.core.text import excerpt
from pipeline.deliveries import keys
from pipeline.deliveries.choices import LABELLED, LETTERS, Choices
from pipeline.deliveries.keys import Roles, canonical

_INLINE = re.compile(r"^[ \t]*[(\[]?(?P<label>[A-J])[).:\]][ \t]+(?P<text>\S.*)$", re.MULTILINE)
_ON_ONE_LINE = re.compile(
    r"(?<!\S)\((?P<label>[A-J])\)[ \t]*(?P<text>[^\s(](?:(?!\([A-J]\)).)*)", re.DOTALL
)
_LETTER = re.compile(r"\s*[(\[]?([A-Ja-j])[)\].:]?\s*")
_FEWEST = 2


class Unclear(NamedTuple):
    """Why the right choice cannot be told, in one sentence."""

    message: str


def right_text(
    fields: Mapping[str, Any], roles: Roles, choices: Choices
) -> tuple[str, str | None] | Unclear:
    """Return the text of the right choice and the key that told it, or why it is not told."""
    readings: dict[str, str | None] = {}
    unknown: list[str] = []
    if choices.right:
        readings["\n".join(choices.texts[place] for place in choices.right)] = None
    for key in () if readings else keys.having(roles, "correct"):
        value = fields[key]
        if key in choices.read or value is None or value == "":
            continue
        found = _read(value, choices)
        if found:
            if len(found) > 1:
                return Unclear(f"{key} {excerpt(str(value), 30)!r} may be {_both(found)}")
            readings.setdefault(found[0], key)
        else:
            unknown.append(f"{key} {excerpt(str(value), 40)!r}")
    if len(readings) > 1:
        return Unclear(f"the right choice is told twice: {_both(list(readings))}")
    if readings:
        return next(iter(readings.items()))
    shown = ", ".join(f"{a}. {excerpt(b, 20)}" for a, b in zip(*choices[:2], strict=True))
    named = " and ".join(unknown) or "nothing"
    return Unclear(f"{named} names none of the choices {excerpt(shown, 90)}")


def inline(question: str, answer: str) -> Choices | str | None:
    """Return the choices that stand in a question whose answer is a letter alone.

    A letter without choices comes back as the letter, all else as None.
    """
    match = _LETTER.fullmatch(answer)
    if match is None:
        return None
    found = choices_in(question)
    if found is not None:
        return found
    return match[1] if match[1].isupper() or len(answer.strip()) > 1 else None


def choices_in(question: str) -> Choices | None:
    """Return the choices that stand in a question, on lines of their own or on one."""
    for pattern in (_INLINE, _ON_ONE_LINE):
        found = list(pattern.finditer(question))
        labels = [one["label"] for one in found]
        if len(found) >= _FEWEST and labels == list(LETTERS[: len(labels)]):
            return Choices(labels, [one["text"].strip() for one in found], [], ())
    return None


def text_of_letter(letter: str, choices: Choices) -> str | None:
    """Return the text of the choice that a letter names."""
    found = _read(letter, choices)
    return found[0] if len(found) == 1 else None


def _both(texts: list[str]) -> str:
    return " or ".join(repr(excerpt(text, 40)) for text in texts[:_FEWEST])


def _read(value: Any, choices: Choices) -> list[str]:
    """Return the texts that a value may mean: by label, by text, or by index from 0."""
    if isinstance(value, list):
        each = [_read(item, choices) for item in value]
        return ["\n".join(one[0] for one in each)] if each and all(map(_is_one, each)) else []
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        named = _by_label(str(value), choices)
        same = [] if named else [str(value)] if str(value) in choices.texts else []
        return list(dict.fromkeys([*named, *same, *_by_index(value, choices)]))
    return _read_text(value.strip(), choices) if isinstance(value, str) else []


def _is_one(texts: list[str]) -> bool:
    return len(texts) == 1


def _read_text(bare: str, choices: Choices) -> list[str]:
    labels, texts = choices.labels, choices.texts
    same = [bare] if bare in texts else []
    letter = _LETTER.fullmatch(bare)
    named = _by_label(letter[1] if letter else bare, choices)
    if named or bare.isdigit():
        by_index = _by_index(int(bare), choices) if not named and len(bare) <= _FEWEST else []
        return list(dict.fromkeys([*named, *same, *by_index]))
    by_column = [n for n, key in enumerate(choices.read) if canonical(key) == canonical(bare)]
    if len(choices.read) == len(texts) and by_column:
        return [texts[by_column[0]]]
    labelled = LABELLED.fullmatch(bare)
    if labelled and labelled["text"].strip():
        named = _by_label(labelled["label"], choices)
        if named and named[0].strip().casefold() == labelled["text"].strip().casefold():
            return named
    several = [part.strip().upper() for part in re.split(r"[,;&]|\band\b", bare) if part.strip()]
    if len(several) > 1 and all(part in labels for part in several):
        return ["\n".join(texts[labels.index(part)] for part in several)]
    return same or [text for text in texts if text.strip().casefold() == bare.casefold()][:1]


def _by_label(label: str, choices: Choices) -> list[str]:
    wanted = label.strip().upper()
    spelled = [one.strip().upper() for one in choices.labels]
    return [choices.texts[spelled.index(wanted)]] if wanted in spelled else []


def _by_index(place: int, choices: Choices) -> list[str]:
    return [choices.texts[place]] if 0 <= place < len(choices.texts) else []
