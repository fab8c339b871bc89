"""A pair as the chat that it was, or could have been: system, turns by turns, the answer last."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

_BREAK = "\n\n"


class ChatTurn(NamedTuple):
    """What one side says: role is system, user or assistant."""

    role: str
    text: str


def conversation(
    question: str, context: Iterable[Mapping[str, str]], system_prompt: str
) -> list[ChatTurn]:
    """Return the turns up to the answer: system where there is one, then user and assistant.

    User and assistant take turns, and the user has the first and the last word: chat templates
    refuse anything else. So neighbours of one role are one turn; what the assistant said before
    anybody asked is read by the user as a passage is, and passages stand before the question that
    they are about, choices after it.

    context: role (system, user, assistant, passage or choices) and text of each part, in order.
    system_prompt: what comes before a system prompt that the pair brought; "" is none.
    """
    parts = [(part["role"], part["text"]) for part in context]
    system = [system_prompt, *_of(parts, "system")]
    asked = [*_of(parts, "passage"), question, *_of(parts, "choices")]
    earlier = [ChatTurn(role, text) for role, text in parts if role in ("user", "assistant")]
    turns = _alternating([*earlier, *(ChatTurn("user", text) for text in asked)])
    prompt = _BREAK.join(filter(None, system))
    return [ChatTurn("system", prompt), *turns] if prompt else turns


def _of(parts: Iterable[tuple[str, str]], role: str) -> list[str]:
    return [text for found, text in parts if found == role]


def _alternating(turns: Iterable[ChatTurn]) -> list[ChatTurn]:
    """Return turns with neighbours of one role as one, the first one the user's."""
    joined: list[ChatTurn] = []
    for turn in turns:
        role = turn.role if joined else "user"
        if joined and joined[-1].role == role:
            joined[-1] = ChatTurn(role, f"{joined[-1].text}{_BREAK}{turn.text}")
        else:
            joined.append(ChatTurn(role, turn.text))
    return joined
