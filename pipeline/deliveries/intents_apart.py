"""Phrases of intents, and the replies to them elsewhere: in one document, or in an archive's files.

Rasa keeps phrases in nlu.yml, replies in domain.yml under `utter_<intent>`, and in rules which
intent leads to which reply; Watson's nodes name the intent that they answer; Dialogflow's export
has a file for each intent, and one more for its phrases. The intent's name joins them. A file with
one side alone is refused: what the other side says stands nowhere in it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pipeline.deliveries.intents import texts_by_language
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.plain_pairs import Fields, Object, Records
from pipeline.deliveries.records import Record

_LISTED = re.compile(r"^[ \t]*[-*][ \t]+(.*\S)[ \t]*$", re.MULTILINE)
_CONDITION = re.compile(r"#([\w.-]+)\Z")
_USER_SAYS = re.compile(r"(?:.*/)?(?P<intent>[^/]+)_usersays_(?P<language>[A-Za-z-]{2,7})\.json\Z")

_PACK = "pack the two files into one ZIP"
_REPLYING = ("responses", "dialog_nodes")


@dataclass
class Sides:
    """What documents say of intents, by name: (place, phrases), replies, and whose reply it is."""

    phrases: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    replies: dict[str, list[str]] = field(default_factory=dict)
    leads_to: dict[str, set[str]] = field(default_factory=dict)

    def reply_to(self, intent: str) -> list[str]:
        """Return the replies to an intent, none where rules lead from it to several actions."""
        actions = self.leads_to.get(intent, set())
        named = next(iter(actions)) if len(actions) == 1 else intent
        found = self.replies.get(named) or self.replies.get(intent)
        return found or self.replies.get(intent.rpartition("/")[0], [])

    def add(self, other: "Sides", place: str) -> None:
        """Take what another document says; its places go behind its name."""
        moved = {name: (f"{place}!{at}", texts) for name, (at, texts) in other.phrases.items()}
        self.phrases |= {name: held for name, held in moved.items() if name not in self.phrases}
        self.replies = {**other.replies, **self.replies}
        for intent, actions in other.leads_to.items():
            self.leads_to[intent] = self.leads_to.get(intent, set()) | actions


def is_apart(fields: Fields, roles: Roles) -> bool:
    """Return whether an object lists the phrases of intents, and elsewhere their replies."""
    del roles
    found = _of_object(fields)
    return any(found.reply_to(intent) for intent in found.phrases)


def apart(found: Object) -> Records:
    """Yield the first phrase of each intent with its reply; one without a reply is no pair."""
    yield from pairs_of(_of_object(found.fields), f"{found.place}/", found.above)


def pairs_of(sides: Sides, before: str, above: Mapping[str, Any]) -> Records:
    """Yield one record per intent; its other phrases and replies stay beside the first ones.

    A reply to which no phrase leads is a record without a question.
    """
    for name, (place, ways) in sides.phrases.items():
        fields: dict[str, Any] = {"question": ways[0], "intent": name}
        fields |= {"asked_as": ways} if len(ways) > 1 else {}
        texts = sides.reply_to(name)
        fields |= {"answer": texts[0]} if texts else {}
        fields |= {"other_answers": texts[1:]} if len(texts) > 1 else {}
        yield Record(f"{before}{place}", fields, above)
    given = {id(sides.reply_to(name)) for name in sides.phrases}
    for name, texts in sides.replies.items():
        if id(texts) not in given:
            yield Record(f"{before}{name}", {"intent": name, "answer": texts[0]}, above)


def sides_of(value: Any, name: str) -> Sides:
    """Return what a document of that name says of intents: Rasa's, Watson's, Dialogflow's."""
    if isinstance(value, list):
        return _user_says(value, name)
    if not isinstance(value, dict):
        return Sides()
    found = _of_object(value)
    intent = value.get("name")
    if isinstance(intent, str) and isinstance(value.get("responses"), list):
        found.replies |= _speeches(intent, value["responses"])
    return found


