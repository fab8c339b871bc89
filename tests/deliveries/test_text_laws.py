"""No line of a text delivery vanishes: it is in a pair, in metadata, or in quarantine."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deliveries.families.marked_text import records_of
from pipeline.deliveries.pairs import Pair
from pipeline.deliveries.records import Record
from tests.deliveries.test_reading import read

LINES = st.sampled_from(
    [
        "Q: What is {n}?",
        "A: It is {n}.",
        "**Question {n}:** Why {n}?",
        "**Answer:** Because {n}.",
        "## Section {n}",
        "### How is {n} made?",
        "**Who made {n}?**",
        "plain text {n}",
        "    indented {n}",
        "- item {n}",
        "1. **Q:** listed {n}?",
        "    **A:** listed answer {n}",
        "==========",
        "---",
        "──────",
        "* * *",
        "```",
        "",
    ]
)


def kept_text(name: str, content: str) -> str:
    """Return all that the entries of a text hold, and what encloses them."""
    found = read(name, content.encode())
    parts = []
    for _, entry in found.entries:
        if isinstance(entry, Pair):
            extra = orjson.loads(entry.extra)
            parts += [entry.question, entry.answer, entry.topic or "", *map(str, extra.values())]
        else:
            whole = entry.raw in (None, "null")
            parts.append(content if whole else str(orjson.loads(entry.raw)) + content * whole)
    return "\n".join(parts)


@given(st.lists(LINES, min_size=1, max_size=14), st.sampled_from(["a.md", "a.txt"]))
def test_every_word_of_a_text_is_accounted_for(forms: list[str], name: str) -> None:
    """The number that each line bears is found again, whatever lines stand around it."""
    lines = [form.format(n=f"x{number:03}") for number, form in enumerate(forms)]
    kept = kept_text(name, "\n".join(lines))
    for number, form in enumerate(forms):
        if "{n}" in form:
            assert f"x{number:03}" in kept, lines


@given(st.integers(1, 40), st.sampled_from(["", "---\n"]))
def test_answers_that_stand_first_go_to_the_question_of_their_block(count: int, rule: str) -> None:
    """Of any number of blocks each is one pair, with the lines below each mark."""
    blocks = [f"A: answer {n}\nmore {n}\nQ: asked {n}?\n" for n in range(count)]
    found = list(records_of(f"\n{rule}".join(blocks)))
    assert [record.fields for record in found if isinstance(record, Record)] == [
        {"question": f"asked {n}?", "answer": f"answer {n}\nmore {n}"} for n in range(count)
    ]


def test_answers_to_no_question_are_no_records() -> None:
    """A text of answers alone has nothing to ask, and raises nothing."""
    assert list(records_of("A: one\n\nA: two\n")) == []
    assert list(records_of("")) == []
