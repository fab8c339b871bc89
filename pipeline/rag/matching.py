"""From what a person typed to words that the index knows, and expressions that never break it."""

import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log
from typing import NamedTuple

from rapidfuzz.distance import OSA

from pipeline.rag.stop_words import stop_words

TOKENIZER = "porter unicode61 remove_diacritics 2"
"""As documents_fts is tokenized: a question's words are looked up as that index keeps them."""

COMMON_SHARE = 0.5
"""A word of more than half of the documents weighs nothing by bm25, and costs the most."""

MISSPELT_CHARS = 6
"""Shorter words have too many neighbours at one letter's distance: night, right, might."""

KNOWN_DOCUMENTS = 3
KNOWN_SHARE = 1000
"""In a base of thousands a spelling of fewer documents than three may be a slip itself; in a small
one, where a document in so many has it, once is enough."""

MEANT_TIMES = 100
"""A word that hardly any document has is a slip, too, where one a letter away has so many times as
many: the base holds slips of its own."""

_WORD = re.compile(r"\w+")
_STEMMED_AT_MOST = 1 << 16
_stemmed: dict[str, tuple[str, ...]] = {}
_LEAST_WEIGHT = 1e-6  # as FTS5 weighs a word of more than half of the rows


class Word(NamedTuple):
    """A word of a question: as typed, as it is looked for, in how many documents, its weight."""

    typed: str
    sought: str
    documents: int
    weight: float


class Question(NamedTuple):
    """What is asked: the text, its words that may tell pairs apart, and which stand side by side.

    words hold those that no document has, too: they say how much of the question is strange.
    telling counts the words that are no stop words, also those left out as common.
    """

    text: str
    words: tuple[Word, ...]
    neighbours: tuple[tuple[str, str], ...]
    telling: int

    @property
    def respelt(self) -> str:
        """Return the text with its misspelt words as the base spells them, for an encoder."""
        meant = {word.typed: word.sought for word in self.words if word.typed != word.sought}
        if not meant:
            return self.text
        return _WORD.sub(lambda match: meant.get(match[0].lower(), match[0]), self.text)

    @property
    def sought(self) -> tuple[Word, ...]:
        """Return the words that some document has."""
        return tuple(word for word in self.words if word.documents)


def readable(query: str) -> str:
    """Return the query as text that every encoder takes: NFC, lone surrogates replaced."""
    return unicodedata.normalize("NFC", query.encode("utf-8", "replace").decode("utf-8"))


def distinct_words(text: str) -> list[str]:
    """Return the words of text in lower case, each once, in their order."""
    return list(dict.fromkeys(_WORD.findall(text.lower())))


def any_of(words: Iterable[str]) -> str:
    """Return an FTS5 expression that matches documents with any of the words.

    FTS5 has a grammar (AND, NEAR, column filters, `*`, `^`, quotes); a question has none. Each
    word becomes a quoted string and nothing else gets in, so no text can break the grammar or use
    it. Any word may match, not all: bm25 ranks by how many do and how rare they are, and a
    question that is worded otherwise shares only some of its words.
    """
    return " OR ".join(f'"{word}"' for word in words)


def full_text_query(query: str) -> str:
    """Return the expression for any word of a text, "" where it has none."""
    return any_of(distinct_words(readable(query)))


