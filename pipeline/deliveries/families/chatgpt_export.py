"""A ChatGPT export: [{"title", "mapping": {id: {"message", "parent", "children"}}}].

A conversation is a tree: a question edited or an answer made again opens a branch. Each branch
is read from its leaf up, and an exchange that branches share is one pair.
"""

from collections.abc import Iterator
from typing import Any

from pipeline.deliveries import rows, turns
from pipeline.deliveries.records import Document, Reading, Record, Refusal, escape_token, refused

NAME = "chatgpt_export"

_MOST_REPETITION = 5
_FREE_NODES = 1_000
_HIDDEN = ("system", "tool")


def sniff(document: Document) -> bool:
    """Return whether document is rows whose mapping holds nodes with messages and parents."""
    return rows.are_rows(document, _is_conversation)


def read(document: Document) -> Reading:
    """Return one record per user message and answer; a conversation's title is their topic."""
    note = ("answer <- assistant messages", "question <- user messages", "topic <- title")
    return Reading(rows.each_mapped(document, _mapped), None, {}, note)


def _is_conversation(row: dict[str, Any]) -> bool:
    nodes = row.get("mapping")
    return isinstance(nodes, dict) and any(
        isinstance(node, dict) and "message" in node and "parent" in node for node in nodes.values()
    )


def _mapped(place: str, row: dict[str, Any]) -> Iterator[Record | Refusal]:
    extra: dict[str, Any] = {"conversation_id": row.get("conversation_id") or row.get("id")}
    extra = {"topic": row.get("title"), **extra}
    extra = {key: value for key, value in extra.items() if value}
    nodes = row["mapping"] if isinstance(row.get("mapping"), dict) else {}
    told: set[tuple[str, str]] = set()
    branches, unread = _branches(nodes, row.get("current_node"))
    for branch in branches or [[]]:
        said = [turn for name in branch if (turn := _turn(place, name, nodes[name])) is not None]
        for record in turns.pairs_of(said, extra, place):
            exchange = (record.pointer, _answer(record))
            if exchange not in told:
                told.add(exchange)
                yield record
    if unread:
        yield refused(place, "too_large", f"{unread} branches of the conversation not read", extra)


def _answer(record: Record | Refusal) -> str:
    return str(record.fields.get("answer")) if isinstance(record, Record) else record.reason


def _branches(nodes: dict[str, Any], current: Any) -> tuple[list[list[str]], int]:
    """Return the paths from root to leaf, the one that the conversation shows first, and the rest.

    Branches repeat what they share. Reading stops where the paths hold five times the nodes;
    how many were not read is told.
    """
    parents = {name: node.get("parent") for name, node in nodes.items() if isinstance(node, dict)}
    inner = {parent for parent in parents.values() if isinstance(parent, str)}
    leaves = [name for name in parents if name not in inner and name != current]
    if isinstance(current, str) and current in parents:
        leaves.insert(0, current)
    left = _MOST_REPETITION * len(nodes) + _FREE_NODES
    paths: list[list[str]] = []
    for leaf in leaves:
        path = _path(parents, leaf)
        left -= len(path)
        if left < 0:
            break
        paths.append(path)
    return paths, len(leaves) - len(paths)


def _path(parents: dict[str, Any], leaf: str) -> list[str]:
    """Return the names from the root to a leaf; a circle of parents is walked once."""
    path: dict[str, None] = {}
    name: Any = leaf
    while isinstance(name, str) and name in parents and name not in path:
        path[name] = None
        name = parents[name]
    return list(reversed(path))


def _turn(place: str, name: str, node: dict[str, Any]) -> turns.Turn | None:
    message = node.get("message")
    if not isinstance(message, dict):
        return None
    author = message.get("author")
    role = turns.role_of(author.get("role") if isinstance(author, dict) else None)
    content = message.get("content")
    text = turns.text_of(content.get("parts") if isinstance(content, dict) else content)
    if not text.strip() or role in _HIDDEN:
        return None
    return turns.Turn(f"{place}/mapping/{escape_token(name)}", role, text)
