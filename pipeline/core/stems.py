"""The part of an English word that its inflections share."""

from functools import cache
from threading import get_ident
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from Stemmer import Stemmer

_CACHED_WORDS = 0  # by the stemmer itself: stem remembers every word


@cache
def stem(word: str) -> str:
    """Return the part of an English word that its inflections share."""
    return str(_english(get_ident()).stemWord(word))


@cache
def _english(thread_id: int) -> "Stemmer":  # noqa: ARG001 - one per thread
    """Return the stemmer of a thread: it keeps the word it works on, and batches run in threads."""
    from Stemmer import Stemmer  # noqa: PLC0415 - a run with nothing new stems nothing

    return Stemmer("english", _CACHED_WORDS)
