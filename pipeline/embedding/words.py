"""The words of a text as a table of word vectors knows them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_SEPARATORS = bytes(
    byte if byte > 127 or chr(byte).isalnum() else 32  # noqa: PLR2004 - the end of ASCII
    for byte in range(256)
)


def word_counts(text: str) -> Mapping[bytes, int]:
    """Return how often each word stands in text: letters and digits, in lower case, as UTF-8.

    Compatibility forms and accents go ("café", "ﬁat"), as in the vocabulary of the model that the
    vectors come from.
    """
    if not text.isascii():
        text = _BEYOND_ASCII.sub(_plain, text)
    return Counter(text.lower().encode("utf-8", "replace").translate(_SEPARATORS).split())


def _plain(match: "re.Match[str]") -> str:
    """Return a run of characters beyond ASCII without accents, what is no letter as spaces."""
    letters = (c for c in unicodedata.normalize("NFKD", match[0]) if not unicodedata.combining(c))
    return "".join(c if c.isalnum() or c.isascii() else " " for c in letters)