def parse(connection: sqlite3.Connection, query: str, *, documents: int, language: str) -> Question:
    """Return what a query asks of a RAG database.

    Left out are stop words of its language, and words of more than COMMON_SHARE of the documents,
    unless nothing else is there. A word of MISSPELT_CHARS letters and more that no document has,
    or hardly one, is looked for as the base spells it, where one letter is wrong, missing, too many
    or swapped.
    """
    text = readable(query)
    typed = distinct_words(text)
    telling = [word for word in typed if word not in stop_words(language)] or typed
    stems = stems_of(telling)
    counts = documents_of(connection, {stem for found in stems.values() for stem in found})
    words = []
    least = min(KNOWN_DOCUMENTS, max(1, documents // KNOWN_SHARE))
    for word in telling:
        known = min((counts.get(stem, 0) for stem in stems[word]), default=0)
        sought = word
        if known < least and (meant := _respelt(connection, word, stems[word], known, least)):
            sought, known = meant
        words.append(Word(word, sought, known, weight(known, documents)))
    rare = [word for word in words if word.documents <= COMMON_SHARE * documents]
    kept = tuple(rare if any(word.documents for word in rare) else words)
    return Question(text, kept, _neighbours(text, words), len(telling))


def _neighbours(text: str, words: Sequence[Word]) -> tuple[tuple[str, str], ...]:
    """Return the words that are sought and stand side by side in text, as they are sought."""
    sought = {word.typed: word.sought for word in words if word.documents}
    typed = _WORD.findall(text.lower())
    pairs = [(sought[a], sought[b]) for a, b in pairwise(typed) if a in sought and b in sought]
    return tuple(dict.fromkeys(pairs))


def weight(known: int, documents: int) -> float:
    """Return the inverse document frequency of a word, as FTS5 takes it."""
    weight = log((documents - known + 0.5) / (known + 0.5)) if known <= documents else 0.0
    return weight if weight > 0 else _LEAST_WEIGHT


def stems_of(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the stems of each word as the index has them.

    Those of words that were asked for before are remembered: the questions of one base have few.
    """
    found = {word: _stemmed.get(word) for word in words}
    if new := [word for word, stems in found.items() if stems is None]:
        made = _tokenized(new)
        if len(_stemmed) + len(made) > _STEMMED_AT_MOST:
            _stemmed.clear()
        _stemmed.update(made)
        found.update(made)
    return {word: stems or () for word, stems in found.items()}


def _tokenized(words: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the stems of distinct words: SQLite's own tokenizer makes them."""
    index = sqlite3.connect(":memory:")
    try:
        index.execute(f"CREATE VIRTUAL TABLE w USING fts5(word, tokenize='{TOKENIZER}')")
        index.execute("CREATE VIRTUAL TABLE v USING fts5vocab(w, instance)")
        index.executemany("INSERT INTO w (word) VALUES (?)", [(word,) for word in words])
        found: dict[str, list[str]] = {word: [] for word in words}
        for stem, row in index.execute("SELECT term, doc FROM v ORDER BY doc, offset"):
            found[words[row - 1]].append(stem)
        return {word: tuple(stems) for word, stems in found.items()}
    finally:
        index.close()


def documents_of(connection: sqlite3.Connection, stems: Iterable[str]) -> dict[str, int]:
    """Return in how many documents each stem stands; one of none is left out."""
    asked = json.dumps(sorted(stems))
    return dict(
        connection.execute(
            "SELECT stem, documents FROM words WHERE stem IN (SELECT value FROM json_each(?))",
            (asked,),
        )
    )


def _respelt(
    connection: sqlite3.Connection, word: str, stems: Sequence[str], known: int, least: int
) -> tuple[str, int] | None:
    """Return what a misspelt word most likely means, and in how many documents that is.

    That is a word of least documents or more; where some document has the misspelt one itself, of
    MEANT_TIMES as many. None where none is.
    """
    if len(stems) != 1 or len(word) < MISSPELT_CHARS or not word.isalpha():
        return None
    (stem,) = stems
    near = connection.execute(
        """SELECT stem, documents FROM words WHERE stem >= :first AND stem < :next
            AND documents >= :known AND length(stem) BETWEEN :chars - 1 AND :chars + 1
            ORDER BY documents DESC, stem""",
        {
            "first": stem[0],
            "next": chr(ord(stem[0]) + 1),
            "known": max(least, MEANT_TIMES * known),
            "chars": len(stem),
        },
    )
    ending = word[len(stem) :] if word.startswith(stem) else ""
    for other, documents in near:
        if other != stem and OSA.distance(stem, other, score_cutoff=1) <= 1:
            # What is looked for is stemmed once more: the typed ending may be needed for that.
            for spelling in dict.fromkeys((other + ending, other)):
                if stems_of([spelling])[spelling] == (other,):
                    return spelling, documents
    return None
