"""What follows from the evidence on two pairs: the rules, in order."""

from typing import NamedTuple

from pipeline.dedup.guards import is_detail, speaks_of_substance


class Thresholds(NamedTuple):
    """From where likeness counts; similarities run from 0 to 100, the cosine from -1 to 1."""

    fuzzy: float
    review: float
    answer: float
    cosine: float
    wording: float


class Evidence(NamedTuple):
    """What was measured on two entries, left the better ranked."""

    left: int
    right: int
    is_same_question: bool
    is_same_answer: bool
    question_similarity: float | None
    answer_similarity: float | None
    cosine: float | None
    guards: tuple[str, ...] = ()  # of the questions
    answer_guards: tuple[str, ...] = ()


def the_same_texts(left: int, right: int) -> Evidence:
    """Return the evidence on two entries whose texts read the same."""
    return Evidence(
        left,
        right,
        is_same_question=True,
        is_same_answer=True,
        question_similarity=100.0,
        answer_similarity=100.0,
        cosine=None,
    )


class Ruling(NamedTuple):
    """What the rules make of two pairs."""

    kind: str
    action: str


MERGING = frozenset({"merge", "alias"})
"""Actions that leave one of two pairs out."""

LINKING_KINDS = frozenset(
    {"identical_text", "same_question_same_answer", "same_question_other_answer"}
    | {"other_question_same_answer", "near_duplicate"}
)
"""Kinds whose pairs share a cluster: what one of them teaches gives the other away."""


def ruling(seen: Evidence, at: Thresholds) -> Ruling | None:
    """Return kind and action for two pairs, None where there is nothing to say.

    Merged by rule is only what is verified in question and answer and what no guard objects to;
    real answers to one question are kept side by side; all else that comes close is put before a
    reviewer.
    """
    if seen.is_same_answer:
        if seen.is_same_question:
            return Ruling("identical_text", "merge")
        return Ruling("other_question_same_answer", _of_same_answer(seen, at))
    found = _of_look_alikes(seen, at) if seen.guards else _of_near_questions(seen, at)
    return _of_near_answers(seen, at) if found is None else found


def _of_same_answer(seen: Evidence, at: Thresholds) -> str:
    if not seen.guards:
        return "alias"
    is_wording = not any(map(speaks_of_substance, seen.guards))  # often a slip of the pen
    return "review" if is_wording and _reaches(seen.question_similarity, at.review) else "keep"


def _of_near_answers(seen: Evidence, at: Thresholds) -> Ruling | None:
    """Return what follows from answers that say the same, where the questions decide nothing."""
    if seen.answer_guards or any(map(speaks_of_substance, seen.guards)):
        return None
    if not _reaches(seen.answer_similarity, at.answer):
        return None
    return Ruling("other_question_same_answer", "keep" if seen.guards else "review")


def _of_near_questions(seen: Evidence, at: Thresholds) -> Ruling | None:
    alike = _reaches(seen.answer_similarity, at.answer)
    twins = "same_question_same_answer" if seen.is_same_question else "near_duplicate"
    if _reaches(seen.question_similarity, at.fuzzy):
        if alike:
            return Ruling(twins, "review" if seen.answer_guards else "merge")
        return Ruling("same_question_other_answer", "keep")
    if _reaches(seen.question_similarity, at.review):
        return Ruling(twins if alike else "same_question_other_answer", "review")
    return Ruling(twins, "review") if _reaches(seen.cosine, at.cosine) else None


def _of_look_alikes(seen: Evidence, at: Thresholds) -> Ruling | None:
    """Return what follows where a guard spoke, of substance or of mere wording."""
    alike = _reaches(seen.answer_similarity, at.answer)
    near = _reaches(seen.question_similarity, at.fuzzy)
    if any(map(speaks_of_substance, seen.guards)):
        if near and alike:
            return Ruling("look_alike", "keep")
        is_open = near and is_detail(seen.guards)
        return Ruling("same_question_other_answer", "review") if is_open else None
    if (near and alike) or _reaches(seen.cosine, at.cosine):
        return Ruling("near_duplicate", "review")
    needed = at.fuzzy if is_detail(seen.guards) else at.wording
    if _reaches(seen.question_similarity, needed):
        return Ruling("same_question_other_answer", "review")
    return None


def _reaches(value: float | None, threshold: float) -> bool:
    return value is not None and value >= threshold
