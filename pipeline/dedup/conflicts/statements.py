"""What an answer states that another may contradict: numbers, formulas, directions, names."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import compress
from string import ascii_letters
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

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
_ACRONYM = re.compile(r" \([A-Z]{2,6}\)")
_OF_NAMES = f"{ascii_letters} -"
"""What the words before an acronym consist of."""
_HEDGES = frozenset(
    """example examples suppose assume assumes assuming assumed imagine say hypothetical illustrate
    illustrates illustrated illustrating scenario instance backtest backtests backtested
    backtesting between sometimes can could may might if unlike whereas rather instead contrast
    journal proceedings conference retrieved source sources doi arxiv http https www""".split()  # noqa: SIM905 - read as a text
)
_HEDGING = ("e.g", "such as", "case study", "et al", ".com", ".org", ".io/", "vol.", "pp.")
_REFERENCE = r"\p{Nd}\(\p{Nd}|\(\p{Nd}{4}\)|\p{Nd}+\.\p{Nd}+\.\p{Nd}+"
_PARTING = r"""[\s\v\x1c-\x1f\x{85}\x{a0}\p{Z}"'`*_,.:;!?()\[\]{}<>|/\\]"""
"""What stands between words: spaces of any kind, and these signs."""

_NUMBER = r"\p{Nd}"
_NOTHING = r"[^\s\S]"
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


class _Sentence(NamedTuple):
    """A sentence: its answer's place among several, where it stands, its text in lower case."""

    owner: int
    start: int
    end: int
    text: str


def statements(answers: Sequence[str], known: Lexicon) -> list[list[Statement]]:
    """Return what each of answers states firmly, by place in it.

    Examples, hedged sentences and citations state nothing that another answer could contradict.
    """
    stated = [[*_formulas(answer), *_definitions(answer)] for answer in answers]
    of_sentences: list[list[Statement]] = [[] for _ in answers]
    for sentence in _firm(answers, known):
        found = _stated(sentence, known)
        if found is not None:
            of_sentences[sentence.owner].append(found)
    return [first + others for first, others in zip(of_sentences, stated, strict=True)]


def _firm(answers: Sequence[str], known: Lexicon) -> Iterator[_Sentence]:
    """Yield the sentences that name a number or a direction and take nothing of it back.

    Arrow looks at those of all answers at once: most are passed over.
    """
    sentences = [*_sentences(answers)]
    texts = pa.array([sentence.text for sentence in sentences], pa.large_string())
    has_number = pc.match_substring_regex(texts, _NUMBER)
    turns = _says_any(texts, turning_words(known))
    is_reference = pc.and_(has_number, pc.match_substring_regex(texts, _REFERENCE))
    hedges = pc.match_substring_regex(texts, "|".join(map(re.escape, _HEDGING)))
    is_hedged = pc.or_(hedges, _says_any(texts, _HEDGES))
    is_firm = pc.and_not(pc.or_(has_number, turns), pc.or_(is_hedged, is_reference))
    return compress(sentences, is_firm.to_pylist())


def _sentences(answers: Sequence[str]) -> Iterator[_Sentence]:
    for owner, answer in enumerate(answers):
        for match in _SENTENCE.finditer(answer):
            text = match[0].lower()
            if len(text) <= _LONGEST_CHARS and "=" not in text:
                yield _Sentence(owner, *match.span(), text)


def _says_any(texts: pa.Array, words: frozenset[str]) -> pa.Array:
    """Return whether each text says one of words, which stands between spaces or signs."""
    listed = "|".join(map(re.escape, sorted(words))) or _NOTHING
    return pc.match_substring_regex(texts, f"(?:^|{_PARTING})(?:{listed})(?:$|{_PARTING})")


def _stated(sentence: _Sentence, known: Lexicon) -> Statement | None:
    """Return the numbers, or else the directions, of a sentence, with what it is about."""
    turning = turning_words(known)
    numbers: list[str] = []
    directions: list[str] = []
    about: set[str] = set()
    for word in _WORD.findall(sentence.text):
        if not word[0].isalpha():
            if _YEAR.fullmatch(word):
                about.add(word)
            else:
                numbers.append(word.replace(",", ""))
        elif word in turning:
            directions.append(word)
        elif word not in known.generic:
            about.add(stem(word))
    if len(about) < _LEAST_WORDS or not (numbers or directions):
        return None
    if numbers:
        about.update(directions)
    kind, content = ("number", numbers) if numbers else ("direction", directions)
    return Statement(kind, frozenset(about), tuple(content), sentence.start, sentence.end)


def _formulas(answer: str) -> Iterator[Statement]:
    for match in _FORMULA.finditer(answer) if " = " in answer else ():
        atoms = _ATOM.findall(match["right"].lower().translate(_SIGNS))
        names = frozenset(atom for atom in atoms if atom[0].isalpha())
        left = re.sub(r"[^a-z0-9]+", " ", match["left"].lower()).strip()
        if names:
            content = tuple(sorted(atom for atom in atoms if not atom[0].isalpha()))
            yield Statement("formula", names | {f"{left} ="}, content, match.start(), match.end())


def _definitions(answer: str) -> Iterator[Statement]:
    for match in _expansions(answer):
        words = re.findall(r"[A-Z][a-z]+", match[1])[-len(match[2]) :]
        if "".join(word[0] for word in words) == match[2]:
            named = tuple(stem(word.lower()) for word in words)
            yield Statement("definition", frozenset({match[2]}), named, match.start(), match.end())


def _expansions(answer: str) -> Iterator[re.Match[str]]:
    """Yield each acronym in brackets with the capitalised words before it, where it has any."""
    for acronym in _ACRONYM.finditer(answer):
        start = len(answer[: acronym.start()].rstrip(_OF_NAMES))
        match = _EXPANSION.search(answer, start, acronym.end())
        if match is not None:
            yield match


@cache
def turning_words(known: Lexicon) -> frozenset[str]:
    """Return the words that turn a statement around; degrees of comparison do not."""
    return frozenset(word for group in known.opposites for word in group) - _DEGREES


_DEGREES = frozenset({"more", "most", "less", "least", "first", "last", "best", "worst"})
