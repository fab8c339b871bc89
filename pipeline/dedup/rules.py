"""What follows from the evidence on two pairs: the rules, in order."""

from math import log2
from typing import NamedTuple

from pipeline.core.text import counted
from pipeline.dedup.guards.phrases import (
    added,
    is_detail,
    replaced_words,
    speaks_of_substance,
)

_REPLACED_COSTS = 0.05  # of the cosine, a word; .04 to .06 order dev's labels alike
_ADDED_DIRECTION_COSTS = 0.03  # a word
_ADDED_NAME_COSTS = 0.05  # a name
_SIBLINGS_COST = 0.02  # for each time that their number doubles; .015 to .025 are alike

_LIES_LOWER = {"minilm": 0.035}  # by encoder: at .84 as sure as distilled at .875, and finds more

_MOST_SIBLINGS = 3
"""Of guarded questions with more, 5 of 18 that wording alone would propose were true by label."""


class Thresholds(NamedTuple):
    """From where likeness counts; similarities run from 0 to 100, the cosine from -1 to 1."""

    fuzzy: float
    review: float
    answer: float
    cosine: float
    wording: float


def near_from(cosine_threshold: float, encoder: str) -> float:
    """Return from where the cosines of an encoder's vectors are near.

    cosine_threshold is that of the encoder that comes along; the cosines of some lie lower.
    """
    return cosine_threshold - _LIES_LOWER.get(encoder, 0.0)


class Evidence(NamedTuple):
    """What was measured on two entries, left the better ranked."""

    left: int
    right: int
    is_same_question: bool
    is_same_answer: bool
    question_similarity: float | None
    answer_similarity: float | None
    cosine: float | None  # the mean of that of their questions and that of their documents
    guards: tuple[str, ...] = ()  # of the questions
    answer_guards: tuple[str, ...] = ()
    siblings: int = 0  # other questions that have all the words that the two questions share


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


def rule_on(evidence: Evidence, thresholds: Thresholds) -> Ruling | None:
    """Return kind and action for two pairs, None where there is nothing to say.

    Merged by rule is only what is verified in question and answer and what no guard objects to;
    real answers to one question are kept side by side; all else that comes close is put before a
    reviewer.
    """
    if evidence.is_same_answer:
        if evidence.is_same_question:
            return Ruling("identical_text", "merge")
        return Ruling("other_question_same_answer", _of_same_answer(evidence, thresholds))
    by_question = _of_look_alikes if evidence.guards else _of_near_questions
    return by_question(evidence, thresholds) or _of_near_answers(evidence, thresholds)


def _of_same_answer(evidence: Evidence, thresholds: Thresholds) -> str:
    if not evidence.guards:
        return "alias"
    is_wording = not any(map(speaks_of_substance, evidence.guards))  # often a slip of the pen
    return (
        "review"
        if is_wording and _reaches(evidence.question_similarity, thresholds.review)
        else "keep"
    )


def _of_near_answers(evidence: Evidence, thresholds: Thresholds) -> Ruling | None:
    """Return what follows from answers that say the same, where the questions decide nothing."""
    if evidence.answer_guards or any(map(speaks_of_substance, evidence.guards)):
        return None
    if not _reaches(evidence.answer_similarity, thresholds.answer):
        return None
    return Ruling("other_question_same_answer", "keep" if evidence.guards else "review")


def _of_near_questions(evidence: Evidence, thresholds: Thresholds) -> Ruling | None:
    alike = _reaches(evidence.answer_similarity, thresholds.answer)
    twins = "same_question_same_answer" if evidence.is_same_question else "near_duplicate"
    if _reaches(evidence.question_similarity, thresholds.fuzzy):
        if alike:
            return Ruling(twins, "review" if evidence.answer_guards else "merge")
        return Ruling("same_question_other_answer", "keep")
    if _reaches(evidence.question_similarity, thresholds.review):
        return Ruling(twins if alike else "same_question_other_answer", "review")
    return Ruling(twins, "review") if _is_of_one_sense(evidence, thresholds) else None


def _of_look_alikes(evidence: Evidence, thresholds: Thresholds) -> Ruling | None:
    """Return what follows where a guard spoke, of substance or of mere wording."""
    alike = _reaches(evidence.answer_similarity, thresholds.answer)
    near = _reaches(evidence.question_similarity, thresholds.fuzzy)
    is_alone = evidence.siblings <= _MOST_SIBLINGS  # else a template, filled once more
    if any(map(speaks_of_substance, evidence.guards)):
        if near and alike:
            return Ruling("look_alike", "keep")
        if near and is_detail(evidence.guards) and is_alone:
            return Ruling("same_question_other_answer", "review")
        return (
            Ruling("near_duplicate", "review") if _is_of_one_sense(evidence, thresholds) else None
        )
    if (near and alike) or _is_of_one_sense(evidence, thresholds):
        return Ruling("near_duplicate", "review")
    needed = thresholds.fuzzy if is_detail(evidence.guards) else thresholds.wording
    if _reaches(evidence.question_similarity, needed) and is_alone:
        return Ruling("same_question_other_answer", "review")
    return None


def _is_of_one_sense(evidence: Evidence, thresholds: Thresholds) -> bool:
    costs = costs_of_sense(evidence)
    if evidence.cosine is None or costs is None:
        return False
    return evidence.cosine - sum(costs.values()) >= thresholds.cosine


def costs_of_sense(evidence: Evidence) -> dict[str, float] | None:
    """Return what lessens the cosine of two questions, in words; None where nothing is near.

    Templates filled with another subject lie as near as paraphrases, but have words in the place
    of words (docs/adr/0074), and siblings: other questions with all the words that the two share
    (docs/adr/0140). A direction that one side adds ("growing") narrows a question, and so does a
    name; one that stands for another turns it round, and then nothing is near (docs/adr/0131).
    """
    more = added(evidence.guards)
    if more is None:
        return None
    replaced = replaced_words(evidence.guards)
    costs = {
        counted(replaced, "replaced word"): _REPLACED_COSTS * replaced,
        counted(more.directions, "added direction"): _ADDED_DIRECTION_COSTS * more.directions,
        counted(more.names, "added name"): _ADDED_NAME_COSTS * more.names,
        counted(evidence.siblings, "sibling"): cost_of_siblings(evidence.siblings),
    }
    return {name: cost for name, cost in costs.items() if cost}


def cost_of_siblings(siblings: int) -> float:
    """Return what siblings take off a cosine."""
    return _SIBLINGS_COST * log2(1 + siblings)


def _reaches(value: float | None, threshold: float) -> bool:
    return value is not None and value >= threshold
