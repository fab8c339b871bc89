"""Counting siblings gives what looking at every question would."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedup.likeness.siblings import siblings, word_sets

EMPTY = frozenset({"of", "the"})
KEYS = st.lists(
    st.lists(st.sampled_from(["flow", "of", "price", "risk", "rsi", "the"]), min_size=1, max_size=5)
    .map(sorted)
    .map(" ".join),
    min_size=2,
    max_size=12,
    unique=True,
)


def counted(keys: list[str]) -> list[int]:
    pairs = np.array([(a, b) for b in range(len(keys)) for a in range(b)], np.int64).T
    return siblings(word_sets(pa.array(keys, pa.large_string()), EMPTY), pairs).tolist()


@given(KEYS)
def test_siblings_are_the_other_questions_with_all_shared_words(keys: list[str]) -> None:
    """Counted are the other sets of telling words that hold all that two have in common."""
    sets = [frozenset(key.split(" ")) - EMPTY or {""} for key in keys]  # of nothing: alike
    asked = [frozenset(words) for words in sets]
    expected = [
        sum(ours & theirs <= other for other in {*asked} - {ours, theirs})
        for place, theirs in enumerate(asked)
        for ours in asked[:place]
    ]
    assert counted(keys) == expected


def test_a_template_has_siblings_and_a_paraphrase_has_none() -> None:
    """Fillings of one template count each other; two ways of one question are alone."""
    subjects = ["adx", "atr", "cci", "obv", "roc"]
    template = [f"care for {subject} the use" for subject in subjects]
    paraphrase = ["fork handling network staking", "during fork network of staking"]
    found = counted([*template, *paraphrase])
    assert found[:10] == [3] * 10
    assert found[-1] == 0
