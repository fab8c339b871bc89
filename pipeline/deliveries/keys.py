"""Which delivered keys mean what. One table; a new spelling is one new word here.

Keys are compared in lower case with spaces and hyphens as underscores.
"""

from collections.abc import Iterable
from functools import lru_cache

QUESTION = ("question", "q", "question_text", "query")
ANSWER = ("answer", "a", "answer_text", "response")

_SYNONYMS = dict.fromkeys(QUESTION[1:], "question") | dict.fromkeys(ANSWER[1:], "answer")

COLUMNS: dict[str, tuple[str, ...]] = {
    "indicator": ("indicator", "indicator_name"),
    "category": ("category",),
    "subcategory": ("subcategory",),
    "topic": ("topic", "research_topic", "subtopic"),
    "session": ("session", "session_id", "session_number", "source_session"),
    "difficulty": ("difficulty", "difficulty_level"),
    "created": ("created_date", "created", "created_at", "generated_at", "date"),
    "original_id": ("pair_id", "id", "question_id", "pair_number"),
    "tags": ("tags",),
    "citations": ("citations", "sources", "references"),
}
"""Column -> keys of a record that fill it, the first present one winning."""

CONTEXT: dict[str, tuple[str, ...]] = {
    "indicator": ("indicator", "indicator_name"),
    "category": ("category",),
    "subcategory": ("subcategory",),
    "topic": ("topic", "research_topic"),
    "session": ("session", "session_id", "session_number"),
    "created": (
        "generation_date",
        "generated_at",
        "extraction_date",
        "created_date",
        "processing_date",
        "completed",
        "date",
    ),
}
"""Column -> keys of the enclosing objects that fill it where the record is silent."""

DECLARED = ("total_pairs", "total_qa_pairs", "qa_count", "pair_count", "total_questions")
"""Keys under which a delivery says how many pairs it holds."""

LISTS = ("qa_pairs", "question_answer_pairs", "questions_answers", "qa", "pairs")
"""Keys under which an object keeps its list of pairs."""


_TOLD = frozenset(("question", "answer"))


def guesses(fields: Iterable[str]) -> set[str]:
    """Return which keys of a record were taken for a question or an answer without saying so."""
    spelled = {canonical(key) for key in fields} - _TOLD
    if spelled.isdisjoint(_SYNONYMS):
        return set()
    return {f"{_SYNONYMS[key]} <- {key}" for key in spelled if key in _SYNONYMS}


@lru_cache(maxsize=1000)
def canonical(key: str) -> str:
    """Return the form of a key that the tables above are written in."""
    return key.strip().lower().replace(" ", "_").replace("-", "_")
