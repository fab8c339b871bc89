"""Objects as public data sets write them: a task with its input, a passage with its questions.

What reads an object below another one takes `reads`, which is shapes.records_of.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from pipeline.deliveries import keys
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.plain_pairs import Fields, Object, Records, has_answer
from pipeline.deliveries.records import Duplicated, Record, not_an_object

Reads = Callable[[str, Fields, Mapping[str, Any]], Records]

_NO_INPUT = frozenset(("<noinput>", "<no input>", "<nooutput>"))
_NUMBERED = re.compile(r"(?P<word>\D+?)_?(?P<number>[0-9]{1,4})")


# --- Alpaca: an instruction, and an input that belongs to it


def is_alpaca(fields: Fields, roles: Roles) -> bool:
    """Return whether an instruction stands there with an input."""
    asked = keys.having(roles, "question")
    instruction = next((k for k in asked if keys.canonical(k) == "instruction"), None)
    given = [k for k in asked if keys.canonical(k) == "input"]
    has_more = bool(given) and isinstance(fields[given[0]], str) and bool(fields[given[0]].strip())
    return (
        instruction is not None
        and has_more
        and not keys.having(roles, "question", 2)
        and has_answer(fields, roles, 3)
    )


def alpaca(found: Object) -> Records:
    """Yield the instruction with its input below an empty line; `<noinput>` says there is none."""
    spelled = {keys.canonical(key): key for key in found.fields}
    instruction, given = found.fields[spelled["instruction"]], found.fields[spelled["input"]]
    fields = {key: value for key, value in found.fields.items() if key != spelled["input"]}
    if not isinstance(instruction, str) or not instruction.strip():
        fields["question"] = given
    elif given.strip().lower() not in _NO_INPUT:
        fields["question"] = f"{instruction}\n\n{given}"
    yield Record(found.place, fields, found.above)


def is_seed_task(fields: Fields, roles: Roles) -> bool:
    """Return whether a task of self-instruct stands there with its instances."""
    instances = fields.get("instances")
    return "question" in roles and isinstance(instances, list) and any(map(_is_instance, instances))


def _is_instance(item: object) -> bool:
    return isinstance(item, dict) and "output" in item


def seed_task(found: Object, reads: Reads) -> Records:
    """Yield one record per instance of a self-instruct task."""
    rest = {key: value for key, value in found.fields.items() if key != "instances"}
    for position, item in enumerate(found.fields["instances"]):
        place = f"{found.place}/instances/{position}"
        held = item if isinstance(item, dict) else {}
        yield from reads(place, {**rest, **held}, found.above)


# --- a passage and the questions below it


def is_paragraph(fields: Fields, roles: Roles) -> bool:
    """Return whether a paragraph of SQuAD stands there."""
    del roles
    return isinstance(fields.get("qas"), list) and "context" in fields


def paragraph(found: Object, reads: Reads) -> Records:
    """Yield one record per question of a paragraph; the title above is their topic."""
    rest = {key: value for key, value in found.fields.items() if key != "qas"}
    title = found.above.get("title")
    above = {**found.above, "topic": title} if title else found.above
    for position, item in enumerate(found.fields["qas"]):
        place = f"{found.place}/qas/{position}"
        if isinstance(item, dict):
            fields = item if isinstance(item, Duplicated) else {**rest, **item}
            yield from reads(place, fields, above)
        else:
            yield not_an_object(place, item)


def is_followed(fields: Fields, roles: Roles) -> bool:
    """Return whether questions below a context are answered there (InstructLab, PubMed sets)."""
    below = [key for key in fields if keys.canonical(key) == "questions_and_answers"]
    return "context" in roles and bool(below) and isinstance(fields[below[0]], list)


def followed(found: Object, reads: Reads) -> Records:
    """Yield one record per question below a context."""
    key = next(k for k in found.fields if keys.canonical(k) == "questions_and_answers")
    rest = {name: value for name, value in found.fields.items() if name != key}
    for position, item in enumerate(found.fields[key]):
        place = f"{found.place}/{key}/{position}"
        held = item if isinstance(item, dict) else {key: item}
        yield from reads(place, {**rest, **held}, found.above)


# --- a pair and what is asked after it


def is_followed_up(fields: Fields, roles: Roles) -> bool:
    """Return whether a pair holds a list of pairs that follow it up."""
    is_pair = keys.having(roles, "question", 2) and keys.having(roles, "answer", 2)
    return bool(is_pair) and _following(fields) is not None


def _following(fields: Fields) -> str | None:
    """Return the key of the pairs that follow a pair up."""
    for key, value in fields.items():
        is_known = keys.FOLLOW_UPS.fullmatch(keys.canonical(key))
        if is_known and isinstance(value, list) and any(map(_is_pair, value)):
            return key
    return None


def _is_pair(item: object) -> bool:
    roles = keys.roles_of(item) if isinstance(item, dict) else {}
    return bool(keys.having(roles, "question", 2) and keys.having(roles, "answer", 2))


def followed_up(found: Object, reads: Reads) -> Records:
    """Yield a pair, then those that follow it up, whose context it is."""
    key = _following(found.fields)
    assert key is not None
    rest = {name: value for name, value in found.fields.items() if name != key}
    yield from reads(found.place, rest, found.above)
    sides = (("user", "question"), ("assistant", "answer"))
    named = ((role, rest[keys.having(found.roles, side, 2)[0]]) for role, side in sides)
    before = [{"role": role, "text": text} for role, text in named if isinstance(text, str)]
    for position, item in enumerate(found.fields[key]):
        place = f"{found.place}/{key}/{position}"
        if isinstance(item, dict):
            yield from reads(place, {"context": before, **item}, found.above)
        else:
            yield not_an_object(place, item)


# --- several pairs in one object


def is_numbered(fields: Fields, roles: Roles) -> bool:
    """Return whether questions and answers of an object go by numbers: q1, a1, q2, a2."""
    del roles
    return bool(_numbered(tuple(fields)))


@lru_cache(maxsize=2000)
def _numbered(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return (question, answer) of each number, nothing where one of the two lacks its other."""
    sides: dict[str, dict[str, str]] = {"question": {}, "answer": {}}
    for name in names:
        match = _NUMBERED.fullmatch(keys.canonical(name))
        roles = keys.roles_of([match["word"]]) if match else {}
        side = next((side for side in sides if keys.having(roles, side, 1)), None)
        if match is not None and side is not None:
            sides[side][match["number"]] = name
    questions, answers = sides["question"], sides["answer"]
    if questions.keys() != answers.keys():
        return ()
    return tuple((name, answers[number]) for number, name in questions.items())


