"""What Python says of a character is the same in every version, for those of Unicode 14 but three.

Unicode 16, which Python 3.14 has, gave two small letters capitals, and a sign another class.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator

import pytest

from pipeline.core.json_values import pretty
from tests.conftest import ROOT

pytestmark = [pytest.mark.bytes, pytest.mark.golden]
WORD, SPACE = re.compile(r"\w"), re.compile(r"\s")
CHANGED = "\u019b\u0264\U0001171e"
SAYS: dict[str, Callable[[str], object]] = {
    "NFC": lambda char: unicodedata.normalize("NFC", char),
    "NFKC": lambda char: unicodedata.normalize("NFKC", char),
    "lower": str.lower,
    "upper": str.upper,
    "casefold": str.casefold,
    "category": unicodedata.category,
    "combining": unicodedata.combining,
    "word": lambda char: bool(WORD.match(char)),
    "space": lambda char: bool(SPACE.match(char)),
    "alphanumeric": str.isalnum,
    "digit": str.isdigit,
}


def characters() -> Iterator[str]:
    """Yield what Unicode 14 assigns, which the oldest Python of this project knows, but CHANGED."""
    for line in (ROOT / "tests/golden/bytes/unicode_14.txt").read_text().split():
        first, last = (int(code, 16) for code in line.split("-"))
        yield from (chr(code) for code in range(first, last + 1) if chr(code) not in CHANGED)


def test_characters_are_what_they_were(golden: Callable[[str, bytes], None]) -> None:
    """Normal form, case and class of each character: what ids, words and likeness are made of."""
    known = list(characters())
    digests = {
        name: hashlib.sha256("|".join(str(says(char)) for char in known).encode()).hexdigest()
        for name, says in SAYS.items()
    }
    golden("bytes/unicode.json", pretty(digests))
