"""What an answer states that another may contradict: numbers, formulas, directions, names."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from pipeline.core.stems import stem
from pipeline.dedup.guards.lexicon import lexicon

_SENTENCE = re.compile(r"[^\n]+?(?:[.!?;](?=\s)|(?=\n)|\Z)")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*|(?<![\w.,])[-+]?[$]?\d+(?:[.,]\d+)*%?(?!\w)")
_FORMULA = re.compile(
    r"^[ *`>-]*(?P<left>[A-Za-z][A-Za-z0-9_ %()-]{0,38}?) = (?P<right>[^=\n]{3,120})$", re.MULTILINE
)
_ATOM = re.compile(r"[a-z_]+|\d+(?:\.\d+)?|[*/+^-]")
_SIGNS = str.maketrans(
    "\u00d7\u00b7\u2217\u00f7\u2212\u2013", "***/--"
)  # signs as books print them
_EXPANSION = re.compile(r"((?:[A-Z][a-z]+[ -]){1,6}[A-Z][a-z]+) \(([A-Z]{2,6})\)")
_HEDGED = re.compile(
    r"\b(?:e\.?g|examples?|suppose|assum\w+|imagine|say|hypothetical|illustrat\w*|scenario|instance|"
    r"case study|backtest\w*|such as|between|sometimes|can|could|may|might|if|unlike|whereas|"
    r"rather|instead|contrast)\b"
)
_CITATION = re.compile(
    r"://|www\.|\.(?:com|org|net|io)\b|\bdoi\b|\bet al\b|journal|proceedings|conference|retrieved|"
    r"\bvol(?:ume)?\.|\bpp\.|\d\(\d|\(\d{4}\)|sources?:|arxiv|\bv?\d+\.\d+\.\d+"
)
_DIGIT = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEAST_WORDS = 4
_LONGEST_CHARS = 400


class Statement(NamedTuple):
    """A statement: about what, what it says of it, and where it stands."""

    kind: str  # number, formula, direction, definition
    about: frozenset[str]  # stems of what it is about, years among them
    content: tuple[str, ...]
    start: int
    end: int


def statements(answer: str) -> list[Statement]:
    """Return what an answer states firmly, by place in it.

    Examples, hedged sentences and citations state nothing that another answer could contradict.
    """
    return [*_of_sentences(answer), *_formulas(answer), *_definitions(answer)]


def _of_sentences(answer: str) -> Iterator[Statement]:
    for match in _SENTENCE.finditer(answer):
        text = match[0].lower()
        if len(text) > _LONGEST_CHARS or "=" in text:
            continue
        if not _DIGIT.search(text) and _opposites().isdisjoint(text.split()):
            continue
        if _CITATION.search(text) or _HEDGED.search(text):
            continue
        if (found := _stated(text, *match.span())) is not None:
            yield found


def _stated(text: str, start: int, end: int) -> Statement | None:
    """Return the numbers, or else the directions, of a sentence, with what it is about."""
    generic = lexicon().generic
    numbers: list[str] = []
    directions: list[str] = []
    about: set[str] = set()
    for word in _WORD.findall(text):
        if _YEAR.fullmatch(word):
            about.add(word)
        elif word[-1].isdigit() or word[-1] == "%":
            numbers.append(word.replace(",", ""))
        elif word in _opposites():
            directions.append(word)
        elif word not in generic:
            about.add(stem(word))
    if len(about) < _LEAST_WORDS or not (numbers or directions):
        return None
    if numbers:
        return Statement("number", frozenset({*about, *directions}), tuple(numbers), start, end)
    return Statement("direction", frozenset(about), tuple(directions), start, end)


def _formulas(answer: str) -> Iterator[Statement]:
    for match in _FORMULA.finditer(answer) if " = " in answer else ():
        atoms = _ATOM.findall(match["right"].lower().translate(_SIGNS))
        names = frozenset(atom for atom in atoms if atom[0].isalpha())
        left = re.sub(r"[^a-z0-9]+", " ", match["left"].lower()).strip()
        if names:
            content = tuple(sorted(atom for atom in atoms if not atom[0].isalpha()))
            yield Statement("formula", names | {f"{left} ="}, content, match.start(), match.end())


def _definitions(answer: str) -> Iterator[Statement]:
    for match in _EXPANSION.finditer(answer):
        words = re.findall(r"[A-Z][a-z]+", match[1])[-len(match[2]) :]
        if "".join(word[0] for word in words) == match[2]:
            named = tuple(stem(word.lower()) for word in words)
            yield Statement("definition", frozenset({match[2]}), named, match.start(), match.end())


@cache
def _opposites() -> frozenset[str]:
    """Return the words that turn a statement around; degrees of comparison do not."""
    groups = lexicon().opposites
    return frozenset(word for group in groups for word in group) - _DEGREES


_DEGREES = frozenset({"more", "most", "less", "least", "first", "last", "best", "worst"})
