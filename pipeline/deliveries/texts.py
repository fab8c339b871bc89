"""Which texts of a record are the question and the answer.

The lowest rank of the vocabulary that holds a text wins; two different texts of rank 1 are two
questions, or two answers. Where a model's output stands beside a reference, the reference is the
answer; of several answers in a list the first one is.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.core.text import excerpt
from pipeline.deliveries import choices, right_choice, texts_with_roles
from pipeline.deliveries.choices import Choices
from pipeline.deliveries.keys import Roles, canonical, having, plain_pair

_EMPTY: tuple[Any, ...] = (None, "", [], {})
_INSIDE = (
    "text",
    "full_text",
    "value",
    "answer",
    "content",
    "normalized_value",
    "answer_text",
    "body",
    "spans",
)
_FEWEST_WORDS = 4
_OF_PAGES = 4
"""The rank of words that pages use for anything: beside an empty answer they are none."""
_MOST_NAMED = 8
_LONGEST_LETTER_CHARS = 8
_NO_ANSWERS = frozenset(
    ("cannotanswer", "no answer present", "noanswer", "unanswerable", "[no answer]", "<no answer>")
)
"""How public data sets write that a question has no answer (QuAC, MS MARCO)."""
_LONGEST_NO_ANSWER_CHARS = 24


class PairTexts(NamedTuple):
    """Question and answer, the choices where there are any, and the keys that are read whole.

    asked and answered are the keys in whose words the two stand; before is what a prompt says
    before its last question, as (role, text).
    """

    question: str
    answer: str
    choices: Choices | None
    keys: tuple[str, ...]
    asked: str
    answered: str
    before: tuple[tuple[str, str], ...] = ()


def is_text(value: Any) -> bool:
    """Return whether a value is a text, or an object that holds one, with something in it."""
    if isinstance(value, dict):
        value = _one_text(value)[0]
    return isinstance(value, str) and bool(value.strip())


Fault = tuple[str, str]
"""A reason code and its sentence."""


def texts_of(  # noqa: C901, PLR0911 - one return for each fault that a record may have
    fields: Mapping[str, Any], roles: Roles
) -> PairTexts | Fault:
    """Return the texts of a record, or why it has none."""
    both = plain_pair(tuple(fields))
    if both is not None and _are_long(fields[both[0]], fields[both[1]]):
        return PairTexts(fields[both[0]], fields[both[1]], None, both, *both)
    asked = _question(fields, roles)
    if isinstance(asked, tuple):
        return asked
    prompt = _one_text(fields[asked])[0]
    question, before = _last_asked(prompt)
    found = choices.choices_of(fields, roles) if _may_choose(roles) else None
    if found is not None and asked not in found.read:
        return _chosen(fields, roles, asked, question, found)
    answered = _answer(fields, roles, asked)
    if isinstance(answered, tuple):
        return answered
    text, is_whole = _one_text(fields[answered])
    if not isinstance(text, str) or not text.strip():
        return "no_answer", f"field answer must be text, got {_shown(fields[answered])}"
    if _says_none(text):
        return "no_answer", f"answer {text.strip()!r} says that there is none"
    inline = right_choice.inline(question, text)
    if isinstance(inline, Choices):
        meant = right_choice.text_of_letter(text, inline)
        if meant is None:
            return "no_answer", f"answer {text.strip()!r} names none of the choices in the question"
        return PairTexts(question, meant, None, (asked,), asked, answered)
    if inline is not None:
        message = f"answer {text.strip()!r} is a letter alone: deliver the text of the choice"
        return "no_answer", message
    if question is not prompt:
        text = text.strip()  # white space between a template's mark and the answer is its own
    whole = (asked, answered) if is_whole else (asked,)
    return PairTexts(question, text, None, whole, asked, answered, before)


def _are_long(question: Any, answer: Any) -> bool:
    """Return whether two texts are no letter of a choice, as nearly all are."""
    return (
        isinstance(question, str)
        and isinstance(answer, str)
        and len(answer) > _LONGEST_LETTER_CHARS
        and not question.isspace()
        and not answer.isspace()
        and bool(question)
        and not _says_none(answer)
    )


def _says_none(answer: str) -> bool:
    return (
        len(answer) <= _LONGEST_NO_ANSWER_CHARS
        and answer.strip().lower().removesuffix(".") in _NO_ANSWERS
    )


def _last_asked(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the question of a prompt that a template wraps, and what is said before it."""
    spoken = texts_with_roles.open_prompt(text)
    if not spoken:
        return text, ()
    return spoken[-1].text, tuple((turn.role, turn.text) for turn in spoken[:-1] if turn.text)


def _may_choose(roles: Roles) -> bool:
    return "choices" in roles or "correct" in roles or "answer" in roles


