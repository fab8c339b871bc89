"""Conversations that are trees: a question edited or an answer made again opens a branch.

Each branch is read from its leaf up, and an exchange that branches share is one pair. Where the
export says which branch people see, its answer is the one of two to the same question.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from pipeline.deliveries import exchanges, turns
from pipeline.deliveries.records import Record, Refusal, refused
from pipeline.deliveries.turns import Turn

_MOST_REPETITION = 5
_FREE_NODES = 1_000
_PARENTS = (
    *("parent", "parentId", "parent_id", "parentUuid", "parentMessageId", "parent_uuid"),
    "parent_message_uuid",
)
SHOWN = ("current_leaf_message_uuid", "current_node", "currentId", "currentNode", "leafUuid")
"""Where a conversation says in which message the branch ends that people see."""
_NAMES = ("messageId", "message_id", "uuid", "id")
_REPLIES = ("replies", "children")
_MOST_NODES = 100_000


class Node(NamedTuple):
    """A message of a tree and the name of the one that it answers."""

    parent: str | None
    turn: Turn | None


def each_pair(
    nodes: Mapping[str, Node],
    extra: Mapping[str, Any],
    place: str,
    above: Mapping[str, Any],
    shown: Any = None,
) -> Iterator[Record | Refusal]:
    """Yield the pairs of all branches, first those of the branch that ends in the node shown.

    What no branch answers comes last: a branch that breaks off may ask what another one answers.
    Where a branch is shown, other answers to its questions were made again or chosen against:
    they are no pairs, and stay beside the one shown.
    """
    yielded: set[tuple[str, str]] = set()
    unanswered: dict[str, Record | Refusal] = {}
    branches, unread = _branches(nodes, shown)
    talks = [
        list(exchanges.pairs_of(talk, extra, place, above)) for talk in _talks(nodes, branches)
    ]
    others = _not_shown(talks) if isinstance(shown, str) and shown in nodes else {}
    for number, record in ((n, record) for n, talk in enumerate(talks) for record in talk):
        exchange = (record.pointer, _answer(record))
        if isinstance(record, Record) and "answer" not in record.fields:
            unanswered.setdefault(record.pointer, record)
        elif exchange not in yielded and not (number and record.pointer in others):
            yielded.add(exchange)
            yield _with_others(record, others.get(record.pointer, []))
    answered = {pointer for pointer, _ in yielded}
    yield from (record for pointer, record in unanswered.items() if pointer not in answered)
    if unread:
        message = f"{unread} branches of the conversation not read"
        yield refused(place, "too_large", message, dict(extra))


def _talks(nodes: Mapping[str, Node], branches: list[list[str]]) -> list[list[Turn]]:
    """Return the turns of each branch; of several those in which nothing is seen say nothing."""
    each = [[turn for name in branch if (turn := nodes[name].turn)] for branch in branches]
    return (
        [talk for talk in each if any(turn.is_seen and turn.text for turn in talk)]
        or each[:1]
        or [[]]
    )


def _not_shown(talks: list[list[Record | Refusal]]) -> dict[str, list[str]]:
    """Return by place of a question that the first talk answers its other answers elsewhere."""
    answers = {record.pointer: [_answer(record)] for record in talks[0] if _is_answered(record)}
    for record in chain.from_iterable(talks[1:]):
        known = answers.get(record.pointer)
        if known and _is_answered(record) and _answer(record) not in known:
            known.append(_answer(record))
    return {pointer: known[1:] for pointer, known in answers.items()}


def _is_answered(record: Record | Refusal) -> bool:
    return isinstance(record, Record) and "answer" in record.fields


def _with_others(record: Record | Refusal, others: list[str]) -> Record | Refusal:
    if not others or not isinstance(record, Record):
        return record
    return Record(record.pointer, {**record.fields, "other_answers": others}, record.context)


def nodes_by_name(listed: Mapping[str, Any], place: str) -> dict[str, Node] | None:
    """Return the nodes of {name: {message, parent}}, None where that is no such object."""
    found = {
        name: Node(_parent(node), turns.as_turn(node, f"{place}/{_token(name)}"))
        for name, node in listed.items()
        if isinstance(node, dict) and any(key in node for key in _PARENTS)
    }
    return found or None


def nodes_listed(listed: list[Any], place: str) -> dict[str, Node] | None:
    """Return the nodes of [{id, parent, ...}], None where the items do not point at each other.

    A node may hold the ones that answer it, below `replies` or `children`.
    """
    found: dict[str, Node] = {}
    is_tree = False
    open_nodes: list[tuple[str, Any, str | None]] = [
        (f"{place}/{n}", item, None) for n, item in enumerate(listed)
    ]
    open_nodes.reverse()
    while open_nodes and len(found) < _MOST_NODES:
        spot, item, above = open_nodes.pop()
        if not isinstance(item, dict):
            continue
        name = next((str(item[key]) for key in _NAMES if item.get(key) is not None), spot)
        parent = _parent(item) or above
        is_tree = is_tree or parent is not None
        found[name] = Node(parent, turns.as_turn(item, spot))
        for key in _REPLIES:
            below = item.get(key)
            if isinstance(below, list) and any(isinstance(one, dict) for one in below):
                nested = [(f"{spot}/{key}/{n}", one, name) for n, one in enumerate(below)]
                open_nodes += nested[::-1]
    return found if is_tree and any(node.turn for node in found.values()) else None


def _parent(node: Mapping[str, Any]) -> str | None:
    held = (node.get(key) for key in _PARENTS)
    return next((str(parent) for parent in held if isinstance(parent, (str, int))), None)


def _token(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _answer(record: Record | Refusal) -> str:
    return str(record.fields.get("answer")) if isinstance(record, Record) else record.reason


def _branches(nodes: Mapping[str, Node], current: Any) -> tuple[list[list[str]], int]:
    """Return the paths from root to leaf, the one that the conversation shows first, and the rest.

    Branches repeat what they share. Reading stops where the paths hold five times the nodes;
    how many were not read is told.
    """
    inner = {node.parent for node in nodes.values()}
    leaves = [name for name in nodes if name not in inner and name != current]
    if isinstance(current, str) and current in nodes:
        leaves.insert(0, current)
    left = _MOST_REPETITION * len(nodes) + _FREE_NODES
    paths: list[list[str]] = []
    for leaf in leaves:
        path = _path(nodes, leaf)
        left -= len(path)
        if left < 0:
            break
        paths.append(path)
    return paths, len(leaves) - len(paths)


def _path(nodes: Mapping[str, Node], leaf: str) -> list[str]:
    """Return the names from the root to a leaf; a circle of parents is walked once."""
    path: dict[str, None] = {}
    name: str | None = leaf
    while name is not None and name in nodes and name not in path:
        path[name] = None
        name = nodes[name].parent
    return list(reversed(path))
