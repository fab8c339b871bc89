"""HTML as documents: FAQPage data, lists of terms, details, tables, headings, marked paragraphs.

A page is parsed and never run: scripts are read only where they are data (JSON-LD), no address is
followed, no style is applied. What a page says in its own words for machines comes before its
marks for people; of these the most explicit kind that holds pairs is read.
"""

import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from pipeline.deliveries import envelopes
from pipeline.deliveries import tables as grids
from pipeline.deliveries.html_blocks import (
    Block,
    TooDeepHtmlError,
    blocks_of,
    html_tree,
    joined,
    plain_text,
    words,
)
from pipeline.deliveries.json_text import parse_value
from pipeline.deliveries.marked_lines import marked_lines
from pipeline.deliveries.question_lines import asks
from pipeline.deliveries.records import (
    CellTable,
    Document,
    JsonDocument,
    Members,
    Refusal,
    Tables,
    TextDocument,
    refused,
)

_MOST_CHARS = 20_000_000
_TWO = 2
_ITEM_SCOPE = "[itemtype*='schema.org/Question']"
_PAIR_CLASSES = re.compile(r"(?:^|[-_ ])(question|answer)(?:$|[-_ ])")


def looks_like_html(text: str) -> bool:
    """Return whether a text begins as a page does."""
    head = text[:1000].lstrip().lower()
    return head.startswith(("<!doctype html", "<html", "<head", "<body")) or (
        re.match(r"<(?:div|dl|section|article|main|table|h[1-6]|p|details|script|meta)[\s>]", head)
        is not None
    )


def parse(text: str) -> Document | Refusal:
    """Return what a page holds, as JSON, tables or text that the same families read."""
    if len(text) > _MOST_CHARS:
        return refused(
            "", "too_large", f"{len(text):,} characters of HTML, read are {_MOST_CHARS:,}"
        )
    try:
        tree = html_tree(text)
        found = [*_linked_data(tree), *_microdata(tree)]
        if found:
            return JsonDocument(found, ("format <- HTML, data for machines",))
        body = tree.body
        blocks = list(blocks_of(body, 0)) if body is not None else []
    except TooDeepHtmlError as fault:
        return refused("", "too_deep", str(fault))
    return document_of(blocks, "html")


def document_of(blocks: list[Block], kind: str) -> Document:
    """Return a page's blocks as what they say most explicitly: terms, tables, or text.

    Where terms and tables stand beside each other, or beside marked questions and answers, each
    of them is a part of the page; other text beside them is none.
    """
    parts: list[tuple[str, Document]] = []
    listed = list(_terms(blocks))
    if listed:
        note = f"format <- {kind}, terms and their definitions"
        parts.append(("terms", JsonDocument(listed, (note,))))
    rows_of_each = [block.rows for block in blocks if block.kind == "table" and block.rows]
    tables = tuple(_table(n, rows) for n, rows in enumerate(rows_of_each, 1))
    if any(map(grids.holds_records, tables)):
        parts.append(("tables", Tables(kind, tables)))
    read = {"terms": ("term", "definition"), "tables": ("table",)}
    passed = [one for name, _ in parts for one in read[name]]
    rest = [block for block in blocks if block.kind not in passed and (block.text or block.rows)]
    text = "\n\n".join(map(_as_markdown, rest))
    if not parts:
        return TextDocument(text, ".md")
    if {mark.side for mark in marked_lines(text.split("\n"), text)} == {"question", "answer"}:
        parts.append(("text", TextDocument(text, ".md")))
    return parts[0][1] if len(parts) == 1 else Members(kind, lambda: iter(parts))


def _table(number: int, rows: tuple[tuple[str, ...], ...]) -> CellTable:
    """Return the table of a page; one without a header, of questions and answers, gets one."""
    name = f"table {number}"
    head = grids.header_among(rows)
    header: tuple[str, ...] = ("question", "answer")
    if head is None and all(len(row) == _TWO and asks(row[0]) and row[1] for row in rows):
        head = -1
    else:
        head = head or 0
        header = rows[head]
    placed = [(f"{name}/{n}", list(row)) for n, row in enumerate(rows) if n > head]
    return CellTable(name, header, lambda: iter(placed))


def _as_markdown(block: Block) -> str:
    if block.kind == "heading":
        return f"{'#' * block.level} {block.text}"
    if block.kind == "bold":
        return f"**{block.text}**"
    return "\n".join("\t".join(row) for row in block.rows) if block.rows else block.text


# --- what a page says for machines


def _linked_data(tree: LexborHTMLParser) -> Iterator[Any]:
    for node in tree.css("script[type='application/ld+json']"):
        value = parse_value((node.text() or "").strip().encode(), "")
        if not isinstance(value, Refusal) and envelopes.holds_records(value):
            yield from (_readable(item) for item in _questions(value, 0))


def _questions(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    most_depth = 8
    if isinstance(value, dict) and ("acceptedAnswer" in value or "suggestedAnswer" in value):
        yield value
    elif depth < most_depth and isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _questions(item, depth + 1)


def _readable(question: dict[str, Any]) -> dict[str, Any]:
    """Return a Question whose texts, which may be HTML there, are plain."""
    found = dict(question)
    for key in ("acceptedAnswer", "suggestedAnswer"):
        answers = found.get(key)
        first = answers[0] if isinstance(answers, list) and answers else answers
        if isinstance(first, dict) and isinstance(first.get("text"), str):
            found[key] = {**first, "text": plain_text(first["text"]).strip()}
    if isinstance(found.get("name"), str):
        found["name"] = plain_text(found["name"]).strip()
    return found


def _microdata(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    for node in tree.css(_ITEM_SCOPE):
        name, text = node.css_first("[itemprop='name']"), node.css_first("[itemprop='text']")
        if name is not None and text is not None:
            yield {"question": words(name), "answer": joined(list(blocks_of(text, 0)))}
    if tree.css_first(_ITEM_SCOPE) is None:
        yield from _by_class(tree)


def _by_class(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    """Yield the pairs of elements whose classes say question and answer, in turn."""
    found: list[tuple[str, Any]] = []
    for node in tree.css("[class*='question'], [class*='answer']"):
        sides = set(_PAIR_CLASSES.findall(node.attributes.get("class") or ""))
        inner = node.css("[class*='question'], [class*='answer']")
        if len(sides) == 1 and len(inner) <= 1:
            found.append((sides.pop(), node))
    sides_in_turn = [side for side, _ in found]
    if found and sides_in_turn == ["question", "answer"] * (len(found) // 2):
        for (_, question), (_, answer) in zip(found[::2], found[1::2], strict=True):
            yield {"question": words(question), "answer": joined(list(blocks_of(answer, 0)))}


# --- what it says for people


def _terms(blocks: list[Block]) -> Iterator[dict[str, Any]]:
    """Yield the pairs of terms and details, each with the heading above it."""
    section, before = "", [""] * 0
    for n, block in enumerate(blocks):
        if block.kind == "heading":
            section = block.text
        if block.kind != "term" or (n and blocks[n - 1].kind == "term"):
            continue
        asked = [block.text]
        place = n + 1
        while place < len(blocks) and blocks[place].kind == "term":
            asked.append(blocks[place].text)
            place += 1
        parts = []
        while place < len(blocks) and blocks[place].kind == "definition":
            parts.append(blocks[place])
            place += 1
        answer = "\n\n".join(part.text for part in parts)
        fields: dict[str, Any] = {"question": "\n".join(asked)}
        yield {
            **fields,
            **({"answer": answer} if answer else {}),
            **({"topic": section} if section else {}),
        }
    del before
