from hypothesis import given
from hypothesis import strategies as st

from pipeline.rag.recall import Target, paraphrase, recall, sampled

TARGETS = [Target(f"c{place}", f"question number {place}?") for place in range(40)]


def test_a_paraphrase_is_telegraphic() -> None:
    """Stop words and every fourth word go, halves change places, the longest word has a slip."""
    asked = "How is the relative strength index calculated for bitcoin?"
    assert paraphrase(asked, "en") == "index bitcoin reltaive strength"


@given(question=st.text(max_size=80))
def test_any_question_has_a_paraphrase(question: str) -> None:
    """The same question gives the same words, and never none where it has a character."""
    assert paraphrase(question, "en") == paraphrase(question, "en")
    if question:
        assert paraphrase(question, "en")


def test_the_sample_is_stable() -> None:
    """The order of pairs is irrelevant, and a pair more changes at most one of the sample."""
    ids = [f"{place:032x}" for place in range(40)]
    sample = sampled(ids, 10)
    assert sampled(ids[::-1], 10) == sample
    assert len(set(sampled(ids[:-1], 10)) ^ set(sample)) <= 2


def test_recall_counts_pairs_found_among_ten() -> None:
    """A target counts when it, one of its cluster or one of its question is among ten hits."""
    assert recall(TARGETS, lambda _: TARGETS, "en") == 0.25
    assert recall(TARGETS, lambda _: [], "en") == 0
    twins = [target._replace(cluster_id="another") for target in TARGETS[:3]]
    assert recall(TARGETS[:4], lambda _: twins, "en") == 0.75
    assert recall([], lambda _: [], "en") == 0
