"""Lists of words and of names, as people write them: `#` opens a comment."""

from collections.abc import Iterator

from pipeline.core.whole_text import whole_text


def listed_words(content: bytes, name: str) -> list[str]:
    """Return the words of a list in lower case, sorted, each once: they are parted by white space.

    name is how sentences call the file. Raises UserError where it is no UTF-8 or has marks of a
    git conflict.
    """
    lines = _lines(content, name)
    return sorted({word for line in lines for word in line.lower().split()})


def listed_names(content: bytes, name: str) -> list[str]:
    """Return the names of a list, one a line, in order; raises UserError as listed_words does."""
    return [line.strip() for line in _lines(content, name) if line.strip()]


def _lines(content: bytes, name: str) -> Iterator[str]:
    for line in whole_text(content, name).splitlines():
        yield line.partition("#")[0]
