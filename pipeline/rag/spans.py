"""Where in a pair the words of a question stand, and the stretch of the answer that shows most."""

import sqlite3
from collections import Counter
from typing import NamedTuple

from pipeline.core.text import excerpt
from pipeline.rag.matching import Question, any_of

SNIPPET_CHARS = 300
"""About two to three lines of a terminal."""

_MARKS = ("\ue000", "\ue001")
"""Of the private use area, which no text has a meaning for; one that has them is not marked."""

_MARKED = """SELECT highlight(documents_fts, 0, :open, :close),
        highlight(documents_fts, 1, :open, :close)
    FROM documents_fts WHERE documents_fts MATCH :match AND rowid = :document_id"""

Span = list[int]


class Spans(NamedTuple):
    """Starts and ends, in characters, of what matched; shown is the stretch that snippet is of."""

    question: list[Span]
    answer: list[Span]
    shown: Span
    snippet: str


def spans_of(
    connection: sqlite3.Connection, document_id: int, question: Question, asked: str, answer: str
) -> Spans:
    """Return where the words of a question stand in a document's question and answer.

    They are found by the index itself, as it stems and folds them. The snippet is the stretch of
    SNIPPET_CHARS with most different ones; the beginning of the answer where there is none.
    """
    row = None
    if question.sought and not any(mark in asked + answer for mark in _MARKS):
        values = {
            "match": any_of(word.sought for word in question.sought),
            "document_id": document_id,
            "open": _MARKS[0],
            "close": _MARKS[1],
        }
        row = connection.execute(_MARKED, values).fetchone()
    marked = row or ("", "")
    in_question, in_answer = _unmarked(marked[0], asked), _unmarked(marked[1], answer)
    shown = _stretch(answer, in_answer)
    return Spans(in_question, in_answer, shown, excerpt(answer[slice(*shown)], SNIPPET_CHARS))


def _unmarked(marked: str, text: str) -> list[Span]:
    """Return the spans that marks in a copy of text enclose, none where it is no copy of it."""
    spans: list[Span] = []
    place = 0
    for part in marked.split(_MARKS[0]):
        inside, closed, after = part.partition(_MARKS[1])
        if closed:
            spans.append([place, place + len(inside)])
        place += len(inside) + len(after)
    return spans if place == len(text) else []


def _stretch(text: str, spans: list[Span]) -> Span:
    """Return the start and end of the stretch with most different words, the first of equals."""
    best, shown = 0, _to_word_end(text, 0)
    words = [text[slice(*span)].lower() for span in spans]
    inside: Counter[str] = Counter()
    reached = 0
    for first, (start, _) in enumerate(spans):
        while reached < len(spans) and spans[reached][1] <= start + SNIPPET_CHARS:
            inside[words[reached]] += 1
            reached += 1
        if len(inside) > best:
            best, shown = len(inside), [start, start + SNIPPET_CHARS]
        if reached == first:  # a word that is longer than the stretch
            reached += 1
        elif inside[words[first]] == 1:
            del inside[words[first]]
        else:
            inside[words[first]] -= 1
    if best == 0:
        return shown
    return _at_words(text, shown)


def _at_words(text: str, shown: Span) -> Span:
    """Return a stretch that starts behind a line or sentence that is near."""
    start = shown[0]
    lead = text.rfind("\n", max(0, start - SNIPPET_CHARS // 3), start)
    lead = max(lead, text.rfind(". ", max(0, start - SNIPPET_CHARS // 3), start))
    begin = lead + 1 if lead >= 0 else (text.rfind(" ", 0, start) + 1)
    return _to_word_end(text, begin)


def _to_word_end(text: str, begin: int) -> Span:
    """Return the stretch from begin on, of SNIPPET_CHARS at most, that ends behind a whole word.

    A word that is longer is cut.
    """
    end = min(len(text), begin + SNIPPET_CHARS)
    if end < len(text) and not text[end].isspace():
        space = max(text.rfind(space, begin, end) for space in (" ", "\n", "\t"))
        end = space if space > begin else end
    return [begin, end]
