"""What is asked in several ways, as builders of chatbots keep it: intents and their replies.

QnA Maker, Botpress, Amazon Lex and intents.json hold phrases and replies in one object; where
they stand apart under the intent's name intents_apart.py joins them. The first phrase is the
question, the first reply the answer; the others stay beside them.
"""

import re
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
_REPLIES = frozenset(
    """
    responses replies reply bot_responses fulfillment conclusion_statement closing_response
    closing_setting intent_closing_setting
    """.split()  # noqa: SIM905 - a list of quotes reads worse
)
_STATES = ("context", "contexts", "context_set", "context_filter")
"""Where a chatbot keeps the states in which an intent counts: no passage that a reader must see."""
_INSIDE = (
    *("text", "utterance", "phrase", "value", "content", "texts", "values", "parts", "generic"),
    *("messages", "speech", "closingResponse", "messageGroupsList", "messageGroups", "message"),
    "plainTextMessage",
)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?")
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
    if asked is None or answered is None or "choices" in roles or not _are_several(fields[asked]):
        return None
    ways, replies = texts_by_language(fields[asked]), texts_by_language(fields[answered])
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
    if keys.canonical(asked) in _PHRASES:
        return True
    are_several = len(ways) > 1 and len(replies) > 1
    return len(ways) == 1 or (len(ways) != len(replies) and not are_several)


def texts_by_language(value: Any, depth: int = 0) -> ByLanguage:
    """Return the texts of a value by language: a text, a list of them, of objects with them."""
    if isinstance(value, str):
        return {"": [value]} if value.strip() else {}
    if depth > _MOST_DEPTH:
        return {}
    if isinstance(value, list):
        each = [texts_by_language(item, depth + 1).get("", []) for item in value]
        return {"": [text for texts in each for text in texts]} if all(each) and each else {}
    if isinstance(value, dict):
        if _is_by_language(value):
            return {
                code: texts_by_language(held, depth + 1).get("", []) for code, held in value.items()
            }
        held = next((value[name] for name in _INSIDE if value.get(name)), None)
        return texts_by_language(held, depth + 1) if held is not None else {}
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
