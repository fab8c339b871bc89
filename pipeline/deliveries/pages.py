"""HTML as documents: FAQPage data, lists of terms, details, tables, headings, marked paragraphs.

A page is parsed and never run: scripts are read only where they are data (JSON-LD), no address is
followed, no style is applied. What a page says in its own words for machines comes before its
marks for people; of these the most explicit kind that holds pairs is read.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from pipeline.deliveries import envelopes
from pipeline.deliveries import tables as grids
from pipeline.deliveries.json_text import parse_value
from pipeline.deliveries.records import (
    CellTable,
    Document,
    JsonDocument,
    Refusal,
    Tables,
    TextDocument,
    refused,
)

_MOST_CHARS = 20_000_000
_MOST_DEPTH = 200
_SKIPPED = frozenset(
    (
        "script",
        "style",
        "template",
        "noscript",
        "svg",
        "head",
        "nav",
        "footer",
        "form",
        "button",
        "select",
        "iframe",
        "object",
    )
)
_BLOCKS = frozenset(
    (
        "p",
        "div",
        "section",
        "article",
        "main",
        "body",
        "html",
        "li",
        "ul",
        "ol",
        "pre",
        "blockquote",
        "header",
        "aside",
        "figure",
        "figcaption",
        "address",
        "center",
        "dl",
        "dt",
        "dd",
        "details",
        "summary",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
    )
)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_ITEM_SCOPE = "[itemtype*='schema.org/Question']"
_PAIR_CLASSES = re.compile(r"(?:^|[-_ ])(question|answer)(?:$|[-_ ])")


class Block(NamedTuple):
    """A part of a page: its kind, its text, its level (of a heading) and its cells (of a table)."""

    kind: str
    text: str
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


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
    tree = LexborHTMLParser(text)
    found = [*_linked_data(tree), *_microdata(tree)]
    if found:
        return JsonDocument(found, ("format <- HTML, data for machines",))
    body = tree.body
    blocks = list(_blocks(body, 0)) if body is not None else []
    return document_of(blocks, "html")


def document_of(blocks: list[Block], kind: str) -> Document:
    """Return a page's blocks as what they say most explicitly: terms, tables, or text."""
    listed = list(_terms(blocks))
    if listed:
        return JsonDocument(listed, (f"format <- {kind}, terms and their definitions",))
    tables = tuple(
        CellTable(f"table {n}", block.rows[head], _rows(n, block.rows, head))
        for n, block in enumerate((b for b in blocks if b.kind == "table"), 1)
        if block.rows and ((head := grids.header_among(block.rows)) is not None or not (head := 0))
    )
    if any(map(grids.holds_records, tables)):
        return Tables(kind, tables)
    text = "\n\n".join(_as_markdown(block) for block in blocks if block.text or block.rows)
    return TextDocument(text, ".md")


def plain_text(html: str) -> str:
    """Return the text of a piece of HTML, paragraphs apart by an empty line."""
    if "<" not in html and "&" not in html:
        return html
    body = LexborHTMLParser(html).body
    blocks = _blocks(body, 0) if body is not None else iter(())
    return _joined(list(blocks))


def _joined(blocks: list[Block]) -> str:
    out = ""
    kind = ""
    for block in blocks:
        text = "\n".join("\t".join(row) for row in block.rows) if block.rows else block.text
        if text:
            out += ("\n" if block.kind == kind == "item" else "\n\n" if out else "") + text
            kind = block.kind
    return out


def _rows(number: int, rows: tuple[tuple[str, ...], ...], head: int) -> Any:
    placed = [(f"table {number}/{n}", list(row)) for n, row in enumerate(rows) if n > head]
    return lambda: iter(placed)


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
            yield {"question": _words(name), "answer": _joined(list(_blocks(text, 0)))}
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
            yield {"question": _words(question), "answer": _joined(list(_blocks(answer, 0)))}


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


def _blocks(node: Any, depth: int) -> Iterator[Block]:
    """Yield the blocks below a node; text between elements is a paragraph of its own."""
    loose: list[str] = []
    if depth > _MOST_DEPTH:
        return
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag in _SKIPPED:
            continue
        if tag in _BLOCKS or _holds_blocks(child):
            yield from _paragraph(loose)
            loose = []
            yield from _block(child, tag, depth)
        else:
            loose.append(_inline(child, depth))
    yield from _paragraph(loose)


def _holds_blocks(node: Any) -> bool:
    return node.tag not in ("-text", "a", "b", "strong", "em", "i", "span", "code", "br") and any(
        child.tag in _BLOCKS for child in node.iter()
    )


def _paragraph(loose: list[str]) -> Iterator[Block]:
    text = _tidy("".join(loose))
    if text:
        yield Block("text", text)


def _block(node: Any, tag: str, depth: int) -> Iterator[Block]:
    if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
        yield Block("heading", _words(node), int(tag[1]))
    elif tag == "pre":
        yield Block("text", (node.text(deep=True) or "").strip("\n"))
    elif tag == "table":
        yield Block("table", "", rows=tuple(_cells(node)))
    elif tag in ("dt", "summary"):
        yield Block("term", _words(node))
    elif tag == "dd":
        yield Block("definition", _joined(list(_blocks(node, depth + 1))))
    elif tag == "details":
        yield from _details(node, depth)
    elif tag == "li":
        inner = _joined(list(_blocks(node, depth + 1)))
        mark = "1." if node.parent is not None and node.parent.tag == "ol" else "-"
        yield Block("item", f"{_numbered(node) if mark == '1.' else '-'} {inner}")
    elif tag == "p" and _is_bold(node):
        yield Block("bold", _words(node))
    elif tag != "hr":
        yield from _blocks(node, depth + 1)


def _numbered(node: Any) -> str:
    number, before = 1, node.prev
    while before is not None:
        number += before.tag == "li"
        before = before.prev
    return f"{number}."


def _details(node: Any, depth: int) -> Iterator[Block]:
    summary = node.css_first("summary")
    if summary is None:
        yield from _blocks(node, depth + 1)
        return
    yield Block("term", _words(summary))
    below = [b for b in _blocks(node, depth + 1) if b.kind != "term" or b.text != _words(summary)]
    yield Block("definition", _joined(below))


def _is_bold(node: Any) -> bool:
    bold = [child for child in node.iter() if child.tag in ("b", "strong")]
    return len(bold) == 1 and _words(bold[0]) == _words(node) and bool(_words(node))


def _cells(table: Any) -> Iterator[tuple[str, ...]]:
    for row in table.css("tr"):
        cells = [c for c in row.iter() if c.tag in ("td", "th")]
        yield tuple(_joined(list(_blocks(cell, 0))) for cell in cells)


def _inline(node: Any, depth: int) -> str:
    if node.tag == "-text":
        return _SPACE.sub(" ", node.text(deep=False) or "")
    if node.tag == "br":
        return "\n"
    if node.tag in _SKIPPED or depth > _MOST_DEPTH:
        return ""
    return "".join(_inline(child, depth + 1) for child in node.iter(include_text=True))


def _words(node: Any) -> str:
    return _tidy(_SPACE.sub(" ", node.text(deep=True) or ""))


def _tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n")).strip()
