"""JSON lines that stay in their file: each iteration parses them anew."""

from collections.abc import Iterator, Sized
from typing import Any, Protocol

from pipeline.deliveries.content import WINDOW_BYTES, Content, find, let_go
from pipeline.deliveries.json_text import LONGEST_LINE_BYTES, parse_value

_ESCAPED_LETTER = b"\\u00"


class NumberedValues(Sized, Protocol):
    """(line number from 1, value) of each line that is not blank; a list is one."""

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        """Yield them in order."""
        ...


class Lines(NumberedValues):
    """The lines of a content, parsed one by one whenever they are iterated."""

    def __init__(self, content: Content) -> None:
        self._content = content

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        for number, line in each_line(self._content):
            yield number, parse_value(line, f"line {number}")

    def __len__(self) -> int:
        return sum(1 for _ in each_line(self._content))

    def naming(self, *names: str) -> Iterator[tuple[int, Any]]:
        """Yield the lines in which an object may have a key of names; others are not parsed.

        A key may be spelled with escapes: lines with an escaped ASCII character are all yielded.
        """
        marks = [_ESCAPED_LETTER, *(f'"{name}"'.encode() for name in names)]
        for number, line in each_line(self._content):
            if any(mark in line for mark in marks):
                yield number, parse_value(line, f"line {number}")


def each_line(content: Content) -> Iterator[tuple[int, bytes]]:
    r"""Yield (number from 1, bytes) of each line that is not blank, split at b"\n" alone.

    Of a line that is too long for a record its beginning alone is given, one byte too much.
    """
    start, number, let_go_at = 0, 0, WINDOW_BYTES
    while start < len(content):
        end = find(content, b"\n", start)
        end = len(content) if end < 0 else end
        number += 1
        line = content[start : min(end, start + LONGEST_LINE_BYTES + 1)]
        if line.strip():
            yield number, line
        start = end + 1
        if start > let_go_at:
            let_go(content)
            let_go_at = start + WINDOW_BYTES


def lines_naming(lines: NumberedValues, *names: str) -> Iterator[tuple[int, Any]]:
    """Yield at least the lines with an object that has one of names as a key."""
    yield from lines.naming(*names) if isinstance(lines, Lines) else iter(lines)
