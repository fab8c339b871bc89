"""Multiple choice: the text of the right choice is the answer, the choices are its context.

An index or a letter alone is never an answer. Where two readings of it give two texts the record
is refused with both.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from pipeline.core.text import excerpt
from pipeline.deliveries import keys
from pipeline.deliveries.keys import Roles, canonical

_COLUMN = re.compile(
    r"(?:(?:option|choice|opt|op|answer|ans|ending|sol|alternative|antwort|opción|opcion|"
    r"respuesta|choix|réponse|选项|choice_text|option_text)_?)?(?P<label>[a-j]|[0-9]{1,2})"
)
_LABELLED = re.compile(
    r"\s*[(\[]?(?P<label>[A-Ja-j]|[0-9]{1,2})\s*[).:\]、]\s*(?P<text>.*)\Z", re.DOTALL
)
_INLINE = re.compile(r"^[ \t]*[(\[]?(?P<label>[A-J])[).:\]][ \t]+(?P<text>\S.*)$", re.MULTILINE)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_LETTER = re.compile(r"\s*[(\[]?([A-Ja-j])[)\].:]?\s*")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TEXTS = (
    "text",
    "content",
    "value",
    "answer",
    "option",
    "choice",
    "label_text",
    "body",
    "answerText",
)
_LABELS = ("label", "key", "id", "letter", "index", "name")
_RIGHT = ("is_correct", "correct", "isCorrect", "is_right", "right", "is_answer", "isAnswer")
_LONGEST_LIST_CHARS = 20_000
_FEWEST = 2


class Choices(NamedTuple):
    """The labels and texts of a question's choices, and places of those marked as right."""

    labels: list[str]
    texts: list[str]
    right: list[int]
    read: tuple[str, ...]

    @property
    def as_lines(self) -> str:
        """Return the choices as lines, as a reader would see them."""
        return "\n".join(f"{a}. {b}" for a, b in zip(self.labels, self.texts, strict=True))


class Unclear(NamedTuple):
    """Why the right choice cannot be told, in one sentence."""

    message: str


def choices_of(fields: Mapping[str, Any], roles: Roles) -> Choices | None:
    """Return the choices of a record, None where it has none."""
    for key in keys.having(roles, "choices"):
        found = _listed(fields[key], key)
        if found is not None:
            return found
    for key in keys.having(roles, "answer", 2):
        found = _listed(fields[key], key) if isinstance(fields[key], list) else None
        if found is not None and found.right:
            return found
    return _in_columns(fields) if len(fields) > _FEWEST else None


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
    found = list(_INLINE.finditer(question))
    labels = [one["label"] for one in found]
    if len(found) >= _FEWEST and labels == list(_LETTERS[: len(labels)]):
        return Choices(labels, [one["text"].strip() for one in found], [], ())
    return match[1] if match[1].isupper() or len(answer.strip()) > 1 else None


def text_of_letter(letter: str, choices: Choices) -> str | None:
    """Return the text of the choice that a letter names."""
    found = _read(letter, choices)
    return found[0] if len(found) == 1 else None


def _both(texts: list[str]) -> str:
    return " or ".join(repr(excerpt(text, 40)) for text in texts[:_FEWEST])


def _listed(value: Any, key: str) -> Choices | None:
    if isinstance(value, str):
        value = texts_in(value)
    if isinstance(value, dict):
        return _of_object(value, key)
    if not isinstance(value, list) or len(value) < _FEWEST:
        return None
    if all(isinstance(item, (str, int, float)) for item in value):
        return _stripped([str(item) for item in value], key)
    if not all(isinstance(item, dict) for item in value):
        return None
    texts = [next((str(i[n]) for n in _TEXTS if isinstance(i.get(n), str)), "") for i in value]
    labels = [
        next((str(i[n]) for n in _LABELS if isinstance(i.get(n), (str, int))), "") for i in value
    ]
    if not all(texts):
        return None
    right = [
        n for n, i in enumerate(value) if any(i.get(name) in (True, 1, "true") for name in _RIGHT)
    ]
    return Choices(_labels(labels, len(texts)), texts, right, (key,))


