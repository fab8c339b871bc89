import sqlite3

import numpy as np
import pytest

from pipeline.rag import evidence
from pipeline.rag.evidence import word_evidence, word_scores
from pipeline.rag.matching import any_of, parse

NONE = np.zeros(0, np.int64)
ASKED = "when does the funding rate of volume or bands squeeze the index"


def test_words_add_up_to_the_rank_of_them_all(corpus: sqlite3.Connection) -> None:
    """Each word's score is bm25 as the index has it: their sum is the rank of any of them."""
    question = parse(corpus, ASKED, documents=6, language="en")
    scores = word_scores(corpus, question, None, NONE)
    rank = f"rank MATCH 'bm25({evidence.QUESTION_WEIGHT}, 1.0, 1.0, 1.0)'"
    rows = corpus.execute(
        f"SELECT rowid, -rank FROM documents_fts WHERE documents_fts MATCH ? AND {rank}",
        (any_of(word.sought for word in question.sought),),
    )
    whole = dict(rows.fetchall())
    assert len(whole) > 2
    assert dict(zip(scores.ids.tolist(), scores.by_word.sum(axis=1), strict=True)) == pytest.approx(
        whole
    )
    assert scores.best(2).tolist() == sorted(whole, key=lambda one: -whole[one])[:2]


def test_enough_documents_end_the_search(
    corpus: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once enough are found lighter words find none, and count as before in those that are."""
    question = parse(corpus, ASKED, documents=6, language="en")
    every = word_scores(corpus, question, None, NONE)
    monkeypatch.setattr(evidence, "ENOUGH", 1)
    few = word_scores(corpus, question, None, NONE)
    assert 0 < len(few.ids) < len(every.ids)
    assert few.by_word == pytest.approx(every.by_word[np.searchsorted(every.ids, few.ids)])


def test_documents_that_vectors_named_are_scored_too(corpus: sqlite3.Connection) -> None:
    """Words are looked for in what was found otherwise; what may not be found by them is not."""
    question = parse(corpus, "funding rate", documents=6, language="en")
    also = np.array([1, 2])
    scores = word_scores(corpus, question, np.array([5, 6]), also)
    assert scores.ids.tolist() == [1, 2]
    assert not scores.best(6).size
    shown = word_evidence(corpus, question, scores, also)
    assert shown.by_word.shape == (2, len(question.sought))
    assert not shown.coverage.any()
