"""Multiple choice: the choices of a question, in a list, an object, a text or columns."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.deliveries import keys
from pipeline.deliveries.json_text import named_twice, value_in_text
from pipeline.deliveries.keys import Roles, canonical

_COLUMN = re.compile(
    r"(?:(?:option|choice|opt|op|answer|ans|ending|sol|alternative|antwort|opción|opcion|"
    r"respuesta|choix|réponse|选项|choice_text|option_text)_?)?(?P<label>[a-j]|[0-9]{1,2})"
)
LABELLED = re.compile(
    r"\s*[(\[]?(?P<label>[A-Ja-j]|[0-9]{1,2})\s*[).:\]、]\s*(?P<text>.*)\Z", re.DOTALL
)
_WRONG = re.compile(
    r"(?:(?:incorrect|wrong|false)_(?:answer|option|choice)s?|distractors?)(?:_?[0-9]{1,2})?"
)
_RIGHT_ANSWERS = ("correct_answer", "right_answer", "correct_option", "correct_choice", "answer")
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
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
    if len(fields) <= _FEWEST:
        return None
    return _in_columns(fields) or _beside_wrong(fields)


def twice_in_choices(fields: Mapping[str, Any], roles: Roles) -> str | None:
    """Return the key that choices which a text spells as JSON name twice, None where none do."""
    texts = (fields[key] for key in (keys.having(roles, "choices") if "choices" in roles else ()))
    spelled = (text for text in texts if isinstance(text, str) and text.lstrip()[:1] in ("{", "["))
    return next((twice for text in spelled if (twice := named_twice(texts_in(text)))), None)


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
        n
        for n, i in enumerate(value)
        if any(i.get(name) in (True, 1, "true") for name in _RIGHT)
        or str(i.get("fraction")) in ("100", "100.0")
    ]
    return Choices(_labels(labels, len(texts)), texts, right, (key,))


def _of_object(value: dict[str, Any], key: str) -> Choices | None:
    """Return the choices of {text: [...], label: [...]}, {A: ..., B: ...} or {text: 0 or 1}."""
    marks = list(value.values())
    if len(value) >= _FEWEST and all(type(one) in (int, bool) and one in (0, 1) for one in marks):
        return Choices(_labels([], len(value)), list(value), _places(marks), (key,))
    listed = next(
        (value[n] for n in ("text", "texts", "choices") if isinstance(value.get(n), list)), None
    )
    if listed is not None and all(isinstance(item, str) for item in listed):
        labels: list[Any] = next(
            (value[n] for n in ("label", "labels") if isinstance(value.get(n), list)), []
        )
        if labels and all(isinstance(one, int) and one in (0, 1) for one in labels):
            return Choices(_labels([], len(listed)), listed, _places(labels), (key,))
        return Choices(_labels([str(one) for one in labels], len(listed)), listed, [], (key,))
    is_labelled = len(value) >= _FEWEST and all(
        isinstance(item, str) and _COLUMN.fullmatch(canonical(name)) for name, item in value.items()
    )
    names = [name.strip() for name in value]
    return Choices(names, list(value.values()), [], (key,)) if is_labelled else None


def _places(marks: list[Any]) -> list[int]:
    return [place for place, mark in enumerate(marks) if mark]


def _labels(found: list[str], count: int) -> list[str]:
    if len(found) == count and len(set(found)) == count and all(found):
        return found
    return [LETTERS[n] if n < len(LETTERS) else str(n + 1) for n in range(count)]


def _stripped(texts: list[str], key: str) -> Choices:
    """Return choices, without the labels where every text begins with its own."""
    matches = [LABELLED.match(text) for text in texts]
    labels = [match["label"].upper() if match else "" for match in matches]
    for expected in (LETTERS[: len(texts)], "123456789"[: len(texts)]):
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
            return value_in_text(bare)
        except ValueError:
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


def _beside_wrong(fields: Mapping[str, Any]) -> Choices | None:
    """Return the right answer among the wrong ones beside it, in order of the alphabet.

    The order in which they were shown is not delivered; right ones first would tell them.
    """
    spelled = {canonical(key): key for key in fields}
    right = next((spelled[name] for name in _RIGHT_ANSWERS if name in spelled), None)
    wrong = [key for name, key in spelled.items() if _WRONG.fullmatch(name)]
    if right is None or not wrong or not isinstance(fields[right], str):
        return None
    listed = [text for key in wrong for text in _texts_of_cell(fields[key])]
    texts = sorted({fields[right], *listed}, key=lambda text: (text.casefold(), text))
    if len(texts) < _FEWEST:
        return None
    return Choices(_labels([], len(texts)), texts, [texts.index(fields[right])], (right, *wrong))


def _texts_of_cell(value: Any) -> list[str]:
    if isinstance(value, str):
        value = texts_in(value) or [value]
    texts = value if isinstance(value, list) else []
    return [text for text in texts if isinstance(text, str) and text.strip()]
