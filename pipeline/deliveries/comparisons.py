"""Answers side by side: preference sets and ranked answers.

The better answer is the pair's, the other one is kept beside it as `rejected`.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.deliveries import exchanges, keys, texts_with_roles, turn_lists, turns
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.records import Record, Refusal, refused
from pipeline.deliveries.turns import Turn

if TYPE_CHECKING:
    from pipeline.deliveries.plain_pairs import Object

_SCORES = ("score", "overall_score", "rank", "rating", "pm_score", "vote", "votes", "upvotes")
_BETTER = (
    "better_response_id",
    "preferred",
    "preference",
    "winner",
    "chosen_index",
    "best",
    "labels",
)
_ANSWERS = ("answer", "response", "text", "completion", "output", "content", "value", "body")
_PICKED = ("is_accepted", "accepted", "selected", "is_best", "best_answer", "is_best_answer")


def side(value: Any, place: str) -> list[Turn]:
    """Return the turns of one answer: a text, a message, or a list of messages."""
    if isinstance(value, str):
        talk = texts_with_roles.turns_of(value, place)
        return talk or ([Turn(place, "assistant", value)] if value.strip() else [])
    if isinstance(value, dict):
        turn = turns.as_turn(value, place)
        if turn is None:  # LangSmith's {"output": message}, {"generations": [[...]], ...}
            names = (
                list(value) if len(value) == 1 else keys.having(keys.roles_of(value), "answer", 3)
            )
            return side(value[names[0]], f"{place}/{names[0]}") if names else []
        return [turn] if turn and turn.text.strip() else []
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return [Turn(place, "assistant", value[0])]
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        return side(value[0], f"{place}/0")
    return turn_lists.turns_in(value, place) or []


def is_comparison(fields: Mapping[str, Any], roles: Roles) -> bool:
    """Return whether an object sets answers against each other."""
    return _is_chosen(fields) or (
        any(k in roles for k in ("question", "history")) and _ranked(fields) is not None
    )


def _is_chosen(fields: Mapping[str, Any]) -> bool:
    """Return whether a whole conversation stands under `chosen`, not the answer alone."""
    return any(turn.role == "user" for turn in side(fields.get(_chosen_key(fields)), ""))


def _chosen_key(fields: Mapping[str, Any]) -> str:
    """Return the key of the better conversation: `chosen`, or the winner's in an arena."""
    arena = {"model_a": "conversation_a", "model_b": "conversation_b"}
    return arena.get(str(fields.get("winner")), "chosen")


def read(found: "Object") -> Iterator[Record | Refusal]:
    """Yield the pairs of the better side."""
    fields, place = found.fields, found.place
    if _is_chosen(fields):
        key = _chosen_key(fields)
        worse = {"conversation_a": "conversation_b", "conversation_b": "conversation_a"}
        rejected = worse.get(key, "rejected")
        conversation = side(fields[key], f"{place}/{key}")
        other = [turn for turn in side(fields.get(rejected), "") if turn.role == "assistant"]
        extra = {k: v for k, v in fields.items() if k not in (key, rejected)}
        if other:
            extra["rejected"] = other[-1].text
        prompt = extra.get("prompt")
        if isinstance(prompt, (str, list)):
            extra.pop("prompt")
        yield from exchanges.pairs_of(conversation, extra, place, found.above)
        return
    ranked = _ranked(fields)
    assert ranked is not None
    used, best, others = ranked
    if best is None:
        message = "two answers stand side by side and nothing says which is the better one"
        yield refused(place, "two_answers", message, dict(fields))
        return
    rest = {key: value for key, value in fields.items() if key not in used}
    asked = keys.having(found.roles, "question") or keys.having(found.roles, "history")
    if asked and "question" not in rest:
        value = rest.pop(asked[0])
        value = value.get("full_text", value.get("text")) if isinstance(value, dict) else value
        rest["question"] = value
    yield Record(place, {**rest, "answer": best, "rejected": others[:8]}, found.above)


def _ranked(fields: Mapping[str, Any]) -> tuple[tuple[str, ...], str | None, list[str]] | None:
    """Return (keys read, best answer, the others) of answers with scores, None where none are."""
    for name in ("answers", "completions", "responses", "candidates"):
        listed = fields.get(name)
        if (
            isinstance(listed, list)
            and len(listed) > 1
            and all(isinstance(i, dict) for i in listed)
        ):
            scored = _scored(listed)
            if scored:
                texts = [text for _, text in scored]
                return (name,), texts[0], texts[1:]
    listed_beside = _rated(fields)
    if listed_beside is not None:
        return listed_beside
    for stem in ("response", "answer", "completion", "output", "human_ref", "sol"):
        found = _two(fields, stem)
        if found is not None:
            return found
    return None


