import json
import sqlite3
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.rag import search as search_module
from pipeline.rag.database import build
from pipeline.rag.search import Hit, search

Embed = Callable[[str], npt.NDArray[np.float32]]
ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)
SYNTAX = st.text(alphabet='"*^:(){}+-,\\\0 ANDORTE', max_size=30)


def ids(hits: list[Hit]) -> list[int]:
    """Return the places of the hits in the made-up corpus."""
    return [int(hit.pair_id, 16) for hit in hits]


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("calculation of relative strength", 0),
        ("a squeeze in the Bollinger band: does a breakout follow?", 1),
        ("traders and negative funding", 3),
        ("what ends when miners capitulate? ribbons of the hash rate", 5),
    ],
)
def test_a_reworded_question_finds_its_pair(
    corpus: sqlite3.Connection, embed: Embed, query: str, place: int
) -> None:
    """A planted pair comes first for a question that says the same in other words."""
    hits = search(corpus, query, limit=3, embed=embed)
    assert ids(hits)[0] == place
    assert set(hits[0].ranks) == {"text", "vector"}


def test_a_misspelt_question_is_found_by_its_vector(
    corpus: sqlite3.Connection, embed: Embed
) -> None:
    """Where no word matches, the vector still finds the pair, and the ranks say so."""
    hit = search(corpus, "stochastik oszillator", limit=1, embed=embed)[0]
    assert ids([hit]) == [4]
    assert hit.ranks == {"vector": 1}
    assert hit.snippet.startswith("The Stochastic Oscillator belongs to Momentum.")


def test_the_nearest_are_kept_when_candidates_are_few(
    corpus: sqlite3.Connection, embed: Embed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few candidates each method may name, the best one is among them."""
    monkeypatch.setattr(search_module, "CANDIDATES", 1)
    for parts in (1, 4, 100):
        monkeypatch.setattr(search_module, "VECTORS_AT_ONCE", parts)
        assert ids(search(corpus, "stochastik oszillator", limit=1, embed=embed)) == [4]


@pytest.mark.parametrize("query", ["", " \n", "?!", '"*"', "\0", "\ud800"])
def test_no_word_finds_nothing(corpus: sqlite3.Connection, embed: Embed, query: str) -> None:
    """Text without a word is no question, whatever vector it has."""
    assert search(corpus, query, limit=5, embed=embed) == []


def test_words_alone_find_where_the_vector_has_no_direction(corpus: sqlite3.Connection) -> None:
    """An embedder that knows nothing of the question leaves the ranking to the words."""
    hits = search(corpus, "capitulation", limit=3, embed=lambda _: np.zeros(128, np.float32))
    assert [(hit.pair_id[-1], hit.ranks) for hit in hits] == [("5", {"text": 1})]
    assert hits[0].score == pytest.approx(1 / 61, abs=1e-6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=ANY_TEXT | SYNTAX)
def test_no_query_raises_and_hits_are_distinct(
    corpus: sqlite3.Connection, embed: Embed, query: str
) -> None:
    """Any text is a question; each document is found once, best first, within the limit."""
    hits = search(corpus, query, limit=4, embed=embed)
    assert len(hits) <= 4
    assert len(set(ids(hits))) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert search(corpus, query, limit=4, embed=embed) == hits


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=ANY_TEXT | st.just("price volume momentum"), limit=st.integers(1, 5))
def test_a_smaller_limit_gives_the_same_beginning(
    corpus: sqlite3.Connection, embed: Embed, query: str, limit: int
) -> None:
    """The limit cuts the list and reorders nothing."""
    whole = search(corpus, query, limit=6, embed=embed)
    assert search(corpus, query, limit=limit, embed=embed) == whole[:limit]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"category": "Momentum"}, {0, 4}),
        ({"category": "momentum"}, {0, 4}),
        ({"indicator": "FUNDING RATE"}, {3}),
        ({"split": "test"}, {2, 5}),
        ({"category": "Momentum", "split": "train"}, {0, 4}),
        ({"category": "Momentum", "split": "test"}, set()),
        ({"category": "' OR 1=1 --"}, set()),
    ],
)
def test_filters_bind_both_methods(
    corpus: sqlite3.Connection, embed: Embed, filters: dict[str, str], expected: set[int]
) -> None:
    """Only documents that pass every filter are found, all that match among them."""
    query = "how does the index, band, volume, rate, oscillator or hash belong to a price?"
    assert set(ids(search(corpus, query, limit=6, embed=embed, **filters))) == expected


def test_vectors_are_compared_in_parts(
    corpus: sqlite3.Connection, embed: Embed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result is the same however many vectors are held in memory at a time."""
    whole = search(corpus, "momentum of the price", limit=6, embed=embed)
    monkeypatch.setattr(search_module, "VECTORS_AT_ONCE", 1)
    monkeypatch.setattr(search_module, "CANDIDATES", 6)
    assert search(corpus, "momentum of the price", limit=6, embed=embed) == whole


def test_equal_documents_are_ordered_by_id(batch: pa.RecordBatch, embed: Embed) -> None:
    """Documents that differ in nothing but their id come in the order of their ids."""
    same = pa.Table.from_batches([batch.slice(0, 1)] * 40).combine_chunks().to_batches()[0]
    named = pa.array([f"{number:032x}" for number in range(40)])
    copies = same.set_column(same.schema.get_field_index("pair_id"), "pair_id", named)
    connection = build([copies], dimension=128, provider="trigrams")
    hits = search(connection, "relative strength", limit=40, embed=embed)
    assert ids(hits) == list(range(40))
    connection.close()


def test_a_vector_of_another_size_is_refused(corpus: sqlite3.Connection) -> None:
    """A question encoded by another embedder is told so instead of being compared."""
    with pytest.raises(UserError, match="has 3 numbers, the database's have 128"):
        search(corpus, "rsi", limit=1, embed=lambda _: np.ones(3, np.float32))


def test_an_empty_database_answers_nothing(embed: Embed) -> None:
    """Nothing stored, nothing found."""
    connection = build([], dimension=128, provider="trigrams")
    assert search(connection, "relative strength", limit=5, embed=embed) == []
    connection.close()


def test_the_snippet_shows_where_the_words_stand(batch: pa.RecordBatch, embed: Embed) -> None:
    """Of a long answer the part with the question's words is shown, not its beginning."""
    long = "filler sentence. " * 200 + "Miners sell into weakness. " + "more filler. " * 200
    one = batch.slice(0, 1)
    answered = one.set_column(one.schema.get_field_index("answer"), "answer", pa.array([long]))
    connection = build([answered], dimension=128, provider="trigrams")
    hit = search(connection, "selling miner", limit=1, embed=embed)[0]
    assert "Miners sell into weakness" in hit.snippet
    assert len(hit.snippet) <= 400
    assert hit.answer == long
    connection.close()


def test_a_hit_is_plain_data(corpus: sqlite3.Connection, embed: Embed) -> None:
    """A hit goes into JSON and comes back as it was."""
    hit = search(corpus, "worked example of volume", limit=1, embed=embed)[0]
    assert Hit(**json.loads(json.dumps(hit._asdict()))) == hit
