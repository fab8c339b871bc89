"""Delivered text as a terminal may show it.

A delivery can hold escape sequences that move the cursor, retitle the window or hide what
follows, and characters that turn the direction of a line. What is no plain character is shown
as the escape that names it. Markup of rich is never read: everything goes through `Text`.
"""

import unicodedata


def one_line(text: str) -> str:
    """Return text on one line, with every character that is not printable as its escape."""
    return " ".join(paragraphs(text).split())


def paragraphs(text: str) -> str:
    """Return text with its line ends, with every character that is not printable as its escape."""
    plain = text.replace("\r\n", "\n").expandtabs(4)
    return plain if plain.isprintable() else "".join(map(_shown, plain))


def _shown(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode("ascii")
