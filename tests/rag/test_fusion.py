import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rag.evidence import WordEvidence
from pipeline.rag.fusion import Fused, fused, lessened

SHARES = st.lists(
    st.tuples(st.floats(0, 20), st.floats(0, 20), st.floats(0, 1), st.floats(-1, 1)),
    min_size=1,
    max_size=8,
)


def scored(
    rows: list[tuple[float, float, float, float]], asked: int, *, has_vectors: bool
) -> Fused:
    """Return the scores of candidates by (bm25, of neighbours, coverage, cosine)."""
    words, neighbours, coverage, cosine = (np.array(column) for column in zip(*rows, strict=True))
    evidence = WordEvidence(words[:, None], neighbours, coverage)
    if not has_vectors:
        return fused(evidence, None, None, None, asked)
    questions = np.stack([cosine, np.sqrt(1 - cosine**2)], axis=1)
    return fused(evidence, cosine, cosine, questions, asked)


@given(rows=SHARES, asked=st.integers(1, 9), has_vectors=st.booleans())
def test_scores_are_shares(
    rows: list[tuple[float, float, float, float]], asked: int, *, has_vectors: bool
) -> None:
    """Scores and closeness lie between 0 and 1, one of each per candidate, whatever speaks."""
    found = scored(rows, asked, has_vectors=has_vectors)
    for values in (found.score, found.closeness):
        assert len(values) == len(rows)
        assert (values >= 0).all()
        assert (values <= 1 + 1e-9).all()


@given(rows=SHARES, asked=st.integers(1, 9))
def test_order_of_candidates_is_irrelevant(
    rows: list[tuple[float, float, float, float]], asked: int
) -> None:
    """Without ties a candidate's score is the same wherever it stands."""
    distinct = list(dict.fromkeys(rows))
    one = scored(distinct, asked, has_vectors=False).score
    other = scored(distinct[::-1], asked, has_vectors=False).score[::-1]
    assert one == pytest.approx(other)


def test_words_decide_where_one_pair_has_them_all() -> None:
    """A sentence out of a pair is found by its words, a few words of a user by sense too."""
    rows = [(8.0, 3.0, 1.0, 0.1), (7.0, 0.0, 0.6, 0.9)]
    assert np.argmax(scored(rows, 7, has_vectors=True).score) == 0
    assert np.argmax(scored(rows, 3, has_vectors=True).score) == 1


def test_closeness_is_absolute() -> None:
    """The best of strangers is no closer for being the best: it shares little and is told so."""
    found = scored([(1.0, 0.0, 0.2, 0.1), (0.5, 0.0, 0.1, 0.1)], 4, has_vectors=True)
    assert found.score.max() == pytest.approx(1, abs=0.15)
    assert found.closeness.max() == pytest.approx(1 - 0.8 * 0.9)


def test_what_was_not_asked_costs_unless_words_are_sure() -> None:
    """Of two alike the one whose question asks less beside comes first; a sentence's pair stays."""
    rows = [(8.0, 0.0, 1.0, 0.6), (8.0, 0.0, 1.0, 0.6), (1.0, 0.0, 0.2, 0.1)]
    for asked, last in ((3, 0), (9, 1)):
        found = scored(rows, asked, has_vectors=True)
        less = lessened(found, np.array([0, 1]), np.array([1.0, 0.0]))
        assert np.argsort(-less.score, kind="stable").tolist() == [1 - last, last, 2]
        assert less.closeness is found.closeness
