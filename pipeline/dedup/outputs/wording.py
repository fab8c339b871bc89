"""Decisions in words: what differs between two questions, and why something was decided."""

from rapidfuzz.distance import Levenshtein

from pipeline.core.text import excerpt
from pipeline.dedup.rules import Evidence, Thresholds, costs_of_sense

_LIMIT_CHARS = 200


def difference(ours: list[str], theirs: list[str]) -> str:
    """Return the words in which two questions differ, as in "risk [retail -> technology] ...".

    Equal stretches are shortened to an ellipsis; questions equal word for word give "".
    """
    parts = []
    for step in Levenshtein.opcodes(ours, theirs):
        before, after = ours[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end]
        if step.tag == "equal":
            parts.append("…")
        else:
            parts.append(f"[{' '.join(before) or 'nothing'} -> {' '.join(after) or 'nothing'}]")
    return "" if parts in ([], ["…"]) else excerpt(" ".join(parts), _LIMIT_CHARS)


def reason(kind: str, action: str, evidence: Evidence | None, thresholds: Thresholds) -> str:
    """Return in one sentence why a rule decided as it did."""
    if evidence is None:
        return "nothing was measured"
    sentence = _SENTENCES[kind, action]
    return f"{sentence} ({'; '.join(_measured(evidence, thresholds))})"


def reviewers_reason(kind: str, action: str, note: str) -> str:
    """Return in one sentence that a reviewer decided, with the reviewer's own note."""
    verdict = "merges the two"
    if action == "keep":
        verdict = "keeps the two apart" if kind == "look_alike" else "keeps both answers"
    return excerpt(f"a reviewer {verdict}" + (f": {note}" if note else ""), _LIMIT_CHARS)


_SENTENCES = {
    ("identical_text", "merge"): "both say the same but for case, spacing and punctuation",
    ("same_question_same_answer", "merge"): "the same question with nearly the same answer",
    ("near_duplicate", "merge"): "nearly the same question and answer, and no guard objects",
    (
        "other_question_same_answer",
        "alias",
    ): "the question is the same in other words, the answer the same",
    (
        "other_question_same_answer",
        "keep",
    ): "the answers say the same, but a guard tells the questions apart",
    (
        "other_question_same_answer",
        "review",
    ): "one answer to two questions that may be one",
    ("same_question_other_answer", "keep"): "one question with two real answers",
    ("look_alike", "keep"): "alike in both texts, but a guard tells the questions apart",
    ("same_question_same_answer", "review"): "a guard sees the answers differ in substance",
    ("near_duplicate", "review"): "close, but not verified in question, answer and guards",
    ("same_question_other_answer", "review"): "probably one question with two answers",
}


def _measured(evidence: Evidence, thresholds: Thresholds) -> list[str]:
    likeness = (
        ("question {:.4g}", evidence.question_similarity, thresholds.fuzzy),
        ("answer {:.4g}", evidence.answer_similarity, thresholds.answer),
        (_cosine(evidence), evidence.cosine, thresholds.cosine),
    )
    return [
        f"{name.format(value)} against {threshold:g}"
        for name, value, threshold in likeness
        if value is not None
    ]


def _cosine(evidence: Evidence) -> str:
    """Return the form of a cosine with what lessens it."""
    costs = costs_of_sense(evidence) or {}
    less = ", ".join(f"{cost:.2g} for {name}" for name, cost in costs.items())
    return "cosine {:.4g}" + (f" less {less}," if less else "")
