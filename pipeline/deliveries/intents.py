"""What is asked in several ways, as builders of chatbots keep it: intents and their replies.

QnA Maker, Botpress and intents.json hold phrases and replies in one object, Rasa and Watson apart
from each other under the intent's name. The first phrase is the question, the first reply the
answer; the others stay beside them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.deliveries import keys
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.plain_pairs import Fields, Object, Records
from pipeline.deliveries.records import Record

_PHRASES = frozenset(
    """
    patterns examples training_phrases sample_utterances user_says phrases expressions utterances
    example_phrases training_examples user_phrases
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)
_REPLIES = frozenset(("responses", "replies", "reply", "bot_responses", "fulfillment"))
_STATES = ("context", "contexts", "context_set", "context_filter")
"""Where a chatbot keeps the states in which an intent counts: no passage that a reader must see."""
_INSIDE = ("text", "utterance", "phrase", "value", "content", "texts", "values", "parts", "generic")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?")
_LISTED = re.compile(r"^[ \t]*[-*][ \t]+(.*\S)[ \t]*$", re.MULTILINE)
_CONDITION = re.compile(r"#([\w.-]+)\Z")
_MOST_DEPTH = 6

ByLanguage = dict[str, list[str]]
"""Language, or nothing, -> texts."""


def is_asked_in_ways(fields: Fields, roles: Roles) -> bool:
    """Return whether replies stand beside a list of ways to ask for them."""
    return _sides(fields, roles) is not None


def _sides(
    fields: Fields, roles: Roles
) -> tuple[str, str, dict[str, tuple[list[str], list[str]]]] | None:
    """Return the keys of both sides, and what they say in each language that both have."""
    asked = _key(fields, _PHRASES, keys.having(roles, "question", 2)[:1])
    answered = _key(fields, _REPLIES, keys.having(roles, "answer", 2)[:1])
    if asked is None or answered is None or not _are_several(fields[asked]):
        return None
    ways, replies = _texts_by_language(fields[asked], 0), _texts_by_language(fields[answered], 0)
    both = {code: (ways[code], replies[code]) for code in ways if replies.get(code) and ways[code]}
    is_columns = isinstance(fields[asked], list) and isinstance(fields[answered], list)
    if not both or (is_columns and not _is_intent(asked, *both[""])):
        return None
    return asked, answered, both


def _key(fields: Fields, names: frozenset[str], otherwise: list[str]) -> str | None:
    return next((key for key in fields if keys.canonical(key) in names), None) or next(
        iter(otherwise), None
    )


def _are_several(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and _is_by_language(value))


def _is_by_language(value: dict[str, Any]) -> bool:
    return bool(value) and all(_LANGUAGE.fullmatch(code) for code in value)


def _is_intent(asked: str, ways: list[str], replies: list[str]) -> bool:
    """Return whether two lists are phrases and replies, and no columns of pairs."""
    return keys.canonical(asked) in _PHRASES or len(ways) != len(replies) or len(ways) == 1


def _texts_by_language(value: Any, depth: int) -> ByLanguage:
    """Return the texts of a value by language: a text, a list of them, of objects with them."""
    if isinstance(value, str):
        return {"": [value]} if value.strip() else {}
    if depth > _MOST_DEPTH:
        return {}
    if isinstance(value, list):
        each = [_texts_by_language(item, depth + 1).get("", []) for item in value]
        return {"": [text for texts in each for text in texts]} if all(each) and each else {}
    if isinstance(value, dict):
        if _is_by_language(value):
            return {
                code: _texts_by_language(held, depth + 1).get("", [])
                for code, held in value.items()
            }
        held = next((value[name] for name in _INSIDE if value.get(name)), None)
        return _texts_by_language(held, depth + 1) if held is not None else {}
    return {}


def asked_in_ways(found: Object) -> Records:
    """Yield the answer with the first way to ask, in each language; all ways stay beside it."""
    sides = _sides(found.fields, found.roles)
    assert sides is not None
    asked, answered, both = sides
    rest = {
        f"intent_{k}" if keys.canonical(k) in _STATES else k: v
        for k, v in found.fields.items()
        if k not in (asked, answered)
    }
    for code, (ways, replies) in both.items():
        fields = {**rest, "question": ways[0], "answer": replies[0]}
        fields |= {"language": code} if code and "language" not in rest else {}
        fields |= {"asked_as": ways} if len(ways) > 1 else {}
        fields |= {"other_answers": replies[1:]} if len(replies) > 1 else {}
        place = f"{found.place}/{asked}/{code}" if code else found.place
        yield Record(place, fields, found.above)


# --- phrases and replies apart from each other


def is_apart(fields: Fields, roles: Roles) -> bool:
    """Return whether an object lists the phrases of intents, and elsewhere their replies."""
    del roles
    phrases = _phrases(fields)
    return bool(phrases) and not phrases.keys().isdisjoint(_replies(fields))


def apart(found: Object) -> Records:
    """Yield the first phrase of each intent with its reply; one without a reply is no pair."""
    replies = _replies(found.fields)
    for name, (place, ways) in _phrases(found.fields).items():
        fields: dict[str, Any] = {"question": ways[0], "intent": name}
        fields |= {"asked_as": ways} if len(ways) > 1 else {}
        texts = replies.get(name, [])
        fields |= {"answer": texts[0]} if texts else {}
        fields |= {"other_answers": texts[1:]} if len(texts) > 1 else {}
        yield Record(f"{found.place}/{place}", fields, found.above)


def _phrases(fields: Mapping[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """Return the place and phrases of each intent: Rasa's `nlu`, Watson's `intents`."""
    found: dict[str, tuple[str, list[str]]] = {}
    for key in ("nlu", "intents"):
        listed = fields.get(key)
        for number, item in enumerate(listed if isinstance(listed, list) else []):
            if not isinstance(item, dict) or not isinstance(item.get("intent"), str):
                continue
            examples = item.get("examples")
            texts = (
                _LISTED.findall(examples)
                if isinstance(examples, str)
                else _texts_by_language(examples, 0).get("", [])
            )
            if texts:
                found[item["intent"]] = (f"{key}/{number}", texts)
    return found


def _replies(fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the replies of intents: Rasa's `utter_...`, Watson's nodes that name one alone."""
    return {
        name: texts
        for name, held in _named(fields)
        if (texts := _texts_by_language(held, 0).get("", []))
    }


def _named(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    responses, nodes = fields.get("responses"), fields.get("dialog_nodes")
    for name, held in responses.items() if isinstance(responses, dict) else ():
        yield name.removeprefix("utter_"), held
    for node in nodes if isinstance(nodes, list) else []:
        condition = node.get("conditions") if isinstance(node, dict) else None
        match = _CONDITION.match(condition) if isinstance(condition, str) else None
        if match is not None:
            yield match[1], node.get("output")
