"""What an answer states that another may contradict: numbers, formulas, directions, names."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from pipeline.core.stems import stem
from pipeline.dedup.guards.lexicon import Lexicon

_SENTENCE = re.compile(r"[^\n.!?;]+(?:[.!?;](?!\s)[^\n.!?;]*)*")
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*|(?<![\w.,])[-+]?[$]?\d+(?:[.,]\d+)*%?(?!\w)")
_FORMULA = re.compile(
    r"^[ *`>-]*(?P<left>[A-Za-z][A-Za-z0-9_ %()-]{0,38}?) = (?P<right>[^=\n]{3,120})$", re.MULTILINE
)
_ATOM = re.compile(r"[a-z_]+|\d+(?:\.\d+)?|[*/+^-]")
_SIGNS = str.maketrans(
    "\u00d7\u00b7\u2217\u00f7\u2212\u2013", "***/--"
)  # signs as books print them
_EXPANSION = re.compile(r"((?:[A-Z][a-z]+[ -]){1,6}[A-Z][a-z]+) \(([A-Z]{2,6})\)")
_HEDGES = frozenset(
    """example examples suppose assume assumes assuming assumed imagine say hypothetical illustrate
    illustrates illustrated illustrating scenario instance backtest backtests backtested
    backtesting between sometimes can could may might if unlike whereas rather instead contrast
    journal proceedings conference retrieved source sources doi arxiv http https www""".split()  # noqa: SIM905 - read as a text
)
_HEDGING = ("e.g", "such as", "case study", "et al", ".com", ".org", ".io/", "vol.", "pp.")
_REFERENCE = re.compile(r"\d\(\d|\(\d{4}\)|\d+\.\d+\.\d+")
_TO_SPACES = str.maketrans(dict.fromkeys("\"'`*_,.:;!?()[]{}<>|/\\", " "))
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


def statements(answer: str, known: Lexicon) -> list[Statement]:
    """Return what an answer states firmly, by place in it.

    Examples, hedged sentences and citations state nothing that another answer could contradict.
    """
    return [*_of_sentences(answer, known), *_formulas(answer), *_definitions(answer)]


def _of_sentences(answer: str, known: Lexicon) -> Iterator[Statement]:
    turning = turning_words(known)
    for match in _SENTENCE.finditer(answer):
        text = match[0].lower()
        if len(text) > _LONGEST_CHARS or "=" in text:
            continue
        words = set(text.translate(_TO_SPACES).split())
        has_number = _DIGIT.search(text) is not None
        if not has_number and turning.isdisjoint(words):
            continue
        if not _HEDGES.isdisjoint(words) or any(phrase in text for phrase in _HEDGING):
            continue
        if has_number and _REFERENCE.search(text):
            continue
        if (found := _stated(text, known.generic, turning, *match.span())) is not None:
            yield found


def _stated(
    text: str, generic: frozenset[str], turning: frozenset[str], start: int, end: int
) -> Statement | None:
    """Return the numbers, or else the directions, of a sentence, with what it is about."""
    numbers: list[str] = []
    directions: list[str] = []
    about: set[str] = set()
    for word in _WORD.findall(text):
        if _YEAR.fullmatch(word):
            about.add(word)
        elif word[-1].isdigit() or word[-1] == "%":
            numbers.append(word.replace(",", ""))
        elif word in turning:
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
def turning_words(known: Lexicon) -> frozenset[str]:
    """Return the words that turn a statement around; degrees of comparison do not."""
    return frozenset(word for group in known.opposites for word in group) - _DEGREES


_DEGREES = frozenset({"more", "most", "less", "least", "first", "last", "best", "worst"})