def _of_object(value: dict[str, Any], key: str) -> Choices | None:
    """Return the choices of {text: [...], label: [...]}, or of {A: ..., B: ...}."""
    listed = next(
        (value[n] for n in ("text", "texts", "choices") if isinstance(value.get(n), list)), None
    )
    if listed is not None and all(isinstance(item, str) for item in listed):
        labels: list[Any] = next(
            (value[n] for n in ("label", "labels") if isinstance(value.get(n), list)), []
        )
        if labels and all(isinstance(one, int) and one in (0, 1) for one in labels):
            right = [place for place, one in enumerate(labels) if one]
            return Choices(_labels([], len(listed)), listed, right, (key,))
        return Choices(_labels([str(one) for one in labels], len(listed)), listed, [], (key,))
    is_labelled = len(value) >= _FEWEST and all(
        isinstance(item, str) and _COLUMN.fullmatch(canonical(name)) for name, item in value.items()
    )
    names = [name.strip() for name in value]
    return Choices(names, list(value.values()), [], (key,)) if is_labelled else None


def _labels(found: list[str], count: int) -> list[str]:
    if len(found) == count and len(set(found)) == count and all(found):
        return found
    return [_LETTERS[n] if n < len(_LETTERS) else str(n + 1) for n in range(count)]


def _stripped(texts: list[str], key: str) -> Choices:
    """Return choices, without the labels where every text begins with its own."""
    matches = [_LABELLED.match(text) for text in texts]
    labels = [match["label"].upper() if match else "" for match in matches]
    for expected in (_LETTERS[: len(texts)], "123456789"[: len(texts)]):
        if labels == list(expected) and all(match and match["text"].strip() for match in matches):
            return Choices(
                labels, [match["text"].strip() for match in matches if match], [], (key,)
            )
    return Choices(_labels([], len(texts)), texts, [], (key,))


def texts_in(text: str) -> Any:
    """Return the list that a cell spells: as JSON, as Python or numpy print it, or as lines."""
    bare = text.strip()
    if len(bare) > _LONGEST_LIST_CHARS:
        return None
    if bare[:1] in ("[", "{"):
        try:
            return orjson.loads(bare)
        except orjson.JSONDecodeError:
            pass
    if bare[:1] in ("[", "(") and bare[-1:] in ("]", ")"):
        between = _QUOTED.sub("", bare[1:-1])
        if not between.strip(" ,\n\r\t"):
            found = [a or b for a, b in _QUOTED.findall(bare[1:-1])]
            return [re.sub(r"\\(['\"\\])", r"\1", item) for item in found]
        return None
    for divider in ("\n", "|", ";"):
        parts = [part.strip() for part in bare.split(divider)]
        if len(parts) >= _FEWEST and all(parts):
            return parts
    inline_parts = re.split(r"\s+(?=[(\[]?[B-J][).\]]\s)", bare)
    return inline_parts if len(inline_parts) >= _FEWEST else None


def _in_columns(fields: Mapping[str, Any]) -> Choices | None:
    """Return choices that stand in columns of their own: A, B, C or option_1, option_2."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for key in fields:
        match = _COLUMN.fullmatch(canonical(key))
        if match is not None:
            groups.setdefault(canonical(key)[: match.start("label")], []).append(
                (match["label"], key)
            )
    for prefix, found in groups.items():
        found.sort()
        labels = [label for label, _ in found]
        runs = ("abcdefghij", "0123456789", "123456789")
        fewest = _FEWEST if prefix else _FEWEST + 1
        if len(found) < fewest or not any(labels == list(run[: len(labels)]) for run in runs):
            continue
        texts = [(label, str(fields[key])) for label, key in found if fields[key] not in (None, "")]
        if len(texts) >= _FEWEST:
            read = tuple(key for _, key in found)
            return Choices([a.upper() for a, _ in texts], [b for _, b in texts], [], read)
    return None


def _read(value: Any, choices: Choices) -> list[str]:
    """Return the texts that a value may mean: by label, by text, or by index from 0."""
    if isinstance(value, list):
        each = [_read(item, choices) for item in value]
        return ["\n".join(one[0] for one in each)] if each and all(map(_is_one, each)) else []
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return list(dict.fromkeys([*_by_label(str(value), choices), *_by_index(value, choices)]))
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
    labelled = _LABELLED.fullmatch(bare)
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
