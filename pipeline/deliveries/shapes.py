"""What one object says: a pair, a conversation, a preference, a batch result, a tool's record.

SHAPES is the table: the first shape that recognises an object reads it. Whatever an object comes
from (JSON, YAML, a row of a table) it is read here, so that a shape known once is known everywhere.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from pipeline.deliveries import batch_results, comparisons, keys, texts_with_roles, trees, turns
from pipeline.deliveries.choices import choices_of, texts_in
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.records import Duplicated, Record, Refusal, not_an_object
from pipeline.deliveries.streamed import in_memory
from pipeline.deliveries.texts import is_text
from pipeline.deliveries.turns import Turn

Records = Iterator[Record | Refusal]
Fields = dict[str, Any]


class Object(NamedTuple):
    """An object of a delivery: where it stands, what it says, what encloses it."""

    place: str
    fields: Fields
    roles: Roles
    above: Mapping[str, Any]


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
    if _is_surely_plain(fields):
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
    if _is_surely_plain(fields):
        return _PLAIN
    roles = keys.roles_of(fields)
    return next((shape for shape in SHAPES if shape.is_such(fields, roles)), None)


def is_row(value: object) -> bool:
    """Return whether a value is an object that a shape recognises."""
    return isinstance(value, dict) and shape_of(value) is not None


# --- a pair by its keys


def _is_surely_plain(fields: Fields) -> bool:
    both = keys.plain_pair(tuple(fields))
    return (
        both is not None and isinstance(fields[both[0]], str) and isinstance(fields[both[1]], str)
    )


def _is_plain(fields: Fields, roles: Roles) -> bool:
    if "question" not in roles:
        return False
    asked = _first_text(fields, roles, "question", 2)
    if asked is not None and (keys.having(roles, "question", 1) or _has_answer(fields, roles, 3)):
        return True
    if _first_text(fields, roles, "question", 3) is not None and _has_answer(fields, roles, 3):
        return True
    title = _first_text(fields, roles, "question", 4)
    return bool(title) and _asks(title) and _has_answer(fields, roles, 4)


def _asks(text: Any) -> bool:
    return isinstance(text, str) and text.rstrip("*_ \t\n").endswith(("?", "\uff1f"))


def _first_text(fields: Fields, roles: Roles, role: str, most_rank: int) -> Any:
    """Return the first text of a role, or object with a text; None where there is none."""
    held = (fields[key] for key in keys.having(roles, role, most_rank))
    return next((value for value in held if is_text(value)), None)


def _has_answer(fields: Fields, roles: Roles, most_rank: int) -> bool:
    """Return whether a key of an answer stands there, whatever it holds."""
    del fields
    return any(keys.having(roles, role, most_rank) for role in ("answer", "reference")) or (
        "choices" in roles
    )


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
        and _has_answer(fields, roles, 3)
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


def _is_asked_in_turn(fields: Fields, roles: Roles) -> bool:
    """Return whether questions are listed, and their answers beside them (MT-Bench)."""
    del roles
    return _in_turn(fields) is not None


def _in_turn(fields: Fields) -> tuple[str, str] | None:
    """Return the keys of a list of questions and of an equally long list of answers."""
    asked = fields.get("turns")
    if not isinstance(asked, list) or not asked or not all(isinstance(one, str) for one in asked):
        return None
    for key in ("reference", "reference_answers", "references", "answers", "responses"):
        said = fields.get(key)
        if (
            isinstance(said, list)
            and len(said) == len(asked)
            and all(isinstance(one, str) for one in said)
        ):
            return "turns", key
    return None


def _asked_in_turn(found: Object) -> Records:
    held = _in_turn(found.fields)
    assert held is not None
    asked, said = (found.fields[key] for key in held)
    both = [
        Turn(f"{found.place}/{key}/{n}", role, text)
        for n, texts in enumerate(zip(asked, said, strict=True))
        for key, role, text in zip(held, ("user", "assistant"), texts, strict=True)
    ]
    extra = {key: value for key, value in found.fields.items() if key not in held}
    yield from turns.pairs_of(both, extra, found.place, found.above)


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
            found = turns.turns_in(value, f"/{key}", plain=plain)
            if found is not None:
                return key, found
    return None


def _is_conversation(fields: Fields, roles: Roles) -> bool:
    if not any(role in roles for role in ("turns", "question")):
        return False
    named = keys.having(roles, "question", 2)
    if any(isinstance(fields[key], str) and fields[key].strip() for key in named):
        return False
    found = turn_list(fields, roles)
    if found is not None and found[0] in keys.having(roles, "history"):
        return _first_text(fields, roles, "question", 3) is None
    return found is not None and not any(_is_pair_list(fields, key) for key in (found[0],))


def _is_pair_list(fields: Fields, key: str) -> bool:
    """Return whether a list that could be turns holds pairs under their own names."""
    listed = fields.get(key)
    return (
        isinstance(listed, list)
        and keys.canonical(key) not in _TALKS
        and any(isinstance(item, dict) and _is_plain(item, keys.roles_of(item)) for item in listed)
    )


_TALKS = frozenset(
    ("messages", "conversations", "conversation", "dialog", "dialogue", "chat_messages")
)


def _conversation(found: Object) -> Records:
    """Yield the pairs of a conversation; an answer beside it answers its last turn."""
    listed = turn_list(found.fields, found.roles)
    assert listed is not None
    key, said = listed
    said = [turn._replace(place=found.place + turn.place) for turn in said]
    said = [*_before(found, key), *said]
    used = {key.partition("/")[0], *keys.having(found.roles, "system")}
    if key.partition("/")[0] not in keys.having(found.roles, "history"):
        used |= set(keys.having(found.roles, "history")) if _history(found, key) else set()
    closing = _closing(found, used)
    if closing is not None and said[-1].role != "assistant":
        used.add(closing[0])
        said += closing[1]
    extra = {k: v for k, v in found.fields.items() if k not in used}
    title = next((k for k in ("title", "name") if isinstance(extra.get(k), str)), None)
    if title is not None and not keys.having(found.roles, "topic"):
        extra["topic"] = extra.pop(title)
    extra.update(_other_side(found, extra))
    nodes = trees.nodes_listed(found.fields.get(key) or [], f"{found.place}/{key}")
    if nodes is not None and len({n.parent for n in nodes.values()}) > 1:
        yield from trees.each_pair(nodes, extra, found.place, found.above)
    else:
        yield from turns.pairs_of(said, extra, found.place, found.above)


def _before(found: Object, key: str) -> list[Turn]:
    """Return the system prompt and the earlier turns that stand beside a conversation."""
    system = [
        Turn(f"{found.place}/{name}", "system", text)
        for name in keys.having(found.roles, "system")
        if isinstance(text := found.fields[name], str) and text.strip()
    ]
    return [*system, *_history(found, key)]


def _history(found: Object, key: str) -> list[Turn]:
    for name in keys.having(found.roles, "history"):
        earlier = (
            turns.turns_in(found.fields[name], f"{found.place}/{name}") if name != key else None
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
            said := comparisons.side(found.fields[name], f"{found.place}/{name}")
        ):
            return name, said
    return None


def _other_side(found: Object, extra: Fields) -> Fields:
    """Return the rejected answer as text, to be kept beside the one that is the pair's."""
    for name in keys.having(found.roles, "rejected"):
        said = comparisons.side(found.fields[name], name)
        if said:
            extra.pop(name, None)
            return {"rejected": "\n\n".join(t.text for t in said if t.role == "assistant")}
    return {}


