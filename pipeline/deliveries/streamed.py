"""Large JSON documents, whose long lists stay in the file and are read item by item.

The document is gone through once, and every item is held to the same two readers as a small
document (json_text.py). What passes is given with its lists of records as `Items`, which read
their part of the file again whenever they are iterated: memory holds one item and a window of
text, not the document. Where anything is wrong nothing is given, and reading the document whole
says what it is: reasons and places are the same whatever the size.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeGuard, overload

from pipeline.core.json_depth import hold_to_json
from pipeline.deliveries.content import Content, windows
from pipeline.deliveries.json_text import decoder, is_long_list, object_of
from pipeline.deliveries.records import Duplicated

_SPACE = re.compile(r"[ \t\n\r]*")
_LONGEST_PIECE_CHARS = 16
"""No word, number's tail or escape of JSON that a window may cut in two is longer."""
_MOST_SAMPLED = 200
_FAULTS = (ValueError, RecursionError)


class Items(Sequence[Any]):
    """A list of a JSON document, parsed anew in every iteration; counted once."""

    def __init__(self, content: Content, start_byte: int, count: int) -> None:
        self._content, self._start, self._count = content, start_byte, count
        self._found: dict[Callable[[Any], bool], bool] = {}

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Any]:
        cursor = _Cursor(self._content, self._start)
        for _ in range(self._count):
            cursor.next_char()
            yield cursor.value()[0]
            cursor.next_char()
            cursor.pass_over(",")

    def has(self, is_such: Callable[[Any], bool]) -> bool:
        """Return whether an item is such a one; the list is read once for each question."""
        if is_such not in self._found:
            self._found[is_such] = any(map(is_such, self))
        return self._found[is_such]

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> list[Any]: ...
    def __getitem__(self, place: int | slice) -> Any:
        """Return an item, or a list of items, by reading the list from its beginning."""
        wanted = range(self._count)[place]
        if isinstance(wanted, range) and wanted.start == 0 and wanted.step == 1:
            return list(islice(self, wanted.stop))
        if isinstance(wanted, int):
            return next(item for position, item in enumerate(self) if position == wanted)
        found = {position: item for position, item in enumerate(self) if position in wanted}
        return [found[position] for position in wanted]


def is_list(value: object) -> TypeGuard[list[Any] | Items]:
    """Return whether a value is a JSON list, in memory or in its file."""
    return isinstance(value, (list, Items))


def has(items: Iterable[Any], is_such: Callable[[Any], bool]) -> bool:
    """Return whether an item of a JSON list is such a one."""
    return items.has(is_such) if isinstance(items, Items) else any(map(is_such, items))


def in_memory(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object with its lists in memory: what is one record is kept as a whole.

    A key that a part of it names twice, where the document's lists were read by themselves, is the
    record's fault again.
    """
    if isinstance(value, Duplicated) or not any(map(_is_apart, value.values())):
        return value
    pairs = [(k, list(item) if isinstance(item, Items) else item) for k, item in value.items()]
    return object_of(pairs)


def sampled(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object with the first items of its long lists: enough to say what it is."""
    if not any(isinstance(item, Items) for item in value.values()):
        return value
    return {
        k: item[:_MOST_SAMPLED] if isinstance(item, Items) else item for k, item in value.items()
    }


def _is_apart(item: Any) -> bool:
    is_marked = isinstance(item, list) and any(isinstance(one, Duplicated) for one in item)
    return is_marked or isinstance(item, Items)


def streamed(content: Content) -> Any | None:
    """Return the JSON value of content with its long lists as Items, None where it has a fault.

    Long lists are the outermost one, and those directly in the outermost object under a name by
    which lists of records go. All else is in memory. A document of one number or text is none.
    """
    cursor = _Cursor(content, 0)
    try:
        opening = cursor.next_char()
        if opening == "[":
            value: Any = _items(cursor, content, depth=0)
        elif opening == "{":
            value = object_of(list(_members(cursor, content)))
        else:
            return None
        return None if cursor.next_char() else value
    except _FAULTS:
        return None


def _members(cursor: "_Cursor", content: Content) -> Iterator[tuple[str, Any]]:
    """Yield the entries of the outermost object; raises ValueError at a fault."""
    cursor.pass_over("{")
    if cursor.next_char() == "}":
        cursor.pass_over("}")
        return
    while True:
        if cursor.next_char() != '"':
            raise ValueError("a key must be a text")
        key = _gated(cursor, depth=1)
        cursor.next_char()
        cursor.need(":")
        is_long = cursor.next_char() == "[" and is_long_list(key)
        yield key, _items(cursor, content, depth=1) if is_long else _gated(cursor, depth=1)
        if cursor.next_char() == "}":
            cursor.pass_over("}")
            return
        cursor.need(",")


def _items(cursor: "_Cursor", content: Content, depth: int) -> Items:
    """Return the list that opens here, after holding each item to both readers."""
    cursor.need("[")
    start, count = cursor.byte(), 0
    if cursor.next_char() == "]":
        cursor.pass_over("]")
        return Items(content, start, 0)
    while True:
        _gated(cursor, depth + 1)
        count += 1
        if cursor.next_char() == "]":
            cursor.pass_over("]")
            return Items(content, start, count)
        cursor.need(",")
        cursor.next_char()


def _gated(cursor: "_Cursor", depth: int) -> Any:
    """Return the value that stands here; raises ValueError where it is no JSON or nests too deeply.

    It is held to that as deep as it stands: how deep JSON may be nested counts from outside.
    """
    value, text = cursor.value()
    hold_to_json("[" * depth + text + "]" * depth)
    return value


class _Cursor:
    """A place in UTF-8 text, of which a window is held."""

    def __init__(self, content: Content, start_byte: int) -> None:
        self._windows = windows(content, start_byte)
        self._base = start_byte
        self._text = ""
        self._at = 0
        self._decoder = decoder()

    def byte(self) -> int:
        """Return the offset of the place in bytes."""
        return self._base + len(self._text[: self._at].encode())

    def next_char(self) -> str:
        """Go on to the next character that is no white space and return it, "" at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            assert match is not None
            self._at = match.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on(1):
                return ""

    def pass_over(self, char: str) -> None:
        """Go behind char where it stands here."""
        if self._text.startswith(char, self._at):
            self._at += 1

    def need(self, char: str) -> None:
        """Go behind char; raises ValueError where another one stands here."""
        if not self._text.startswith(char, self._at):
            raise ValueError(f"{char} is missing")
        self._at += 1

    def value(self) -> tuple[Any, str]:
        """Return the JSON value that starts here and its text, and go behind it."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as fault:
                if not self._may_be_cut(fault) or not self._read_on(len(self._text) - self._at):
                    raise
                continue
            if end == len(self._text) and self._read_on(1):
                continue  # a number may go on behind the window
            text = self._text[self._at : end]
            self._at = end
            return value, text

    def _may_be_cut(self, fault: json.JSONDecodeError) -> bool:
        """Return whether more text may mend a fault: it lies at the window's end."""
        return (
            fault.msg.startswith("Unterminated string")
            or fault.pos > len(self._text) - _LONGEST_PIECE_CHARS
        )

    def _read_on(self, least_chars: int) -> bool:
        """Drop what was passed and add at least least_chars, fewer at the end; False for none."""
        self._base = self.byte()
        parts, added = [self._text[self._at :]], 0
        self._at = 0
        for _, window in self._windows:
            parts.append(window.decode())
            added += len(parts[-1])
            if added >= least_chars:
                break
        self._text = "".join(parts)
        return bool(added)
