from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.guards.phrases import speaks_of_substance
from pipeline.dedup.guards.question_guards import question_guards, question_words
from pipeline.dedup.planted.plants import duplicates, traps
from pipeline.dedup.text import plain, tokens
from tests.domains import LEXICON

QUESTIONS = st.sampled_from(
    [
        "How does exchange inflow warn of selling in a bull market?",
        "Which RSI (14) setting suits swing trades?",
        '"the role of custody in a 24h market, explained"',
        "5G and 111DMA signals",
        "why",
    ]
)
ANSWERS = st.sampled_from(
    ["Rising inflow over 14 days warns of selling. RSI confirms it.", "It depends.", "No"]
)
SEEDS = st.integers(0, 10_000)


@given(QUESTIONS, ANSWERS, SEEDS, st.sampled_from(sorted(traps(LEXICON))))
def test_a_trap_asks_for_something_else(question: str, answer: str, seed: int, kind: str) -> None:
    """The two questions of a trap differ in a name, a number or a direction."""
    ours, theirs = traps(LEXICON)[kind]((question, answer), Random(seed))
    spoken = question_guards(
        *(question_words(" ".join(tokens(plain(q))), LEXICON) for q, _ in (ours, theirs))
    )
    assert any(map(speaks_of_substance, spoken))


@given(QUESTIONS, ANSWERS, SEEDS, st.sampled_from(sorted(duplicates(LEXICON))))
def test_a_plant_can_be_made_again(question: str, answer: str, seed: int, kind: str) -> None:
    """The same seed gives the same duplicate, and no text of it is empty."""
    make = duplicates(LEXICON)[kind]
    once, again = (make((question, answer), Random(seed)) for _ in range(2))
    assert once == again
    assert all(text.strip() for text in once)


@pytest.mark.parametrize(("kind", "share"), [("1pct", 0.01), ("10pct", 0.1)])
def test_edits_touch_about_their_share_of_the_words(kind: str, share: float) -> None:
    """Of 5,000 words about the named share is changed."""
    text = " ".join(["liquidity"] * 5000)
    edited = duplicates(LEXICON)[kind]((text, ""), Random(3))[0]
    kept = edited.split(" ").count("liquidity")
    assert 0.7 * share < 1 - kept / 5000 < 1.3 * share


def test_reordering_and_punctuation_keep_every_word() -> None:
    """The words of a reordered and of a repunctuated question are those of the original."""
    pair = ("How does RSI behave, in a bull market, with leverage?", "First. Second? Third!")
    for kind in ("reordered", "punctuation"):
        found = duplicates(LEXICON)[kind](pair, Random(1))
        assert found != pair
        for before, after in zip(pair, found, strict=True):
            assert sorted(tokens(plain(before))) == sorted(tokens(plain(after)))


def test_the_plural_is_formed_in_question_and_answer() -> None:
    """One word of the question gets its plural, wherever it stands."""
    question, answer = duplicates(LEXICON)["plural"](("the policy", "A policy is set."), Random(1))
    assert (question, answer) == ("the policies", "A policies is set.")