def _is_tree(fields: Fields, roles: Roles) -> bool:
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


def _tree_pairs(found: Object) -> Records:
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


def _is_marked_talk(fields: Fields, roles: Roles) -> bool:
    if "question" in roles and _is_plain(fields, roles):
        return False
    return any(isinstance(v, str) and texts_with_roles.is_talk(v) for v in fields.values())


def _marked_talk(found: Object) -> Records:
    order = ("text", "chosen", "prompt", "conversation", "formatted", "content")
    names = sorted(found.fields, key=lambda k: order.index(k) if k in order else len(order))
    key = next(
        k for k in names if isinstance(v := found.fields[k], str) and texts_with_roles.is_talk(v)
    )
    said = texts_with_roles.turns_of(found.fields[key], f"{found.place}/{key}")
    extra = {k: v for k, v in found.fields.items() if k != key}
    closing = _closing(found, {key})
    if closing is not None and said[-1].role == "user" and key != "chosen":
        extra.pop(closing[0])
        said += closing[1]
    yield from turns.pairs_of(said, extra, found.place, found.above)


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
_ANSWERING = (
    "outputs",
    "output",
    "expected_output",
    "reference_outputs",
    "reference",
    "expected",
    "ideal",
    "annotations",
    "assert",
    "response",
    "labels",
)


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
        inner = comparisons.said_by(name, fields[key])
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
    _is_plain,
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
        "chat_tree",
        "a conversation as a tree: ChatGPT's `mapping`, Open WebUI's `chat.history`, oasst's"
        " `prompt.replies`; every branch is read, the one shown first",
        _is_tree,
        _tree_pairs,
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
        _is_asked_in_turn,
        _asked_in_turn,
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
        _is_conversation,
        _conversation,
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
        _is_marked_talk,
        _marked_talk,
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
