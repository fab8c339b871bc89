"""From the turns of a conversation to one pair per user turn, with its answer.

Turns of one side in a row are one turn, joined by an empty line. What the two sides do not say to
each other stays with the record as `others`. Earlier turns and system prompts are the pair's
context: the system prompt and the last eight turns, 8,000 characters at most, so that a long
conversation costs its length and not its square; context_turns says how many turns there were,
and the pointer leads to all of them.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.deliveries.records import Record, Refusal, refused
from pipeline.deliveries.turns import Turn

_MOST_CONTEXT_TURNS = 8
_MOST_CONTEXT_CHARS = 8_000


def pairs_of(
    turns: Iterable[Turn], extra: Mapping[str, Any], place: str, above: Mapping[str, Any]
) -> Iterator[Record | Refusal]:
    """Yield one record per user turn; a user turn that nobody answers has no answer.

    extra goes into every record, above encloses it. A conversation without a user turn is one
    refusal at place, and an exchange with a turn that is marked unwanted is refused.
    """
    turns_before = 0
    system: Turn | None = None
    earlier: deque[Turn] = deque(maxlen=_MOST_CONTEXT_TURNS)
    exchange: list[Turn] = []
    asked = False
    for turn in turns:
        if turn.role == "user" and not (turn.is_seen and turn.text.strip()):
            turn = turn._replace(role="tool", is_seen=False)  # noqa: PLW2901 - results of tools
        opens = turn.role == "user" and any(part.role != "user" for part in exchange)
        if opens and exchange[0].role == "user":
            yield _record(exchange, system, earlier, turns_before, extra, above)
        if opens or (exchange and exchange[0].role != "user"):
            system = next((part for part in exchange if part.role == "system"), system)
            earlier.extend(part for part in exchange if _is_spoken(part))
            turns_before += sum(_is_spoken(part) for part in exchange)
            exchange = []
        exchange.append(turn)
        asked = asked or turn.role == "user"
    if exchange and exchange[0].role == "user":
        yield _record(exchange, system, earlier, turns_before, extra, above)
    elif not asked:
        yield refused(place, "no_question", "the conversation has no user turn", dict(extra))


def _is_spoken(turn: Turn) -> bool:
    return turn.is_seen and turn.role in ("user", "assistant") and bool(turn.text.strip())


def _record(
    exchange: list[Turn],
    system: Turn | None,
    earlier: Iterable[Turn],
    turns_before: int,
    extra: Mapping[str, Any],
    above: Mapping[str, Any],
) -> Record | Refusal:
    """Return the record of an exchange: a question, its answer, and what else stands between."""
    fields: dict[str, Any] = {**extra, "question": _joined(exchange, "user")}
    answer = _joined(exchange, "assistant")
    if answer:
        fields["answer"] = answer
    others = [_shown(turn) for turn in exchange if not _is_spoken(turn) and turn.text]
    if others:
        fields["others"] = others[:_MOST_CONTEXT_TURNS]
    rest = [dict(turn.rest) for turn in exchange if turn.rest]
    if rest:
        fields["turns"] = rest[:_MOST_CONTEXT_TURNS]
    context = [_shown(turn) for turn in (system,) if turn and turn.text] + _cut(earlier)
    context += [part for turn in exchange if turn.role == "user" for part in _passages(turn)]
    if context:
        fields["context"] = context
    if turns_before > _MOST_CONTEXT_TURNS:
        fields["context_turns"] = turns_before
    mark = next((turn.mark for turn in exchange if turn.mark), None)
    if mark is not None:
        return refused(exchange[0].place, "marked_unwanted", f"the turn's {mark}", fields)
    return Record(exchange[0].place, fields, above)


def _joined(exchange: list[Turn], role: str) -> str:
    return "\n\n".join(
        turn.text for turn in exchange if turn.role == role and turn.text and turn.is_seen
    )


def _cut(earlier: Iterable[Turn]) -> list[dict[str, str]]:
    """Return the last of the earlier turns, as many as the context may hold, with their files."""
    kept: list[dict[str, str]] = []
    left = _MOST_CONTEXT_CHARS
    for turn in reversed(list(earlier)):
        if len(turn.text) > left:
            break
        left -= len(turn.text)
        kept.append(_shown(turn))
        for part in reversed(_passages(turn)):
            if len(part["text"]) <= left:
                left -= len(part["text"])
                kept.append(part)
    return kept[::-1]


def _shown(turn: Turn) -> dict[str, str]:
    return {"role": turn.role, "text": turn.text[:_MOST_CONTEXT_CHARS]}


def _passages(turn: Turn) -> list[dict[str, str]]:
    """Return the texts of the files that go with a turn, as much as the context may hold."""
    found: list[dict[str, str]] = []
    left = _MOST_CONTEXT_CHARS
    for text in turn.attached:
        found.append({"role": "passage", "text": text[:left]})
        left -= len(found[-1]["text"])
        if not left:
            break
    return found
