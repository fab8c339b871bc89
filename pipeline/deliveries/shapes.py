"""What one object says: a pair, a conversation, a preference, a batch result, a tool's record.

SHAPES is the table: the first shape that recognises an object reads it. Whatever an object comes
from (JSON, YAML, a row of a table) it is read here, so that a shape known once is known everywhere.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pipeline.deliveries import (
    batch_results,
    comparisons,
    conversations,
    exported_chats,
    intents,
    intents_apart,
    keys,
    multiple_choice,
    notes,
    public_sets,
    texts_within,
    wrappers,
)
from pipeline.deliveries.keys import Roles
from pipeline.deliveries.plain_pairs import (
    Fields,
    Object,
    Records,
    first_text,
    is_plain,
    is_surely_plain,
)
from pipeline.deliveries.records import Duplicated, Record
from pipeline.deliveries.streamed import in_memory, sampled


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
    fields = in_memory(fields)
    yield from _read(
        None if isinstance(fields, Duplicated) else shape_of(fields), place, fields, above
    )


def row_of(place: str, fields: Fields, above: Mapping[str, Any]) -> Records | None:
    """Return the records of an object that a shape recognises, None for any other object."""
    shape = shape_of(fields)
    return None if shape is None else _read(shape, place, in_memory(fields), above)


def _read(shape: Shape | None, place: str, fields: Fields, above: Mapping[str, Any]) -> Records:
    if isinstance(fields, Duplicated) or shape is None or shape.read is _as_it_is:
        yield Record(place, fields, above)
    else:
        yield from shape.read(Object(place, fields, keys.roles_of(fields), above))


def shape_of(fields: Fields) -> Shape | None:
    """Return the shape of an object, None where it holds nothing that is read."""
    if not fields:  # a megabyte may hold 300,000 of them
        return None
    if is_surely_plain(fields):
        return _PLAIN
    fields = sampled(fields)
    roles = keys.roles_of(fields)
    return next((shape for shape in SHAPES if shape.is_such(fields, roles)), None)


def is_row(value: object) -> bool:
    """Return whether a value is an object that a shape recognises."""
    return isinstance(value, dict) and shape_of(value) is not None


# --- a pair by its keys


def _as_it_is(found: Object) -> Records:
    yield Record(found.place, found.fields, found.above)


def _is_in_cells(fields: Fields, roles: Roles) -> bool:
    """Return whether the question is an object that a cell spells as JSON."""
    asked = first_text(fields, roles, "question", 3)
    is_object = isinstance(asked, str) and asked[:1] == "{" and asked.rstrip()[-1:] == "}"
    return is_object and _is_wrapped(fields, roles)


def _is_wrapped(fields: Fields, roles: Roles) -> bool:
    del roles
    flat = wrappers.unwrapped(fields)
    if flat is None:
        return False
    found = keys.roles_of(flat)
    return any(shape.is_such(flat, found) for shape in SHAPES if shape.read is not _wrapped)


def _wrapped(found: Object) -> Records:
    flat = wrappers.unwrapped(found.fields)
    assert flat is not None
    yield from records_of(found.place, flat, found.above)


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
        batch_results.read,
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
        " `prompt.replies`; every branch is read, the one shown first, and other answers to its"
        " questions stay beside them",
        conversations.is_tree,
        conversations.tree_pairs,
        ("answer <- assistant messages", "question <- user messages"),
    ),
    Shape(
        "squad",
        "SQuAD's paragraph with its `qas`; the paragraph is the context",
        public_sets.is_paragraph,
        lambda found: public_sets.paragraph(found, records_of),
        ("answer <- answers[0].text",),
    ),
    Shape(
        "passage_questions",
        "InstructLab's `context` with its `questions_and_answers`",
        public_sets.is_followed,
        lambda found: public_sets.followed(found, records_of),
    ),
    Shape(
        "seed_tasks",
        "self-instruct's task with its `instances`",
        public_sets.is_seed_task,
        lambda found: public_sets.seed_task(found, records_of),
    ),
    Shape(
        "numbered_pairs",
        "several pairs in one object by number: `q1`, `a1`, `question_2`, `answer_2`",
        public_sets.is_numbered,
        public_sets.numbered,
        ("question <- question by number",),
    ),
    Shape(
        "asked_in_ways",
        "answers beside a list of ways to ask for them (QnA Maker, Botpress, intents.json): the"
        " first of each, in each language",
        intents.is_asked_in_ways,
        intents.asked_in_ways,
        ("answer <- the first of several", "question <- the first of several"),
    ),
    Shape(
        "notes",
        "notes of Anki, as CrowdAnki and AnkiConnect write them: fields in a list, front and back",
        notes.is_note,
        notes.read,
        ("answer <- back", "question <- front"),
    ),
    Shape(
        "parted_card",
        "a card of Mochi's: one text, a rule between its two sides",
        notes.is_parted,
        notes.parted,
        ("answer <- below the rule", "question <- above the rule"),
    ),
    Shape(
        "intents",
        "phrases of intents, and their replies elsewhere under the same name: Rasa, Watson",
        intents_apart.is_apart,
        intents_apart.apart,
        ("answer <- reply of the intent", "question <- the intent's first phrase"),
    ),
    Shape(
        "editor_chat",
        "a chat that VS Code exports: requests with the parts of their responses",
        exported_chats.is_requests,
        exported_chats.requests,
        _SIDES,
    ),
    Shape(
        "activity",
        "an entry of Google Takeout's Gemini activity: what was prompted, and what was shown",
        exported_chats.is_activity,
        exported_chats.activity,
        ("answer <- what was shown", "question <- title"),
    ),
    Shape(
        "followed_up",
        "a pair with the pairs that follow it up; it is their context",
        public_sets.is_followed_up,
        lambda found: public_sets.followed_up(found, records_of),
    ),
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
        multiple_choice.is_such,
        _as_it_is,
        ("answer <- text of the right choice",),
    ),
    Shape(
        "alpaca",
        "an instruction with an input, which follows it below an empty line",
        public_sets.is_alpaca,
        public_sets.alpaca,
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
        public_sets.is_schema_question,
        public_sets.schema_question,
        ("question <- name",),
    ),
    Shape(
        "generated",
        "a prompt's answer that is pairs as JSON: a list, an object, or a fence with one",
        texts_within.is_generated,
        texts_within.generated,
        ("format <- JSON in a text",),
    ),
    Shape(
        "tool_cells",
        "a tool's record whose cells hold it as JSON: LangSmith's and Langfuse's CSV",
        _is_in_cells,
        _wrapped,
    ),
    _PLAIN,
    Shape(
        "marked_text_within",
        "a text whose questions and answers are marked, with what is known of it (LangChain)",
        texts_within.is_marked,
        texts_within.marked,
    ),
    Shape(
        "tool_record",
        "a tool's wrapper around any of these: Argilla, LangSmith, Langfuse, Label Studio,"
        " promptfoo, the datasets server",
        _is_wrapped,
        _wrapped,
    ),
)
"""In the order in which they are asked."""
