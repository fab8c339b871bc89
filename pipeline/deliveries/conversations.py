"""Objects that are conversations: lists of turns, trees, marked texts, and answers beside them."""

from typing import Any

from pipeline.deliveries import (
    comparisons,
    exchanges,
    keys,
    texts_with_roles,
    trees,
    turn_lists,
    turns,
)
from pipeline.deliveries.choices import texts_in
from pipeline.deliveries.json_text import named_twice
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.plain_pairs import Fields, Object, Records, first_text, is_plain
from pipeline.deliveries.records import Record, doubled
from pipeline.deliveries.turns import Turn


def is_asked_in_turn(fields: Fields, roles: Roles) -> bool:
    """Return whether questions are listed, and their answers beside them (MT-Bench)."""
    del roles
    return _in_turn(fields) is not None


def _in_turn(fields: Fields) -> tuple[str, str] | None:
    """Return the keys of a list of questions and of an equally long list of answers."""
    asked = "questions" if isinstance(fields.get("story"), str) else "turns"
    questions = _listed_texts(fields.get(asked))
    for key in ("reference", "reference_answers", "references", "answers", "responses"):
        if questions and len(_listed_texts(fields.get(key))) == len(questions):
            return asked, key
    return None


def _listed_texts(value: Any) -> list[str]:
    """Return the texts of a list, of its objects (CoQA), or of a list in columns; else nothing."""
    if isinstance(value, dict):
        value = value.get("input_text")
    listed = value if isinstance(value, list) else []
    texts = [one.get("input_text") if isinstance(one, dict) else one for one in listed]
    return [text for text in texts if isinstance(text, str)] if all(map(_is_text, texts)) else []


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def asked_in_turn(found: Object) -> Records:
    """Yield the pairs of questions and answers that are listed side by side."""
    held = _in_turn(found.fields)
    assert held is not None
    questions, answers = (_listed_texts(found.fields[key]) for key in held)
    both = [
        Turn(f"{found.place}/{key}/{n}", role, text)
        for n, texts in enumerate(zip(questions, answers, strict=True))
        for key, role, text in zip(held, ("user", "assistant"), texts, strict=True)
    ]
    extra = {key: value for key, value in found.fields.items() if key not in held}
    yield from exchanges.pairs_of(both, extra, found.place, found.above)


_PLAIN_TALKS = frozenset(
    ("data", "dialog", "dialogue", "conversation", "conversations", "utterances")
)


def turn_list(fields: Fields, roles: Roles) -> tuple[str, list[Turn]] | None:
    """Return (key, turns) of the conversation that an object lists, None where it lists none."""
    asked = keys.having(roles, "question", 3)
    for name in (*keys.having(roles, "turns"), *asked, *keys.having(roles, "history")):
        key, value = name, fields[name]
        if isinstance(value, str) and value.lstrip()[:2] in ("[{", "[\n", "[ "):
            value = texts_in(value)
        if isinstance(value, dict):
            inner = next((k for k in ("messages", "turns") if isinstance(value.get(k), list)), None)
            value, key = (value[inner], f"{name}/{inner}") if inner else (None, name)
        if isinstance(value, list):
            plain = keys.canonical(name) in _PLAIN_TALKS and "question" not in roles
            found = turn_lists.turns_in(value, f"/{key}", plain=plain)
            if found is not None:
                return key, found
    return None


def is_conversation(fields: Fields, roles: Roles) -> bool:
    """Return whether an object lists turns, and is no pair by its own words."""
    if not any(role in roles for role in ("turns", "question")):
        return False
    named = keys.having(roles, "question", 2)
    if any(isinstance(fields[key], str) and fields[key].strip() for key in named):
        return False
    found = turn_list(fields, roles)
    if found is not None and found[0] in keys.having(roles, "history"):
        return first_text(fields, roles, "question", 3) is None
    return found is not None and not any(_is_pair_list(fields, key) for key in (found[0],))


def _named_twice_in(value: Any) -> str | None:
    """Return the key that a conversation which a text spells names twice, None where none does."""
    return named_twice(texts_in(value)) if isinstance(value, str) else None


def _is_pair_list(fields: Fields, key: str) -> bool:
    """Return whether a list that could be turns holds pairs under their own names, or questions."""
    listed = fields.get(key)
    name = keys.canonical(key)
    if not isinstance(listed, list) or name in _TALKS:
        return False
    return (name == "questions" and any(isinstance(item, str) for item in listed)) or any(
        isinstance(item, dict) and is_plain(item, keys.roles_of(item)) for item in listed
    )


_TALKS = frozenset(
    ("messages", "conversations", "conversation", "dialog", "dialogue", "chat_messages")
)


