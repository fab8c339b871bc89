"""What single words tell the measures and rules: marks, one bit of a number each.

A rule is asked of the texts alone that say a word without which it never speaks. Whoever changes
the pattern of a rule keeps its words here wide enough: tests/quality/test_suspects.py holds that a
rule speaks of no other text.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np

from pipeline.quality.words import BEHIND_DIGITS, LISTED_NUMBERS, STOP_WORDS, empty_words
from pipeline.secrets.checksums import phrase_words

_MOST_WORDS = 200_000
_KEY_CHARS, _LONG_CHARS = 10, 30

_LISTED = {
    # sentences of an answer (substance.py)
    "courteous": "certainly sure absolutely okay ok great here below i",
    "sources": "source sources reference references citations bibliography",
    "closing": "conclusion summary overall summarize hope please",
    # what is exact (exactness.py)
    "defines": """
        is are refer refers stand stands mean means measure measures defined consist consists
        composed equals
        """,
    "condition": "when if above below over under",
    "when": "when if",
    "consequence": """
        above below crosses exceeds rises falls high low greater less increases decreases
        """,
    "position": "above below over under",
    "level": "above below exceed exceeds than",
    "limits": """
        limitation limitations drawback drawbacks shortcoming shortcomings caveat caveats whipsaw
        whipsaws lagging lag lags unreliable inaccurate misleading mislead misleads fails fail
        cannot unless except weakness weaknesses tradeoff tradeoffs
        """,
    "cases": "example instance suppose eg",
    # rules
    "i": "i",
    "ignores": "ignore disregard forget override",
    "previous": "previous prior above earlier preceding",
    "reveals": "reveal print repeat show output leak",
    "prompt": "prompt",
    "you": "you",
    "unrestricted": "dan developer unrestricted jailbroken",
    "anything": "anything",
    "now": "now",
    "im": "im inst sys endoftext",
    "fills": "lorem brevity",
    "links": """
        source sources reference references citation citations link links url urls bibliography
        """,
    "counted words": "word words",
    "calculation": "formula equation",
    "operation": """
        add added adding adds addition sum sums summed summing summation plus minus less times ratio
        ratios difference differences total totals count counts counted counting mean median root
        square squared quotient product proportion fraction share compares compared comparing
        comparison takes take taking derived smoothed smoothing per
        """,
    "small number": " ".join(LISTED_NUMBERS),
    "et": "et",
    "directs": """
        answer answers response responses json preamble commentary mention mentioning reveal
        revealing say saying explanation explanations markdown introduction introductions extra
        fences
        """,
    "works": """
        user traceback info debug warn warning error tool function exit batch chunk task processing
        generating writing loading loaded saving saved status cost answered done finished complete
        completed processed written python python3 pip node npm bash sh curl git cat ls cd
        """,
}
_OPERATION_STEMS = ("divid", "subtract", "averag", "multipl", "cumulat", "percent", "weight")
_CALCULATED = re.compile(r"(?:calculate|compute)d?|work(?:ed)?")
_DIGIT = re.compile(r"\d")
_CITED = re.compile(r"(?:19|20)[0-9]{2}[a-z]?")
_MIXED = re.compile(r"[a-z][0-9]|[0-9][a-z]")
_ACCOUNT = re.compile(r"[a-z]{2}[0-9]{2}")
_NAMED_KEY = re.compile(r"passw|pwd$|curl$|authorization|bearer$|^a3$|^begin|^[0-9a-f]{8}$")
_RUN_CHARS = 20
LONG_RUN = re.compile(rf"([^\W_0])\1{{{_RUN_CHARS - 1},}}", re.IGNORECASE)
_INVENTED = frozenset(
    """
    hypothetical fictional fictitious placeholder placeholders invented simulated illustrative
    """.split()  # noqa: SIM905 - reads as prose
)
_UNREAL = ("real", "only", "illustrati")
_CASE_STARTS = ("example", "instance", "study", "studies", "say", "assume")
_CASE_ENDS = ("example", "examples", "suppose", "imagine")
_SOURCES = ("source", "reference", "citation", "bibliography")

_WITH_DIGITS: dict[str, Callable[[str], object]] = {
    "number": str.isdecimal,
    "bare number": lambda word: word < BEHIND_DIGITS and word.isdecimal(),
    "digit": _DIGIT.search,
    "counts": lambda word: word[0].isdigit() and not _is_year(word),
    "year": _CITED.fullmatch,
    "account": _ACCOUNT.search,
}
"""What only words can be that are not all letters: few of those of a text."""

_FORMED: dict[str, Callable[[str], object]] = {
    "empty": lambda word: word in empty_words(),
    "divided": lambda word: "divid" in word or "multiplied" in word,
    "invents": lambda word: word in _INVENTED or word.endswith("made") or word.startswith(_UNREAL),
    "characters": lambda word: word.startswith("characters"),
    "calculates": _CALCULATED.fullmatch,
    "operates": lambda word: word.startswith(_OPERATION_STEMS),
    "names sources": lambda word: (
        any(source in word for source in _SOURCES)
        or word.startswith(("cited", "reading"))
        or word.endswith("www")
    ),
    "example": lambda word: (
        word == "g" or word.startswith(_CASE_STARTS) or word.endswith(_CASE_ENDS)
    ),
    "run": lambda word: len(word) >= _RUN_CHARS and LONG_RUN.search(word),
    "key": lambda word: (
        (len(word) >= _KEY_CHARS and _MIXED.search(word))
        or len(word) >= _LONG_CHARS
        or _NAMED_KEY.search(word)
    ),
    "phrase": lambda word: word in phrase_words(),
}


def _is_year(word: str) -> bool:
    return len(word) == 4 and word[:2] in ("19", "20") and word.isdecimal()  # noqa: PLR2004


_WORDS = {"stop": STOP_WORDS} | {
    name: frozenset(listed.split()) for name, listed in _LISTED.items()
}
BIT = {name: np.uint64(1 << at) for at, name in enumerate((*_WORDS, *_FORMED, *_WITH_DIGITS))}
"""The bit of each mark."""


_BITS_OF_LETTERS = tuple((int(BIT[name]), is_formed) for name, is_formed in _FORMED.items())
_BITS_WITH_DIGITS = tuple((int(BIT[name]), is_formed) for name, is_formed in _WITH_DIGITS.items())


def _of_lists() -> dict[str, int]:
    """Return the marks of each word that stands in a list."""
    marks: dict[str, int] = {}
    for name, words in _WORDS.items():
        for word in words:
            marks[word] = marks.get(word, 0) | int(BIT[name])
    return marks


_OF_LISTS = _of_lists()


class _Marks(dict[str, int]):
    """The marks of each word met."""

    def __missing__(self, word: str) -> int:
        marks = _OF_LISTS.get(word, 0)
        more = () if word.isalpha() else _BITS_WITH_DIGITS
        for bit, is_formed in (*_BITS_OF_LETTERS, *more):
            if is_formed(word):
                marks |= bit
        if len(self) < _MOST_WORDS:
            self[word] = marks
        return marks


_MARKS = _Marks()


def marks_of(words: Sequence[str]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """Return the marks of each of words, which are in lower case."""
    return np.fromiter(map(_MARKS.__getitem__, words), np.uint64, count=len(words))
