"""Tables: which column holds the questions and which the answers, by their headers."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pipeline.deliveries import keys

QUESTION = (*keys.QUESTION, "questions", "faq_question", "faq", "prompt", "user", "front", "term")
ANSWER = (
    *keys.ANSWER, "answers", "faq_answer", "completion", "assistant", "back", "definition",
)  # fmt: skip
"""Headers in order of preference; all but "question" and "answer" count as guesses."""


class Columns(NamedTuple):
    """The headers under which a table keeps question and answer, as they are spelled there."""

    question: str
    answer: str


def columns_of(headers: Iterable[str]) -> Columns | None:
    """Return a table's columns of pairs, None where it lacks one of the two."""
    spelled: dict[str, str] = {}
    for header in headers:
        spelled.setdefault(keys.canonical(header), header)
    question = next((spelled[name] for name in QUESTION if name in spelled), None)
    answer = next((spelled[name] for name in ANSWER if name in spelled), None)
    return None if question is None or answer is None else Columns(question, answer)


def named_twice(headers: Iterable[str]) -> str | None:
    """Return a header that stands twice, in whatever spelling; empty headers do not count."""
    seen: set[str] = set()
    for header in headers:
        name = keys.canonical(header)
        if name and name in seen:
            return header
        seen.add(name)
    return None


def fields_of(row: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """Return a row as a record's fields; empty cells are left out, other columns keep names."""
    named = {columns.question: "question", columns.answer: "answer"}
    return {named.get(key, key): value for key, value in row.items() if value not in (None, "")}


def mapping_of(columns: Columns) -> tuple[str, ...]:
    """Return what was guessed about a table's columns."""
    return tuple(
        f"{name} <- column {header}"
        for name, header in columns._asdict().items()
        if keys.canonical(header) != name
    )
