"""What one object says: a pair, a conversation, a preference, a batch result, a tool's record.

SHAPES is the table: the first shape that recognises an object reads it. Whatever an object comes
from (JSON, YAML, a row of a table) it is read here, so that a shape known once is known everywhere.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pipeline.deliveries import batch_results, comparisons, conversations, keys, wrappers
from pipeline.deliveries.choices import choices_of
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.plain_pairs import (
    Fields,
    Object,
    Records,
    has_answer,
    is_plain,
    is_surely_plain,
)
from pipeline.deliveries.records import Duplicated, Record, not_an_object
from pipeline.deliveries.streamed import in_memory


class Shape(NamedTuple):
    """A shape by name and in words, whether an object is of it, how it is read, what is guessed."""

    name: str
    looks_like: str
    is_such: Callable[[Fields, Roles], bool]
    read: Callable[[Object], Records]
    mapping: tuple[str, ...] = ()


def records_of(place: str, fields: Fields, above: Mapping[str, Any]) -> Records:
    """Yield the records of an object; one that no shape recognises is a record as it is.

    An object that names a key twice goes on as it is, and is refused for that.
    """
    if isinstance(fields, Duplicated):
        yield Record(place, fields, above)
        return
    if is_surely_plain(fields):
        yield Record(place, fields, above)
        return
    fields = in_memory(fields)
    shape = shape_of(fields)
    if shape is None or shape.read is _as_it_is:
        yield Record(place, fields, above)
    else:
        yield from shape.read(Object(place, fields, keys.roles_of(fields), above))


def shape_of(fields: Fields) -> Shape | None:
    """Return the shape of an object, None where it holds nothing that is read."""
    if is_surely_plain(fields):
        return _PLAIN
    roles = keys.roles_of(fields)
    return next((shape for shape in SHAPES if shape.is_such(fields, roles)), None)


def is_row(value: object) -> bool:
    """Return whether a value is an object that a shape recognises."""
    return isinstance(value, dict) and shape_of(value) is not None


# --- a pair by its keys


def _is_choice(fields: Fields, roles: Roles) -> bool:
    return (
        ("choices" in roles or "correct" in roles)
        and any(role in roles for role in ("question", "context"))
        and choices_of(fields, roles) is not None
        and ("choices" in roles or _names_right(fields, roles))
    )


def _names_right(fields: Fields, roles: Roles) -> bool:
    choices = choices_of(fields, roles)
    return choices is not None and any(
        key not in choices.read and fields[key] not in (None, "")
        for key in keys.having(roles, "correct")
    )


def _as_it_is(found: Object) -> Records:
    yield Record(found.place, found.fields, found.above)


# --- Alpaca: an instruction, and an input that belongs to it


def _is_alpaca(fields: Fields, roles: Roles) -> bool:
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


def _alpaca(found: Object) -> Records:
    spelled = {keys.canonical(key): key for key in found.fields}
    instruction, given = found.fields[spelled["instruction"]], found.fields[spelled["input"]]
    fields = {key: value for key, value in found.fields.items() if key != spelled["input"]}
    if isinstance(instruction, str) and instruction.strip():
        fields["question"] = f"{instruction}\n\n{given}"
    else:
        fields["question"] = given
    yield Record(found.place, fields, found.above)


def _is_seed_task(fields: Fields, roles: Roles) -> bool:
    instances = fields.get("instances")
    return "question" in roles and isinstance(instances, list) and any(map(_is_instance, instances))


def _is_instance(item: object) -> bool:
    return isinstance(item, dict) and "output" in item


def _seed_task(found: Object) -> Records:
    """Yield one record per instance of a self-instruct task."""
    rest = {key: value for key, value in found.fields.items() if key != "instances"}
    for position, item in enumerate(found.fields["instances"]):
        place = f"{found.place}/instances/{position}"
        held = item if isinstance(item, dict) else {}
        yield from records_of(place, {**rest, **held}, found.above)


# --- SQuAD's paragraphs, and its flat rows


def _is_paragraph(fields: Fields, roles: Roles) -> bool:
    del roles
    return isinstance(fields.get("qas"), list) and "context" in fields


def _paragraph(found: Object) -> Records:
    rest = {key: value for key, value in found.fields.items() if key != "qas"}
    title = found.above.get("title")
    above = {**found.above, "topic": title} if title else found.above
    for position, item in enumerate(found.fields["qas"]):
        place = f"{found.place}/qas/{position}"
        if isinstance(item, dict):
            fields = item if isinstance(item, Duplicated) else {**rest, **item}
            yield from records_of(place, fields, above)
        else:
            yield not_an_object(place, item)


def _is_followed(fields: Fields, roles: Roles) -> bool:
    """Return whether questions below a context are answered there (InstructLab, PubMed sets)."""
    below = [key for key in fields if keys.canonical(key) == "questions_and_answers"]
    return "context" in roles and bool(below) and isinstance(fields[below[0]], list)


def _followed(found: Object) -> Records:
    key = next(k for k in found.fields if keys.canonical(k) == "questions_and_answers")
    rest = {name: value for name, value in found.fields.items() if name != key}
    for position, item in enumerate(found.fields[key]):
        place = f"{found.place}/{key}/{position}"
        held = item if isinstance(item, dict) else {key: item}
        yield from records_of(place, {**rest, **held}, found.above)


# --- conversations


_ASKING = (
    "question",
    "fields",
    "inputs",
    "input",
    "row",
    "data",
    "vars",
    "record",
    "sample",
    "example",
    "item",
    "node",
    "attributes",
    "payload",
    "kwargs",
    "properties",
)
_ANSWERING = (*wrappers.ANSWERS, "annotations", "assert", "response", "responses", "labels")


def _unwrapped(fields: Fields) -> Fields | None:
    """Return an object with what its wrappers hold beside its own keys, None where it has none.

    Argilla keeps texts in `fields`, LangSmith in `inputs` and `outputs`, Label Studio in `data` and
    the results of `annotations`, promptfoo in `vars` and `assert`, the datasets server in `row`.
    """
    spelled = {keys.canonical(key): key for key in fields}
    flat = dict(fields)
    lifted = False
    for name in (*_ASKING, *_ANSWERING):
        key = spelled.get(name)
        if key is None:
            continue
        inner = wrappers.wrapped(name, fields[key])
        if inner:
            flat.pop(key, None)
            flat = {**inner, **flat} if name in _ASKING else {**flat, **inner}
            lifted = True
    return flat if lifted else None


def _is_wrapped(fields: Fields, roles: Roles) -> bool:
    del roles
    flat = _unwrapped(fields)
    if flat is None:
        return False
    found = keys.roles_of(flat)
    return any(shape.is_such(flat, found) for shape in SHAPES if shape.name != "tool_record")


def _wrapped(found: Object) -> Records:
    flat = _unwrapped(found.fields)
    assert flat is not None
    yield from records_of(found.place, flat, found.above)


# --- schema.org


def _is_schema_question(fields: Fields, roles: Roles) -> bool:
    del roles
    return any(key in fields for key in ("acceptedAnswer", "suggestedAnswer")) and any(
        isinstance(fields.get(key), str) for key in ("name", "text", "headline")
    )


def _schema_question(found: Object) -> Records:
    fields = dict(found.fields)
    asked = next(key for key in ("name", "text", "headline") if isinstance(fields.get(key), str))
    key = "acceptedAnswer" if fields.get("acceptedAnswer") else "suggestedAnswer"
    answers = fields.pop(key)
    first = answers[0] if isinstance(answers, list) and answers else answers
    text = first.get("text") if isinstance(first, dict) else first
    yield Record(
        found.place, {**fields, "question": fields.pop(asked), "answer": text}, found.above
    )


_PLAIN = Shape(
    "plain",
    "a question and an answer under keys of the vocabulary",
    is_plain,
    _as_it_is,
)
_SIDES = ("answer <- assistant turns", "question <- user turns")

SHAPES: tuple[Shape, ...] = (
    Shape(
        "batch_results",
        "a result of OpenAI's, Anthropic's or Gemini's batch API, or a logged call: with its"
        " request, or with pairs as JSON in its text",
        batch_results.is_result,
        lambda found: batch_results.read(found, records_of),
    ),
    Shape(
        "batch_request",
        "a request to a batch API, which is joined to its result wherever that is delivered",
        batch_results.is_request,
        batch_results.read_request,
    ),
    Shape(
        "chat_tree",
        "a conversation as a tree: ChatGPT's `mapping`, Open WebUI's `chat.history`, oasst's"
        " `prompt.replies`; every branch is read, the one shown first",
        conversations.is_tree,
        conversations.tree_pairs,
        ("answer <- assistant messages", "question <- user messages"),
    ),
    Shape(
        "squad",
        "SQuAD's paragraph with its `qas`; the paragraph is the context",
        _is_paragraph,
        _paragraph,
        ("answer <- answers[0].text",),
    ),
    Shape(
        "passage_questions",
        "InstructLab's `context` with its `questions_and_answers`",
        _is_followed,
        _followed,
    ),
    Shape("seed_tasks", "self-instruct's task with its `instances`", _is_seed_task, _seed_task),
    Shape(
        "asked_in_turn",
        "MT-Bench's `turns` with a list of reference answers",
        conversations.is_asked_in_turn,
        conversations.asked_in_turn,
        ("answer <- reference",),
    ),
    Shape(
        "comparison",
        "answers with scores, ranks or a winner; conversations under `chosen` and `rejected`",
        comparisons.is_comparison,
        comparisons.read,
    ),
    Shape(
        "conversation",
        "a list of turns in any spelling, with an answer or two beside it: messages,"
        " ShareGPT, Claude, Gemini, Capybara, UltraChat, preferences, evals",
        conversations.is_conversation,
        conversations.conversation_pairs,
        _SIDES,
    ),
    Shape(
        "multiple_choice",
        "choices as a list, an object or columns, with the right one by letter, index or text",
        _is_choice,
        _as_it_is,
        ("answer <- text of the right choice",),
    ),
    Shape(
        "alpaca",
        "an instruction with an input, which follows it below an empty line",
        _is_alpaca,
        _alpaca,
        ("question <- instruction + input",),
    ),
    Shape(
        "marked_talk",
        "a text that is a conversation with a template's marks: ChatML, Llama, Gemma, Vicuna,"
        " `### Human:`, `Human:`",
        conversations.is_marked_talk,
        conversations.marked_talk,
        _SIDES,
    ),
    Shape(
        "schema_org",
        "schema.org's Question with its acceptedAnswer",
        _is_schema_question,
        _schema_question,
        ("question <- name",),
    ),
    _PLAIN,
    Shape(
        "tool_record",
        "a tool's wrapper around any of these: Argilla, LangSmith, Langfuse, Label Studio,"
        " promptfoo, the datasets server",
        _is_wrapped,
        _wrapped,
    ),
)
"""In the order in which they are asked."""