def half_named(value: Any) -> str | None:
    """Return which half of intents a value is, in words; None where it is none."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        is_phrases = "data" in value[0] and "isTemplate" in value[0]
        return f"phrases without replies: {_PACK}" if is_phrases else None
    found = sides_of(value, "")
    if not any(found.reply_to(intent) for intent in found.phrases):
        if found.phrases:
            return f"phrases of intents without replies: {_PACK}"
        if found.replies and any(name in value for name in _REPLYING):
            return f"replies of intents without phrases: {_PACK}"
    return None


def _speeches(intent: str, responses: list[Any]) -> dict[str, list[str]]:
    """Return Dialogflow's replies of an intent by its name and their language."""
    found: dict[str, list[str]] = {}
    for response in responses:
        messages = response.get("messages") if isinstance(response, dict) else None
        for message in messages if isinstance(messages, list) else []:
            if isinstance(message, dict):
                name = f"{intent}/{message['lang']}" if message.get("lang") else intent
                texts = texts_by_language(message).get("", [])
                found.setdefault(name, []).extend(texts)
    return {name: texts for name, texts in found.items() if texts}


def _of_object(fields: Mapping[str, Any]) -> Sides:
    return Sides(dict(_phrases(fields)), dict(_replies(fields)), _rules(fields))


def _phrases(fields: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, list[str]]]]:
    """Yield the place and phrases of each intent: Rasa's `nlu`, Watson's `intents`."""
    for key in ("nlu", "intents"):
        listed = fields.get(key)
        for number, item in enumerate(listed if isinstance(listed, list) else []):
            if not isinstance(item, dict) or not isinstance(item.get("intent"), str):
                continue
            examples = item.get("examples")
            texts = (
                _LISTED.findall(examples)
                if isinstance(examples, str)
                else texts_by_language(examples).get("", [])
            )
            if texts:
                yield item["intent"], (f"{key}/{number}", texts)


def _replies(fields: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the replies of intents: Rasa's `utter_...`, Watson's nodes that name one alone."""
    for name, held in _named(fields):
        texts = texts_by_language(held).get("", [])
        if texts:
            yield name, texts


def _named(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    responses, nodes = fields.get("responses"), fields.get("dialog_nodes")
    for name, held in responses.items() if isinstance(responses, dict) else ():
        yield name.removeprefix("utter_"), held
    for node in nodes if isinstance(nodes, list) else []:
        condition = node.get("conditions") if isinstance(node, dict) else None
        match = _CONDITION.match(condition) if isinstance(condition, str) else None
        if match is not None:
            yield match[1], node.get("output")


def _rules(fields: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return which actions follow an intent in Rasa's rules and stories."""
    found: dict[str, set[str]] = {}
    for key in ("rules", "stories"):
        listed = fields.get(key)
        for rule in listed if isinstance(listed, list) else []:
            steps = rule.get("steps") if isinstance(rule, dict) else None
            steps = [step for step in steps if isinstance(step, dict)] if steps else []
            for step, following in pairwise(steps):
                intent, action = step.get("intent"), following.get("action")
                if isinstance(intent, str) and isinstance(action, str):
                    found.setdefault(intent, set()).add(action.removeprefix("utter_"))
    return found


def _user_says(listed: list[Any], name: str) -> Sides:
    """Return Dialogflow's phrases of one intent, which the file's name tells."""
    match = _USER_SAYS.match(name)
    if match is None:
        return Sides()
    texts = [_phrase(item.get("data")) for item in listed if isinstance(item, dict)]
    ways = [text for text in texts if text]
    intent = f"{match['intent']}/{match['language']}"
    return Sides({intent: ("0", ways)} if ways else {})


def _phrase(parts: Any) -> str:
    """Return a phrase whose parts, marked words among them, stand in a list."""
    texts: Iterable[Any] = (part.get("text") for part in parts or [] if isinstance(part, dict))
    return "".join(text for text in texts if isinstance(text, str)).strip()
