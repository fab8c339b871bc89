"""ODT as the blocks of a page: headings, paragraphs, lists and tables, as a reader sees them.

Deleted text that a file still tracks, comments and notes are not looked at. White space is what
ODF says it is: runs of it are one space, and tabs, line breaks and further spaces are elements.
"""

import re
from collections.abc import Iterator
from typing import Any

from pipeline.deliveries.html_blocks import Block

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_TEXT = f"{{{_OASIS}:text:1.0}}"
_TABLE = f"{{{_OASIS}:table:1.0}}"
_OFFICE = f"{{{_OASIS}:office:1.0}}"
_UNSEEN = (f"{_TEXT}tracked-changes", f"{_TEXT}note", f"{_OFFICE}annotation")
_SPACE = re.compile(r"[ \t\r\n]+")
_MOST_SPACES = 1_000
_MOST_DEPTH = 100


def open_blocks(root: Any) -> Iterator[Block]:
    """Yield the blocks of a document's body in order."""
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    yield from _blocks(body if body is not None else (), 0)


def _blocks(node: Any, depth: int, *, is_item: bool = False) -> Iterator[Block]:
    for child in node if depth < _MOST_DEPTH else ():
        if child.tag == f"{_TEXT}h":
            level = child.get(f"{_TEXT}outline-level", "1")
            yield from _shown("heading", _text(child), int(level) if level.isdecimal() else 1)
        elif child.tag == f"{_TEXT}p":
            text = _text(child)
            yield from _shown("item", f"- {text}") if is_item and text else _shown("text", text)
        elif child.tag == f"{_TABLE}table":
            yield Block("table", "", rows=tuple(_rows(child)))
        elif child.tag == f"{_TEXT}list-item":
            yield from _blocks(child, depth + 1, is_item=True)
        elif child.tag not in _UNSEEN:
            yield from _blocks(child, depth + 1, is_item=is_item)


def _shown(kind: str, text: str, level: int = 0) -> Iterator[Block]:
    if text:
        yield Block(kind, text, level)


def _rows(table: Any) -> Iterator[tuple[str, ...]]:
    for row in table.iter(f"{_TABLE}table-row"):
        cells = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
        yield tuple(
            "\n\n".join(text for p in cell.iter(f"{_TEXT}p") if (text := _text(p)))
            for cell in row
            if cell.tag in cells
        )


def _text(node: Any) -> str:
    return "".join(_parts(node, 0)).strip()


def _parts(node: Any, depth: int) -> Iterator[str]:
    yield _SPACE.sub(" ", node.text or "")
    for child in node if depth < _MOST_DEPTH else ():
        if child.tag == f"{_TEXT}s":
            count = child.get(f"{_TEXT}c", "1")
            yield " " * min(int(count) if count.isdecimal() else 1, _MOST_SPACES)
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag not in _UNSEEN:
            yield from _parts(child, depth + 1)
        yield _SPACE.sub(" ", child.tail or "")
