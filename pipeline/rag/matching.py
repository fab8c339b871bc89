"""From what a person typed to a full-text query that cannot be malformed."""

import re
import unicodedata

_WORD = re.compile(r"\w+")


def readable(query: str) -> str:
    """Return the query as text that every encoder takes: NFC, lone surrogates replaced."""
    return unicodedata.normalize("NFC", query.encode("utf-8", "replace").decode("utf-8"))


def full_text_query(query: str) -> str:
    """Return an FTS5 expression that matches documents with any word of the query.

    FTS5 has a grammar (AND, NEAR, column filters, `*`, `^`, quotes); a question has none. Each
    word becomes a quoted string and nothing else of the query is kept, so no text can break the
    grammar or use it. Any word may match, not all: bm25 ranks by how many do and how rare they
    are, and a question that is worded otherwise shares only some of its words.

    Returns "" when the query has no word.
    """
    words = {word.lower(): word for word in _WORD.findall(readable(query))}
    return " OR ".join(f'"{word}"' for word in words.values())
