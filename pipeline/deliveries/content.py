"""The bytes of a landed delivery, read where they are looked at and nowhere kept.

A delivery may be larger than what memory holds comfortably, so its file is mapped: slices of it
are bytes, it can be searched, and what was read stays the file's and not the process's.
"""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Content = bytes | mmap.mmap
"""What parsers take: slices are bytes, find and rfind look for them, len counts them."""

WINDOW_BYTES = 1 << 20


@contextmanager
def mapped(path: str) -> Iterator[Content]:
    """Give the content of the file at path; an empty file cannot be mapped and is no bytes."""
    with Path(path).open("rb") as file:
        if not file.seek(0, 2):
            yield b""
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield content


def let_go(content: Content) -> None:
    """Tell the kernel that what was read of a mapped file need not stay in memory."""
    if isinstance(content, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        content.madvise(mmap.MADV_DONTNEED)


def windows(content: Content, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield (offset, bytes) from start on, a megabyte at a time, never within a character.

    Where the content is no UTF-8 a window may end anywhere.
    """
    while start < len(content):
        window = content[start : start + WINDOW_BYTES]
        if start + len(window) < len(content):
            window = window[: _whole_chars(window)]
        yield start, window
        start += len(window)
        let_go(content)


def find(content: Content, sought: bytes, start: int) -> int:
    """Return where a byte stands next from start on, -1 where it does not, window by window."""
    while start < len(content):
        found = content.find(sought, start, start + WINDOW_BYTES)
        if found >= 0:
            return found
        start += WINDOW_BYTES
        let_go(content)
    return -1


def is_blank(content: Content, start: int = 0) -> bool:
    """Return whether content holds nothing but white space from start on."""
    return all(not window.strip() for _, window in windows(content, start))


def _whole_chars(window: bytes) -> int:
    """Return how many of a window's bytes belong to characters that it holds whole."""
    longest_char_bytes = 4
    for back in range(1, min(longest_char_bytes, len(window)) + 1):
        byte = window[-back]
        if byte < 0x80:  # noqa: PLR2004 - ASCII
            return len(window)
        if byte >= 0xC0:  # noqa: PLR2004 - the first byte of a character
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4  # noqa: PLR2004
            return len(window) if needed <= back else len(window) - back
    return len(window)
