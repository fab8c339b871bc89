import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rag.fusion import reciprocal_rank_fusion

RANKINGS = st.dictionaries(
    st.sampled_from(["text", "vector", "third"]),
    st.lists(st.integers(1, 30), unique=True, max_size=12),
)


def test_sums_are_those_of_the_formula() -> None:
    """Two methods that agree on a second place beat one method's first place: 2/62 > 1/61."""
    fused = reciprocal_rank_fusion({"text": [7, 5], "vector": [9, 5]})
    assert [place.document_id for place in fused] == [5, 7, 9]
    assert [place.score for place in fused] == pytest.approx([2 / 62, 1 / 61, 1 / 61])
    assert fused[0].ranks == {"text": 2, "vector": 2}


@given(rankings=RANKINGS)
def test_each_ranked_document_is_there_once(rankings: dict[str, list[int]]) -> None:
    """Fusion neither loses nor invents a document, and orders by score, then id."""
    fused = reciprocal_rank_fusion(rankings)
    ranked = {document_id for ranking in rankings.values() for document_id in ranking}
    assert sorted(place.document_id for place in fused) == sorted(ranked)
    assert fused == sorted(fused, key=lambda place: (-place.score, place.document_id))


@given(rankings=RANKINGS)
def test_order_of_methods_is_irrelevant(rankings: dict[str, list[int]]) -> None:
    """The same rankings give the same result whichever method is named first."""
    backwards = dict(reversed(rankings.items()))
    assert reciprocal_rank_fusion(backwards) == reciprocal_rank_fusion(rankings)


@given(ranking=st.lists(st.integers(1, 30), unique=True))
def test_a_single_ranking_keeps_its_order(ranking: list[int]) -> None:
    """With one method, fusion changes nothing."""
    fused = reciprocal_rank_fusion({"text": ranking})
    assert [place.document_id for place in fused] == ranking
