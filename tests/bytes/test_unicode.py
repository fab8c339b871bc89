"""What Python says of a character is the same in every version, for those of Unicode 14."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator

import pytest

from pipeline.core.json_values import pretty
from tests.conftest import ROOT

pytestmark = [pytest.mark.bytes, pytest.mark.golden]
WORD, SPACE = re.compile(r"\w"), re.compile(r"\s")
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
    """Yield what Unicode 14 assigns, which is what the oldest Python of this project knows."""
    for line in (ROOT / "tests/golden/bytes/unicode_14.txt").read_text().split():
        first, last = (int(code, 16) for code in line.split("-"))
        yield from map(chr, range(first, last + 1))


def test_characters_are_what_they_were(golden: Callable[[str, bytes], None]) -> None:
    """Normal form, case and class of each character: what ids, words and likeness are made of."""
    known = list(characters())
    digests = {
        name: hashlib.sha256("|".join(str(says(char)) for char in known).encode()).hexdigest()
        for name, says in SAYS.items()
    }
    golden("bytes/unicode.json", pretty(digests))