def numbered(found: Object) -> Records:
    """Yield one record per number; the other keys go with each of them."""
    both = _numbered(tuple(found.fields))
    read = {name for pair in both for name in pair}
    rest = {key: value for key, value in found.fields.items() if key not in read}
    for question, answer in both:
        asked, answered = found.fields[question], found.fields[answer]
        if asked not in (None, "") or answered not in (None, ""):
            fields = {**rest, "question": asked, "answer": answered}
            yield Record(f"{found.place}/{question}", fields, found.above)


# --- schema.org


def is_schema_question(fields: Fields, roles: Roles) -> bool:
    """Return whether a Question of schema.org stands there."""
    del roles
    return any(key in fields for key in ("acceptedAnswer", "suggestedAnswer")) and any(
        isinstance(fields.get(key), str) for key in ("name", "text", "headline")
    )


def schema_question(found: Object) -> Records:
    """Yield a Question with its accepted answer, else the first suggested one."""
    fields = dict(found.fields)
    asked = next(key for key in ("name", "text", "headline") if isinstance(fields.get(key), str))
    key = "acceptedAnswer" if fields.get("acceptedAnswer") else "suggestedAnswer"
    answers = fields.pop(key)
    first = answers[0] if isinstance(answers, list) and answers else answers
    text = first.get("text") if isinstance(first, dict) else first
    yield Record(
        found.place, {**fields, "question": fields.pop(asked), "answer": text}, found.above
    )
