import sqlite3
from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.embedding.distilled import general
from pipeline.embedding.encoder import Encoder
from pipeline.embedding.encoders import ENCODERS, word_vectors_of
from pipeline.rag.candidates import Asker
from pipeline.rag.evidence import WordEvidence
from pipeline.rag.fusion import Fused
from pipeline.rag.matching import parse
from pipeline.rag.questions import QuestionMatch, match_questions
from pipeline.rag.ranker import FEATURES, features, ranked, tables, weights
from pipeline.rag.search import search
from tests.rag.conftest import trigram_vector

SYNONYMS = {"contraction": "squeeze"}
SHARES = st.lists(st.floats(0, 1), min_size=6, max_size=6)


def sense(words: Sequence[str]) -> npt.NDArray[np.float32]:
    """Return vectors by which listed synonyms are one word and all others are strangers."""
    named = [SYNONYMS.get(word, word) for word in words]
    distinct = sorted(set(named))
    return np.eye(len(distinct), dtype=np.float32)[[distinct.index(word) for word in named]]


def _strangers(words: Sequence[str]) -> npt.NDArray[np.float32]:
    return np.eye(len(words), dtype=np.float32)


def matched(corpus: sqlite3.Connection, query: str, *, by_sense: bool = False) -> QuestionMatch:
    """Return how the made-up questions fit a query."""
    question = parse(corpus, query, documents=6, language="en")
    return match_questions(
        corpus,
        question,
        range(1, 7),
        documents=6,
        language="en",
        word_vectors=sense if by_sense else None,
    )


def test_tables_weigh_features() -> None:
    """Every encoder's table weighs features that there are, by ENCODERS, and a surplus costs."""
    assert set(tables()) <= set(ENCODERS)
    for table in tables().values():
        assert set(table) <= set(FEATURES)
        assert table["surplus"] < 0
    assert weights("trigrams") == tables()["distilled"] != tables()["minilm"]


def test_minilm_borrows_the_words_of_the_table_that_comes_along() -> None:
    """A sentence encoder has no vectors of words; the one with weights of its own borrows them."""
    minilm, other = (cast(Encoder, SimpleNamespace(name=name)) for name in ("minilm", "model"))
    borrowed = word_vectors_of(minilm)
    assert borrowed is not None
    assert np.array_equal(borrowed(["squeeze"]), general().word_vectors(["squeeze"]))
    assert word_vectors_of(other) is None


def test_a_question_as_it_stands_fits_in_full(corpus: sqlite3.Connection) -> None:
    """The pair whose own question is asked has no surplus, and nothing is left uncovered."""
    match = matched(corpus, "When do Bollinger Bands squeeze before a breakout?")
    assert (match.surplus[1], match.covered[1], match.asked[1]) == (0, 1, 1)
    assert match.covered[2] < 1
    assert match.quality.tolist() == pytest.approx([(50 + place) / 100 for place in range(6)])


def test_words_of_one_sense_cover_each_other(corpus: sqlite3.Connection) -> None:
    """A synonym covers a word where vectors know it; the surplus stays that of the words."""
    by_words = matched(corpus, "contraction of bollinger bands")
    by_sense = matched(corpus, "contraction of bollinger bands", by_sense=True)
    assert by_sense.covered[1] > by_words.covered[1]
    assert by_sense.asked[1] > by_words.asked[1]
    assert by_sense.surplus.tolist() == by_words.surplus.tolist()


def test_a_synonym_brings_its_pair(corpus: sqlite3.Connection) -> None:
    """What words cover in sense counts in the order of hits: it sets its pair apart."""
    by_sense = Asker("trigrams", "1", trigram_vector, sense)
    by_stems = by_sense._replace(word_vectors=_strangers)
    query = "contraction before a breakout"
    first, second = (
        search(corpus, query, limit=6, asker=by, min_score=0) for by in (by_sense, by_stems)
    )
    assert first[0].question == "When do Bollinger Bands squeeze before a breakout?"
    assert [hit.score for hit in first[1:]] < [hit.score for hit in second[1:]]


def test_weights_are_those_of_vectors_of_words(corpus: sqlite3.Connection) -> None:
    """Where an encoder has no table of words, the scores are added as before."""
    asked = "why does the volume lead"
    plain = Asker("trigrams", "1", trigram_vector)
    found = search(corpus, asked, limit=6, asker=plain, min_score=0)
    learned = search(
        corpus, asked, limit=6, asker=plain._replace(word_vectors=_strangers), min_score=0
    )
    assert {hit.pair_id for hit in found} == {hit.pair_id for hit in learned}
    assert [hit.score for hit in found] != [hit.score for hit in learned]


@given(score=SHARES, document=SHARES, sureness=st.floats(0, 1), at=st.sets(st.integers(0, 5)))
def test_scores_are_shares_of_the_best(
    score: list[float], document: list[float], sureness: float, at: set[int]
) -> None:
    """Scores lie between 0 and 1; where words are sure of themselves the fused score stays."""
    places = np.array(sorted(at), np.int64)
    by = Fused(np.array([*score[:5], 1.0]), np.ones(6), sureness)
    words = WordEvidence(np.ones((6, 1)), np.zeros(6), np.ones(6))
    match = QuestionMatch(*(np.full(len(places), 0.5) for _ in QuestionMatch._fields))
    cosines = {"question": np.array(document[::-1]), "document": np.array(document)}
    of = features(by, words, cosines, places, match)
    assert set(of) == set(FEATURES)
    found = ranked(by, of, weights("distilled"))
    assert ((found.score >= 0) & (found.score <= 1 + 1e-9)).all()
    sure = ranked(by._replace(sureness=1.0), of, weights("distilled"))
    assert sure.score == pytest.approx(by.score)
