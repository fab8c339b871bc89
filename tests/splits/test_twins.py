"""The search for leaks finds what a comparison of every two pairs finds, and nothing else."""

from itertools import combinations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from pipeline.core.splits import SPLITS
from pipeline.dedup.guards.question_guards import question_guards, question_words
from pipeline.dedup.text import plain, tokens
from pipeline.splits.meaning import meaning
from pipeline.splits.twins import Leak, find_leaks
from tests.domains import LEXICON
from tests.splits.questions import QUESTIONS
from tests.thoroughness import often

NOBODY: frozenset[tuple[str, str]] = frozenset()
ANSWERS = ("one", "two", "three", "four", "five", "six")
ROWS = st.lists(
    st.tuples(QUESTIONS, st.sampled_from(ANSWERS), st.sampled_from(SPLITS)),
    max_size=14,
)

Row = tuple[str, str, str]


def table(rows: list[Row]) -> pa.Table:
    words = [" ".join(tokens(plain(question))) for question, _, _ in rows]
    columns = {
        "pair_id": [f"{n:032x}" for n in range(len(rows))],
        "split": [split for _, _, split in rows],
        "question_plain": words,
        "meaning": [meaning(question_words(text, LEXICON)) for text in words],
        "answer_digest": [answer for _, answer, _ in rows],
    }
    return pa.table({name: pa.array(values, pa.large_string()) for name, values in columns.items()})


def every_two(rows: list[Row], threshold: float) -> set[tuple[str, str]]:
    """Return the pairs of pairs of two splits whose questions are twins, by brute force."""
    found = set()
    for (n, ours), (m, theirs) in combinations(enumerate(table(rows).to_pylist()), 2):
        left, right = ours["question_plain"], theirs["question_plain"]
        is_near = fuzz.token_sort_ratio(left, right) >= threshold
        is_silent = not question_guards(*(question_words(text, LEXICON) for text in (left, right)))
        if ours["split"] != theirs["split"] and is_near and is_silent:
            found.add((f"{n:032x}", f"{m:032x}"))
    return found


@often(60)
@given(ROWS, st.sampled_from([60.0, 85.0, 100.0]))
def test_the_search_finds_what_every_two_pairs_have(rows: list[Row], threshold: float) -> None:
    """Questions: the same pairs of pairs as by brute force."""
    distinct = [(question, str(n), split) for n, (question, _, split) in enumerate(rows)]
    found = find_leaks(table(distinct), threshold=threshold, apart=NOBODY, known=LEXICON).leaks
    assert {leak.pair_ids for leak in found} == every_two(distinct, threshold)
    assert all(leak.kind == "same_question" for leak in found)


@given(ROWS)
def test_one_answer_in_two_splits_is_a_leak(rows: list[Row]) -> None:
    """Answers: there is a leak if and only if an answer stands in two splits."""
    asked = [
        (f"asset {chr(97 + n)}{chr(97 + n)}", answer, s) for n, (_, answer, s) in enumerate(rows)
    ]
    leaks = find_leaks(table(asked), threshold=101, apart=NOBODY, known=LEXICON).leaks
    spread = {answer: {s for _, a, s in asked if a == answer} for _, answer, _ in asked}
    assert bool(leaks) is any(len(splits) > 1 for splits in spread.values())
    assert all(leak.kind == "same_answer" for leak in leaks)


def test_what_a_reviewer_keeps_apart_is_no_twin() -> None:
    """Two questions that read alike, and that a person tells apart, may lie in two splits."""
    rows = [("What is custody?", "one", "train"), ("what is custody", "two", "test")]
    ids = (f"{0:032x}", f"{1:032x}")
    assert find_leaks(table(rows), threshold=85, apart=NOBODY, known=LEXICON).leaks == [
        Leak(ids, "same_question", 100.0)
    ]
    assert find_leaks(table(rows), threshold=85, apart=frozenset({ids}), known=LEXICON).leaks == []
