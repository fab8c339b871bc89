"""The parts of a page of HTML in reading order: headings, paragraphs, items, terms, tables."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from pipeline.deliveries.question_lines import asks

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
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_MOST_OPEN = 1000
_NEVER_OPEN = frozenset(
    """
    area base br col embed hr img input link meta source track wbr p li dt dd tr td th thead tbody
    tfoot option optgroup colgroup html head body
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)
"""Elements that hold nothing, or that the next of their kind, or what holds them, ends."""


class TooDeepHtmlError(ValueError):
    """A page whose elements lie in each other more deeply than it is read."""

    def __init__(self) -> None:
        super().__init__(f"elements nested deeper than {_MOST_DEPTH} levels")


class Block(NamedTuple):
    """A part of a page: its kind, its text, its level (of a heading) and its cells (of a table)."""

    kind: str
    text: str
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def plain_text(html: str) -> str:
    """Return the text of a piece of HTML, paragraphs apart by an empty line.

    One that nests too deeply stays as it is.
    """
    if "<" not in html and "&" not in html:
        return html
    try:
        body = html_tree(html).body
        return joined(list(blocks_of(body, 0)) if body is not None else [])
    except TooDeepHtmlError:
        return html


def html_tree(html: str) -> LexborHTMLParser:
    """Return the tree of a page.

    Raises TooDeepHtmlError where a thousand elements are open at once: the parser looks through
    all of them at each tag, and what reads the tree does so again.
    """
    opened = 0
    for tag in _TAG.finditer(html) if html.count("<") > _MOST_OPEN else ():
        if tag[2].lower() not in _NEVER_OPEN:
            opened = max(0, opened - 1) if tag[1] else opened + 1
            if opened > _MOST_OPEN:
                raise TooDeepHtmlError
    return LexborHTMLParser(html)


def joined(blocks: list[Block]) -> str:
    """Return the text of blocks, paragraphs apart by an empty line."""
    out = ""
    kind = ""
    for block in blocks:
        text = "\n".join("\t".join(row) for row in block.rows) if block.rows else block.text
        if text:
            out += ("\n" if block.kind == kind == "item" else "\n\n" if out else "") + text
            kind = block.kind
    return out


def blocks_of(node: Any, depth: int) -> Iterator[Block]:
    """Yield the blocks below a node; text between elements is a paragraph of its own.

    Raises TooDeepHtmlError where one lies too deeply: its text would be lost.
    """
    loose: list[str] = []
    items = 0
    if depth > _MOST_DEPTH:
        raise TooDeepHtmlError
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag in _SKIPPED and tag != "button":
            continue
        if tag in _BLOCKS or tag == "button" or _holds_blocks(child):
            yield from _paragraph(loose)
            loose = []
            items += tag == "li"
            yield from _block(child, tag, depth, items)
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


def _block(node: Any, tag: str, depth: int, number: int) -> Iterator[Block]:
    """Yield the blocks of an element; number says which item of its list it is."""
    lead = _asking_lead(node) if tag in ("li", "p", "div") else None
    if lead is not None:
        yield from _led(node, lead, depth)
    elif tag == "li":
        yield _item(node, depth, number)
    elif tag in _ONE_BLOCK:
        yield from _ONE_BLOCK[tag](node, depth)
    elif tag == "details":
        yield from _details(node, depth)
    elif tag == "p" and _is_bold(node):
        yield Block("bold", words(node))
    elif tag == "button":
        if asks(words(node)):
            yield Block("bold", words(node))
    elif tag != "hr":
        yield from blocks_of(node, depth + 1)


def _heading(node: Any, depth: int) -> Iterator[Block]:
    del depth
    yield Block("heading", words(node), int(node.tag[1]))


def _preformatted(node: Any, depth: int) -> Iterator[Block]:
    del depth
    yield Block("text", (node.text(deep=True) or "").strip("\n"))


def _table(node: Any, depth: int) -> Iterator[Block]:
    yield Block("table", "", rows=tuple(_cells(node, depth)))


def _term(node: Any, depth: int) -> Iterator[Block]:
    del depth
    yield Block("term", words(node))


def _definition(node: Any, depth: int) -> Iterator[Block]:
    yield Block("definition", joined(list(blocks_of(node, depth + 1))))


def _item(node: Any, depth: int, number: int) -> Block:
    mark = f"{number}." if node.parent is not None and node.parent.tag == "ol" else "-"
    return Block("item", f"{mark} {joined(list(blocks_of(node, depth + 1)))}")


_ONE_BLOCK = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    **dict.fromkeys(("dt", "summary"), _term),
    "pre": _preformatted,
    "table": _table,
    "dd": _definition,
}
"""How an element that is one block is read."""


def _details(node: Any, depth: int) -> Iterator[Block]:
    summary = node.css_first("summary")
    if summary is None:
        yield from blocks_of(node, depth + 1)
        return
    yield Block("term", words(summary))
    below = [b for b in blocks_of(node, depth + 1) if b.kind != "term" or b.text != words(summary)]
    yield Block("definition", joined(below))


def _asking_lead(node: Any) -> Any:
    """Return the bold text that opens an element, asks, and is followed by more; else None."""
    inside = [c for c in node.iter(include_text=True) if (c.text(deep=True) or "").strip()]
    is_led = len(inside) > 1 and inside[0].tag in ("b", "strong") and asks(words(inside[0]))
    return inside[0] if is_led else None


def _led(node: Any, lead: Any, depth: int) -> Iterator[Block]:
    yield Block("bold", words(lead))
    blocks = list(blocks_of(node, depth + 1))
    opened = blocks[0].text.removeprefix(words(lead)).strip() if blocks else ""
    if opened:
        yield Block("text", opened)
    yield from blocks[1:]


def _is_bold(node: Any) -> bool:
    bold = [child for child in node.iter() if child.tag in ("b", "strong")]
    return len(bold) == 1 and words(bold[0]) == words(node) and bool(words(node))


def _cells(table: Any, depth: int) -> Iterator[tuple[str, ...]]:
    """Yield the cells of each row, those of tables within as well.

    A table within a cell gives its own rows alone: the outermost one gives all of them, and each
    level that gave them again would double the work.
    """
    for row in _own_rows(table) if _is_in_cell(table) else table.css("tr"):
        cells = [c for c in row.iter() if c.tag in ("td", "th")]
        yield tuple(joined(list(blocks_of(cell, depth + 1))) for cell in cells)


def _own_rows(table: Any) -> Iterator[Any]:
    for child in table.iter():
        if child.tag == "tr":
            yield child
        elif child.tag in ("thead", "tbody", "tfoot"):
            yield from (row for row in child.iter() if row.tag == "tr")


def _is_in_cell(node: Any) -> bool:
    while (node := node.parent) is not None:
        if node.tag in ("td", "th"):
            return True
    return False


def _inline(node: Any, depth: int) -> str:
    if node.tag == "-text":
        return _SPACE.sub(" ", node.text(deep=False) or "")
    if node.tag == "br":
        return "\n"
    if node.tag in _SKIPPED or depth > _MOST_DEPTH:
        return ""
    return "".join(_inline(child, depth + 1) for child in node.iter(include_text=True))


def words(node: Any) -> str:
    """Return the text of a node on as many lines as it has."""
    return _tidy(_SPACE.sub(" ", node.text(deep=True) or ""))


def _tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n")).strip()
