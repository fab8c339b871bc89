"""The part of an English word that its inflections share."""

from functools import cache
from threading import get_ident
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snowballstemmer.english_stemmer import EnglishStemmer


@cache
def stem(word: str) -> str:
    """Return the part of an English word that its inflections share."""
    return str(_english(get_ident()).stemWord(word))


@cache
def _english(thread_id: int) -> "EnglishStemmer":  # noqa: ARG001 - one per thread
    """Return the stemmer of a thread: it keeps the word it works on, and batches run in threads."""
    from snowballstemmer.english_stemmer import (  # noqa: PLC0415 - a run with nothing new stems nothing
        EnglishStemmer,
    )

    # Named, not chosen by snowballstemmer.stemmer(), which takes whatever C library is installed.
    return EnglishStemmer()