def _chosen(
    fields: Mapping[str, Any], roles: Roles, asked: str, question: str, found: Choices
) -> PairTexts | Fault:
    right = right_choice.right_text(fields, roles, found)
    if isinstance(right, right_choice.Unclear):
        written = next((k for k in having(roles, "answer", 2) if k not in found.read), None)
        text = fields[written] if written else None
        if isinstance(text, str) and len(text.split()) >= _FEWEST_WORDS:
            return PairTexts(question, text, found, (asked, written or ""), asked, written or "")
        return "no_answer", right.message
    answer, key = right
    return PairTexts(question, answer, found, (asked,), asked, key or "choices")


def _question(fields: Mapping[str, Any], roles: Roles) -> str | Fault:
    ranked = [(rank, key) for rank, key in roles.get("question", ()) if fields[key] not in _EMPTY]
    texts = [(rank, key) for rank, key in ranked if is_text(fields[key])]
    if not texts:
        shown = _shown(fields[ranked[0][1]]) if ranked else "nothing"
        return "no_question", f"field question must be text, got {shown}"
    best = [key for rank, key in texts if rank == texts[0][0]]
    if texts[0][0] == 1 and len({_one_text(fields[key])[0] for key in best}) > 1:
        return "two_questions", f"question stands under {' and '.join(map(repr, best))}"
    return best[0]


def _answer(fields: Mapping[str, Any], roles: Roles, asked: str) -> str | Fault:
    """Return the key of the answer: the reference's where an output stands beside it."""

    def present(role: str, most_rank: int) -> list[tuple[int, str]]:
        found = roles.get(role, ())
        return [
            (r, k) for r, k in found if r <= most_rank and fields[k] not in _EMPTY and k != asked
        ]

    answers = present("answer", 4)
    reference = present("reference", 2)
    if reference and _is_reference(reference, answers, fields):
        return reference[0][1]
    if not answers:
        other = reference[0][1] if reference else _letter_of(fields, roles, asked)
        return other or ("no_answer", _missing(fields))
    if answers[0][0] == _OF_PAGES and any(
        fields[key] in _EMPTY for rank, key in roles.get("answer", ()) if rank == 1
    ):
        return "no_answer", _missing(fields)
    best = [key for rank, key in answers if rank == answers[0][0]]
    distinct = {_one_text(fields[key])[0] for key in best if _is_hashable(fields[key])}
    if answers[0][0] == 1 and len(distinct) > 1:
        return "two_answers", f"answer stands under {' and '.join(map(repr, best))}"
    worked = [k for _, k in answers if canonical(k) == "solution" and isinstance(fields[k], str)]
    if worked and _is_worked(fields, asked, best[0], worked[0]):
        return worked[0]
    return best[0]


def _letter_of(fields: Mapping[str, Any], roles: Roles, asked: str) -> str | None:
    """Return the key that names the right one of choices which stand in the question."""
    named = next((k for k in having(roles, "correct") if isinstance(fields[k], str)), None)
    question = _one_text(fields[asked])[0] if named else None
    is_inside = isinstance(question, str) and right_choice.choices_in(question) is not None
    return named if is_inside else None


def _missing(fields: Mapping[str, Any]) -> str:
    named = ", ".join(repr(excerpt(key, 24)) for key in list(fields)[:_MOST_NAMED])
    return f"field answer must be text, got nothing; the keys are {named or 'none'}"


def _is_hashable(value: Any) -> bool:
    return not isinstance(_one_text(value)[0], (list, dict))


def _is_reference(
    reference: list[tuple[int, str]], answers: list[tuple[int, str]], fields: Mapping[str, Any]
) -> bool:
    """Return whether a reference is the answer, and what is said besides a model's output.

    `reference` and `target` are words that also name sources: beside a plain answer they are none.
    """
    rank, key = reference[0]
    text = _one_text(fields[key])[0]
    if not isinstance(text, str) or not text.strip():
        return False
    return (
        rank == 1
        or not answers
        or all(canonical(k) not in ("answer", "a", "answer_text") for _, k in answers)
    )


def _is_worked(fields: Mapping[str, Any], asked: str, best: str, solution: str) -> bool:
    """Return whether a solution is the whole answer and what is called answer its result."""
    result = _one_text(fields[best])[0]
    return canonical(asked) in ("problem", "problem_statement", "exercise") or (
        isinstance(result, str) and result.strip() in fields[solution]
    )


def _one_text(value: Any) -> tuple[Any, bool]:
    """Return the text that a value holds, the first of several, and whether it is all of it."""
    if isinstance(value, str):
        return value, True
    if isinstance(value, list) and value:
        return _one_text(value[0])[0], False
    if isinstance(value, dict):
        named = {canonical(name): item for name, item in value.items()}
        held = next((named[name] for name in _INSIDE if named.get(name) not in _EMPTY), None)
        return (_one_text(held)[0], False) if held is not None else (value, False)
    return value, False


def _shown(value: Any) -> str:
    return "nothing" if value is None else f"{type(value).__name__} {excerpt(repr(value), 40)}"