def conversation_pairs(found: Object) -> Records:
    """Yield the pairs of a conversation; an answer beside it answers its last turn."""
    listed = turn_list(found.fields, found.roles)
    assert listed is not None
    key, conversation = listed
    twice = _named_twice_in(found.fields[key.partition("/")[0]])
    if twice is not None:
        yield Record(found.place, doubled(found.fields, twice), found.above)
        return
    conversation = [turn._replace(place=found.place + turn.place) for turn in conversation]
    conversation = [*_before(found, key), *conversation]
    used = {key.partition("/")[0], *keys.having(found.roles, "system")}
    if key.partition("/")[0] not in keys.having(found.roles, "history"):
        used |= set(keys.having(found.roles, "history")) if _history(found, key) else set()
    closing = _closing(found, used)
    if closing is not None and conversation[-1].role != "assistant":
        used.add(closing[0])
        conversation += closing[1]
    extra = {k: v for k, v in found.fields.items() if k not in used}
    title = next((k for k in ("title", "name") if isinstance(extra.get(k), str)), None)
    if title is not None and not keys.having(found.roles, "topic"):
        extra["topic"] = extra.pop(title)
    extra.update(_other_side(found, extra))
    nodes = trees.nodes_listed(found.fields.get(key) or [], f"{found.place}/{key}")
    if nodes is not None and len({n.parent for n in nodes.values()}) > 1:
        shown = next((found.fields[k] for k in trees.SHOWN if k in found.fields), None)
        yield from trees.each_pair(nodes, extra, found.place, found.above, shown)
    else:
        yield from exchanges.pairs_of(conversation, extra, found.place, found.above)


def _before(found: Object, key: str) -> list[Turn]:
    """Return the system prompt and the earlier turns that stand beside a conversation."""
    system = [
        Turn(f"{found.place}/{name}", "system", text)
        for name in keys.having(found.roles, "system")
        if (text := turns.text_of(found.fields[name])).strip()
    ]
    return [*system, *_history(found, key)]


def _history(found: Object, key: str) -> list[Turn]:
    for name in keys.having(found.roles, "history"):
        earlier = (
            turn_lists.turns_in(found.fields[name], f"{found.place}/{name}")
            if name != key
            else None
        )
        if earlier:
            return earlier
    return []


def _closing(found: Object, used: set[str]) -> tuple[str, list[Turn]] | None:
    """Return (key, turns) of the answer that stands beside a conversation."""
    names: list[str] = [k for k in ("chosen", "preferred_output") if k in found.fields]
    names += [*keys.having(found.roles, "reference"), *keys.having(found.roles, "answer", 3)]
    for name in names:
        if name not in used and (
            conversation := comparisons.side(found.fields[name], f"{found.place}/{name}")
        ):
            return name, conversation
    return None


def _other_side(found: Object, extra: Fields) -> Fields:
    """Return the rejected answer as text, to be kept beside the one that is the pair's."""
    for name in keys.having(found.roles, "rejected"):
        conversation = comparisons.side(found.fields[name], name)
        if conversation:
            extra.pop(name, None)
            return {"rejected": "\n\n".join(t.text for t in conversation if t.role == "assistant")}
    return {}


def is_tree(fields: Fields, roles: Roles) -> bool:
    """Return whether an object is a conversation with branches."""
    del roles
    return _tree(fields) is not None


def _tree(fields: Fields) -> tuple[dict[str, trees.Node], Any] | None:
    """Return (nodes, the one shown) of a conversation that is a tree."""
    mapping = fields.get("mapping")
    if isinstance(mapping, dict) and mapping:
        nodes = trees.nodes_by_name(mapping, "/mapping")
        return (nodes, fields.get("current_node")) if nodes else None
    chat = fields.get("chat", fields)
    history = chat.get("history") if isinstance(chat, dict) else None
    if isinstance(history, dict) and isinstance(history.get("messages"), dict):
        below = "/chat/history/messages" if "chat" in fields else "/history/messages"
        nodes = trees.nodes_by_name(history["messages"], below)
        return (nodes, history.get("currentId")) if nodes else None
    prompt = fields.get("prompt")
    if isinstance(prompt, dict) and isinstance(prompt.get("replies"), list):
        nodes = trees.nodes_listed([prompt], "/prompt")
        return (nodes, None) if nodes else None
    return None


def tree_pairs(found: Object) -> Records:
    """Yield the pairs of all branches; a title is their topic."""
    tree = _tree(found.fields)
    assert tree is not None
    nodes = {
        name: trees.Node(n.parent, n.turn and n.turn._replace(place=found.place + n.turn.place))
        for name, n in tree[0].items()
    }
    whole = ("mapping", "chat", "history", "prompt", "current_node", "id", "name")
    extra = {
        key: value
        for key, value in found.fields.items()
        if key not in whole and isinstance(value, (str, int, float)) and value
    }
    number = found.fields.get("conversation_id") or found.fields.get("id")
    extra |= {"conversation_id": number} if number else {}
    title = extra.pop("title", found.fields.get("name"))
    extra |= {"topic": title} if title else {}
    yield from trees.each_pair(nodes, extra, found.place, found.above, tree[1])


# --- texts that hold a conversation, and what tools wrap


def is_marked_talk(fields: Fields, roles: Roles) -> bool:
    """Return whether a text of an object is a conversation."""
    if "question" in roles and is_plain(fields, roles):
        return False
    return any(isinstance(v, str) and texts_with_roles.is_talk(v) for v in fields.values())


def marked_talk(found: Object) -> Records:
    """Yield the pairs of the text that is a conversation."""
    order = ("text", "chosen", "prompt", "conversation", "formatted", "content")
    names = sorted(found.fields, key=lambda k: order.index(k) if k in order else len(order))
    key = next(
        k for k in names if isinstance(v := found.fields[k], str) and texts_with_roles.is_talk(v)
    )
    conversation = texts_with_roles.turns_of(found.fields[key], f"{found.place}/{key}")
    extra = {k: v for k, v in found.fields.items() if k != key}
    closing = _closing(found, {key})
    if closing is not None and conversation[-1].role == "user" and key != "chosen":
        extra.pop(closing[0])
        conversation += closing[1]
    yield from exchanges.pairs_of(conversation, extra, found.place, found.above)
