"""Conversations: one pair per user turn with its answer, the earlier turns kept as context.

Turns of one side in a row are one turn, joined by an empty line. What neither side says (system
prompts, tools) is context. The context is the last eight turns and 8,000 characters at most, so
that a long conversation costs its length and not its square; context_turns says how many turns
there were, and the pointer leads to all of them.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pipeline.deliveries.records import Record, Refusal, refused

_ROLES = {
    "user": "user",
    "human": "user",
    "prompter": "user",
    "assistant": "assistant",
    "gpt": "assistant",
    "chatgpt": "assistant",
    "bot": "assistant",
    "model": "assistant",
    "ai": "assistant",
}
_MOST_CONTEXT_TURNS = 8
_MOST_CONTEXT_CHARS = 8_000


class Turn(NamedTuple):
    """What one side says: its place in the delivery, its role in our words, its text."""

    place: str
    role: str
    text: str


def role_of(name: Any) -> str:
    """Return user, assistant, or the name of who else speaks."""
    spelled = name.strip().lower() if isinstance(name, str) else "unknown"
    return _ROLES.get(spelled, spelled)


def text_of(content: Any) -> str:
    """Return the text of a message: a string, or the text parts of a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return text_of(content.get("text"))
    parts = [text_of(part) for part in content] if isinstance(content, list) else []
    return "\n\n".join(part for part in parts if part)


def turns_of(
    row: dict[str, Any], place: str, key: str, *, speaker: str, said: Sequence[str]
) -> list[Turn]:
    """Return the turns that a row lists under key; what is no object there is passed over.

    speaker names the field of a turn that says who speaks, said the fields that may hold the
    text, the first that is not empty winning.
    """
    listed = row.get(key)
    return [
        Turn(
            f"{place}/{key}/{position}",
            role_of(turn.get(speaker)),
            next((text for name in said if (text := text_of(turn.get(name)))), ""),
        )
        for position, turn in enumerate(listed if isinstance(listed, list) else [])
        if isinstance(turn, dict)
    ]


def pairs_of(
    turns: Iterable[Turn], extra: dict[str, Any], place: str
) -> Iterator[Record | Refusal]:
    """Yield one record per user turn; a user turn that nobody answers has no answer.

    extra goes into every record. A conversation without a user turn is one refusal at place.
    """
    said = 0
    earlier: deque[Turn] = deque(maxlen=_MOST_CONTEXT_TURNS)
    exchange: list[Turn] = []
    for turn in turns:
        opens = turn.role == "user" and any(part.role != "user" for part in exchange)
        if opens and exchange[0].role == "user":
            yield _record(exchange, earlier, said, extra)
        if opens or (exchange and exchange[0].role != "user"):
            earlier.extend(exchange)
            said += len(exchange)
            exchange = []
        exchange.append(turn)
    if exchange and exchange[0].role == "user":
        yield _record(exchange, earlier, said, extra)
    elif not said or not exchange:
        yield refused(place, "no_question", "the conversation has no user turn", extra)


def _record(exchange: list[Turn], earlier: deque[Turn], said: int, extra: dict[str, Any]) -> Record:
    """Return the record of an exchange: a question, its answer, and what else stands between."""
    fields: dict[str, Any] = {**extra, "question": _joined(exchange, "user")}
    answer = _joined(exchange, "assistant")
    if answer:
        fields["answer"] = answer
    others = [_told(turn) for turn in exchange if turn.role not in ("user", "assistant")]
    if others:
        fields["others"] = others[:_MOST_CONTEXT_TURNS]
    if said:
        fields["context"] = _cut(earlier)
        fields["context_turns"] = said
    return Record(exchange[0].place, fields)


def _joined(exchange: list[Turn], role: str) -> str:
    return "\n\n".join(turn.text for turn in exchange if turn.role == role and turn.text)


def _cut(earlier: Iterable[Turn]) -> list[dict[str, str]]:
    """Return the last of the earlier turns, as many as the context may hold."""
    kept: list[dict[str, str]] = []
    left = _MOST_CONTEXT_CHARS
    for turn in reversed(list(earlier)):
        if len(turn.text) > left:
            break
        left -= len(turn.text)
        kept.append(_told(turn))
    return kept[::-1]


def _told(turn: Turn) -> dict[str, str]:
    return {"role": turn.role, "text": turn.text[:_MOST_CONTEXT_CHARS]}
