import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from pipeline.dedup.likeness.bounds import letter_counts, may_be_alike, may_reach
from pipeline.dedup.text import sorted_key

WORDS = st.lists(st.sampled_from(["rsi", "adx", "née", "über", "10", "a", "🜁", "flow"]), max_size=9)
TEXTS = st.lists(WORDS.map(" ".join), min_size=2, max_size=6)
CUTOFFS = st.sampled_from([0.0, 50.0, 85.0, 95.0, 100.0])


def all_pairs(texts: list[str]) -> np.ndarray:
    return np.array([(a, b) for b in range(len(texts)) for a in range(b)], np.int64).T


@given(TEXTS, CUTOFFS)
def test_letters_never_rule_out_what_reaches_the_cutoff(texts: list[str], cutoff: float) -> None:
    """Two texts whose ratio reaches the cutoff pass the count of letters."""
    pairs = all_pairs(texts)
    chars = np.array(list(map(len, texts)), np.int64)
    possible = may_reach(letter_counts(texts), chars, pairs, cutoff)
    for (one, other), passes in zip(pairs.T.tolist(), possible.tolist(), strict=True):
        assert passes or fuzz.ratio(texts[one], texts[other]) < cutoff


@given(TEXTS, CUTOFFS)
def test_neighbours_never_rule_out_what_reaches_the_cutoff(texts: list[str], cutoff: float) -> None:
    """Two texts whose token-sort ratio reaches the cutoff pass the count of neighbours."""
    pairs = all_pairs(texts)
    possible = may_be_alike(texts, pairs, cutoff)
    keys = [sorted_key(text.split(" ")) for text in texts]
    for (one, other), passes in zip(pairs.T.tolist(), possible.tolist(), strict=True):
        assert passes or fuzz.ratio(keys[one], keys[other]) < cutoff


def test_unlike_texts_are_ruled_out() -> None:
    """Letters and neighbours tell texts apart without a comparison."""
    texts = ["zebra fuzz jazz quiz " * 9, "moon loom pool noon " * 9]
    pairs = np.array([[0], [1]], np.int64)
    chars = np.array(list(map(len, texts)), np.int64)
    assert not may_reach(letter_counts(texts), chars, pairs, 85)[0]
    assert not may_be_alike(texts, pairs, 95)[0]


def test_texts_too_long_to_count_are_compared() -> None:
    """A text with more of one letter than a count can hold is never ruled out."""
    texts = ["a" * 70_000, "b" * 70_000]
    chars = np.array([70_000, 70_000], np.int64)
    assert may_reach(letter_counts(texts), chars, np.array([[0], [1]]), 99)[0]
