"""Text as people and reports see it."""

import re

_PLURAL = re.compile(r"(?<=\w{2}[^s])s$")


def excerpt(text: str, limit_chars: int = 200) -> str:
    """Return text on one line, cut to limit_chars characters with an ellipsis at the end."""
    line = " ".join(text[: 4 * limit_chars].split())
    return line if len(line) <= limit_chars else line[: limit_chars - 1] + "…"


def counted(number: int, noun: str) -> str:
    """Return a count with its noun, as in "1 pair" and "2,008 pairs"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def singular(word: str) -> str:
    """Return a word in lower case without the "s" of a regular plural: "bridges", but "gas"."""
    return _PLURAL.sub("", word) if word.endswith("s") else word