def _rated(
    fields: Mapping[str, Any],
) -> tuple[tuple[str, ...], str | None, list[str]] | None:
    """Return what answers in one list and their ratings in another say (distilabel)."""
    for name in ("generations", "responses", "completions", "answers", "outputs", "candidates"):
        texts = fields.get(name)
        if not (isinstance(texts, list) and len(texts) > 1 and _are_texts(texts)):
            continue
        for ratings in ("ratings", "scores", "rewards", "ranks", "ranking"):
            marks = fields.get(ratings)
            if not (isinstance(marks, list) and len(marks) == len(texts) and _are_numbers(marks)):
                continue
            sign = -1 if ratings in ("ranks", "ranking") else 1
            order = sorted(range(len(texts)), key=lambda n: -sign * marks[n])
            best = texts[order[0]] if marks[order[0]] != marks[order[1]] else None
            return (name, ratings), best, [texts[n] for n in order[1:]]
        if name == "generations":
            return (name,), None, []
    return None


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _are_numbers(values: list[Any]) -> bool:
    return all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)


def _scored(listed: list[dict[str, Any]]) -> list[tuple[float, str]]:
    """Return (order, text) of answers, the best first, nothing where one lacks score or text."""
    name = next(
        (n for n in _SCORES if all(isinstance(i.get(n), (int, float)) for i in listed)), None
    )
    texts = [next((i[k] for k in _ANSWERS if isinstance(i.get(k), str)), None) for i in listed]
    picked = [any(item.get(flag) is True for flag in _PICKED) for item in listed]
    if None in texts or (name is None and sum(picked) != 1):
        return []
    sign = 1 if name == "rank" else -1
    scores = [sign * float(item[name]) if name else 0.0 for item in listed]
    order = sorted(range(len(listed)), key=lambda n: (not picked[n], scores[n]))
    return [(scores[n], str(texts[n])) for n in order]


def _two(
    fields: Mapping[str, Any], stem: str
) -> tuple[tuple[str, ...], str | None, list[str]] | None:
    """Return what two numbered answers say, and which of them the record prefers."""
    for ends in (("_0", "_1"), ("_1", "_2"), ("_a", "_b"), ("_A", "_B"), ("_j", "_k")):
        pair = (stem + ends[0], stem + ends[1])
        texts = [fields.get(key) for key in pair]
        if not all(isinstance(text, str) for text in texts):
            continue
        better = _better(fields, ends)
        if (
            better is None
            and not any(f"score{end}" in fields for end in ends)
            and stem in ("answer", "sol")
        ):
            return None
        read_keys = (*pair, *(f"score{end}" for end in ends))
        chosen = None if better is None else str(texts[better])
        return read_keys, chosen, [] if better is None else [str(texts[1 - better])]
    return None


def _better(fields: Mapping[str, Any], ends: tuple[str, str]) -> int | None:
    if ends == ("_j", "_k"):  # j is the better one by the set's own rule
        return 0
    first, second = (fields.get(f"score{end}") for end in ends)
    if isinstance(first, (int, float)) and isinstance(second, (int, float)) and first != second:
        return 0 if first > second else 1
    for name in _BETTER:
        value = fields.get(name)
        if name == "labels" and value in (0, 1):
            return 0 if value == 1 else 1  # SHP: 1 says that A is preferred
        named = (
            str(value).strip().lower().removeprefix("response").removeprefix("answer").lstrip("_ ")
        )
        for place, end in enumerate(ends):
            if value is not None and named == end.lstrip("_").lower():
                return place
    return None


def with_rejected(fields: Mapping[str, Any], roles: Roles) -> Mapping[str, Any]:
    """Return a record whose rejected answers stand as a list of texts under `rejected`.

    They are delivered as texts, messages, lists of either, and under several names. What is no
    text stays as it is.
    """
    names = keys.having(roles, "rejected")
    found = [text for name in names for text in _rejected_texts(fields[name])]
    if not found:
        return fields
    rest = {key: value for key, value in fields.items() if key not in names}
    return {**rest, "rejected": list(dict.fromkeys(found))}


def _rejected_texts(value: Any) -> list[str]:
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [text for text in value if text.strip()]
    turns_of = [turn for turn in side(value, "") if turn.role == "assistant"]
    return [turns_of[-1].text] if turns_of else []
