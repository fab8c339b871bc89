import json
import sqlite3

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.rag import candidates as candidates_module
from pipeline.rag import vectors as vectors_module
from pipeline.rag.candidates import Asker
from pipeline.rag.database import build
from pipeline.rag.filters import Filters
from pipeline.rag.search import Hit, best_ids, search
from tests.rag.conftest import ABOUT, trigram_vector

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
    corpus: sqlite3.Connection, asker: Asker, query: str, place: int
) -> None:
    """A planted pair comes first for a question that says the same in other words."""
    hits = search(corpus, query, limit=3, asker=asker)
    assert ids(hits)[0] == place
    assert hits[0].words
    assert set(hits[0].vectors) == {"question", "document"}


def test_a_misspelt_question_is_found_by_the_spelling_of_the_base(
    corpus: sqlite3.Connection,
) -> None:
    """A slip is mended by words alone, and what was looked for instead is said."""
    hit = search(corpus, "stochastc periods", limit=1)[0]
    assert ids([hit]) == [4]
    assert set(hit.words) == {"stochastc (stochast)", "periods"}
    assert hit.vectors == {}


def test_the_nearest_are_kept_when_candidates_are_few(
    corpus: sqlite3.Connection, asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few candidates words and vectors may name, the best one is among them."""
    monkeypatch.setattr(candidates_module, "CANDIDATES", 1)
    for compared in (1, 4, 100):
        monkeypatch.setattr(candidates_module, "COMPARED", compared)
        assert ids(search(corpus, "stochastik oscillator", limit=1, asker=asker)) == [4]


@pytest.mark.parametrize("query", ["", " \n", "?!", '"*"', "\0", "\ud800"])
def test_no_word_finds_nothing(corpus: sqlite3.Connection, asker: Asker, query: str) -> None:
    """Text without a word is no question, whatever vector it has."""
    assert search(corpus, query, limit=5, asker=asker) == []


def test_words_alone_find_where_the_vector_has_no_direction(corpus: sqlite3.Connection) -> None:
    """An encoder that knows nothing of the question leaves the ranking to the words."""
    nothing = Asker("trigrams", "1", lambda _: np.zeros(128, np.float32))
    hits = search(corpus, "capitulation", limit=3, asker=nothing)
    assert [(hit.pair_id[-1], hit.words, hit.vectors) for hit in hits] == [
        ("5", {"capitulation": 1.0}, {})
    ]
    assert hits == search(corpus, "capitulation", limit=3)


def test_vectors_of_letters_rank_nothing(batch: pa.RecordBatch, asker: Asker) -> None:
    """Where near vectors tell of no sense, the answer is that of the words."""
    letters = build([batch], ABOUT._replace(has_meaning=False), language="en")
    query = "why does the volume lead"
    assert search(letters, query, limit=6, asker=asker) == search(letters, query, limit=6)
    letters.close()


def test_strange_questions_get_nothing(corpus: sqlite3.Connection, asker: Asker) -> None:
    """Below the floor there is no hit; without a floor there is a best one whatever was asked."""
    strange = "sourdough bread recipe with a leading volume of yeast and zebra crossing"
    assert search(corpus, strange, limit=5) == []
    best = search(corpus, strange, limit=1, asker=asker, min_score=0)
    assert len(best) == 1
    assert search(corpus, strange, limit=1, asker=asker, min_score=best[0].closeness) == best
    assert search(corpus, strange, limit=1, asker=asker, min_score=best[0].closeness + 0.01) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=ANY_TEXT | SYNTAX)
def test_no_query_raises_and_hits_are_distinct(
    corpus: sqlite3.Connection, asker: Asker, query: str
) -> None:
    """Any text is a question; each document is found once, best first, within the limit."""
    hits = search(corpus, query, limit=4, asker=asker)
    assert len(hits) <= 4
    assert len(set(ids(hits))) == len(hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert search(corpus, query, limit=4, asker=asker) == hits
    found = ids(search(corpus, query, limit=4, asker=asker, min_score=0))
    assert best_ids(corpus, query, limit=4, asker=asker) == [place + 1 for place in found]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(query=ANY_TEXT | st.just("price volume momentum"), limit=st.integers(1, 5))
def test_a_smaller_limit_gives_the_same_beginning(
    corpus: sqlite3.Connection, asker: Asker, query: str, limit: int
) -> None:
    """The limit cuts the list and reorders nothing."""
    whole = search(corpus, query, limit=6, asker=asker)
    assert search(corpus, query, limit=limit, asker=asker) == whole[:limit]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"category": "Momentum"}, {0, 4}),
        ({"category": "momentum"}, {0, 4}),
        ({"group": "momentum"}, {0, 4}),
        ({"indicator": "FUNDING RATE"}, {3}),
        ({"split": "test"}, {2, 5}),
        ({"category": "Momentum", "split": "train"}, {0, 4}),
        ({"category": "Momentum", "split": "test"}, set()),
        ({"category": "' OR 1=1 --"}, set()),
        ({"agent": "ZAI"}, {1, 3, 5}),
        ({"agent": "za"}, set()),
        ({"difficulty": "advanced"}, {1, 4}),
        ({"difficulty": "advanced", "agent": "droid"}, {4}),
    ],
)
def test_filters_bind_both_methods(
    corpus: sqlite3.Connection, asker: Asker, filters: dict[str, str], expected: set[int]
) -> None:
    """Only documents that pass every filter are found, all that match among them."""
    query = "how does the index, band, volume, rate, oscillator or hash belong to a price?"
    assert (
        set(
            ids(
                search(corpus, query, limit=6, asker=asker, filters=Filters(**filters), min_score=0)
            )
        )
        == expected
    )
    assert set(ids(search(corpus, query, limit=6, filters=Filters(**filters)))) <= expected


def test_signs_are_looked_through_in_blocks(
    batch: pa.RecordBatch, asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result is the same however many documents' signs stand in one row."""
    found = []
    for block in (1, 4, 4096):
        monkeypatch.setattr(vectors_module, "BLOCK", block)
        connection = build([batch], ABOUT, language="en")
        found.append(search(connection, "momentum of the price", limit=6, asker=asker))
        connection.close()
    assert found[0] == found[1] == found[2]
    assert found[0]


def test_equal_documents_are_ordered_by_id(batch: pa.RecordBatch, asker: Asker) -> None:
    """Documents that differ in nothing but their id come in the order of their ids."""
    same = pa.Table.from_batches([batch.slice(0, 1)] * 40).combine_chunks().to_batches()[0]
    named = pa.array([f"{number:032x}" for number in range(40)])
    copies = same.set_column(same.schema.get_field_index("pair_id"), "pair_id", named)
    connection = build([copies], ABOUT, language="en")
    hits = search(connection, "relative strength", limit=40, asker=asker, min_score=0)
    assert ids(hits) == list(range(40))
    connection.close()


def test_a_vector_of_another_size_is_refused(corpus: sqlite3.Connection) -> None:
    """A question whose vector has another length is told so instead of being compared."""
    with pytest.raises(UserError, match="has 3 numbers, the database's have 128"):
        search(corpus, "rsi", limit=1, asker=Asker("trigrams", "1", lambda _: np.ones(3)))


def test_spaces_are_never_mixed(corpus: sqlite3.Connection) -> None:
    """Another encoder, and another revision of the same one, are refused by both names."""
    for name, revision in (("trigrams", "2"), ("minilm", "1")):
        with pytest.raises(UserError, match=f"{name}@{revision}.*trigrams@1"):
            search(corpus, "rsi", limit=1, asker=Asker(name, revision, trigram_vector))


def test_an_empty_database_answers_nothing(asker: Asker) -> None:
    """Nothing stored, nothing found."""
    connection = build([], ABOUT, language="en")
    assert search(connection, "relative strength", limit=5, asker=asker) == []
    connection.close()


def test_the_snippet_shows_where_the_words_stand(batch: pa.RecordBatch, asker: Asker) -> None:
    """Of a long answer the part with the question's words is shown, not its beginning."""
    long = "filler sentence. " * 200 + "Miners sell into weakness. " + "more filler. " * 200
    one = batch.slice(0, 1)
    answered = one.set_column(one.schema.get_field_index("answer"), "answer", pa.array([long]))
    connection = build([answered], ABOUT, language="en")
    hit = search(connection, "selling miner", limit=1, asker=asker)[0]
    assert "Miners sell into weakness" in hit.snippet
    assert len(hit.snippet) <= 300
    ((start, end),) = hit.spans["snippet"]
    assert "Miners sell into weakness" in long[start:end]
    assert long[end] == " "
    assert [long[slice(*span)] for span in hit.spans["answer"]] == ["Miners", "sell"]
    assert hit.answer == long
    connection.close()


def test_a_hit_is_plain_data(corpus: sqlite3.Connection, asker: Asker) -> None:
    """A hit goes into JSON and comes back as it was."""
    hit = search(corpus, "worked example of volume", limit=1, asker=asker)[0]
    assert Hit(**json.loads(json.dumps(hit._asdict()))) == hit
