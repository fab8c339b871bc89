import sqlite3

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rag.database import build
from pipeline.rag.matching import full_text_query, parse, readable
from pipeline.rag.stop_words import stop_words
from tests.rag.conftest import ABOUT

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)
SYNTAX = st.lists(
    st.sampled_from(
        [*"\"'*^:(){}+-,\\\0 \n_²İ", '""', "AND", "OR", "NOT", "NEAR", "NEAR(", "question :", "rsi"]
    ),
    max_size=12,
).map(" ".join)


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    """Give a full-text index with one row, tokenized as the RAG database is."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE t USING fts5(question, answer, "
        "tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    connection.execute("INSERT INTO t VALUES ('rsi', 'a café and macd')")
    yield connection
    connection.close()


def matches(index: sqlite3.Connection, query: str) -> bool:
    """Return whether the index has a row with a word of the query."""
    expression = full_text_query(query)
    rows = index.execute("SELECT rowid FROM t WHERE t MATCH ?", (expression,)).fetchall()
    return bool(rows)


@given(query=ANY_TEXT | SYNTAX)
def test_no_text_breaks_the_grammar(index: sqlite3.Connection, query: str) -> None:
    """Whatever is typed, FTS5 accepts the expression made of it or there is none."""
    if full_text_query(query):
        matches(index, query)


@given(query=ANY_TEXT | SYNTAX)
def test_words_are_all_that_is_kept(query: str) -> None:
    """The expression is quoted words joined by OR: no operator, column or prefix gets through."""
    expression = full_text_query(query)
    for part in expression.split(" OR ") if expression else []:
        assert part[0] == part[-1] == '"'
        assert part[1:-1].replace("_", "a").isalnum()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("RSI", True),
        ("what is the rsi?", True),
        ("NOT rsi", True),
        ("answer : rsi", True),
        ("cafe\u0301", True),
        ("CAFE", True),
        ("ma*", False),
        ("rs", False),
        ("bollinger", False),
    ],
)
def test_operators_are_read_as_words(index: sqlite3.Connection, query: str, found: bool) -> None:
    """A document is found by its words, and an operator changes nothing."""
    assert matches(index, query) is found


def test_a_question_of_any_length_is_one_expression(index: sqlite3.Connection) -> None:
    """FTS5's limit on the depth of an expression is not reached by a pasted answer."""
    assert matches(index, " ".join(f"word{number}" for number in range(5000)) + " macd")


@pytest.mark.parametrize("query", ["", " \n", '"*"', "???", "\0", "\ud800"])
def test_no_word_gives_no_expression(query: str) -> None:
    """Text without a word asks for nothing, and says so with an empty expression."""
    assert full_text_query(query) == ""


@given(query=ANY_TEXT)
def test_readable_text_can_be_encoded(query: str) -> None:
    """Text that is readable is UTF-8, and reading it again changes nothing."""
    text = readable(query)
    assert text.encode("utf-8").decode("utf-8") == text
    assert readable(text) == text


def sought(corpus: sqlite3.Connection, query: str, language: str = "en") -> list[str]:
    """Return the words that a question is looked for by."""
    question = parse(corpus, query, documents=6, language=language)
    return [word.sought for word in question.sought]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("What is the funding rate?", ["funding", "rate"]),
        ("how do i trade bollinger bands", ["bollinger", "bands"]),
        ("what is it", ["what", "is"]),
        ("worked example", ["worked", "example"]),
        ("worked example of capitulation", ["capitulation"]),
        ("stochastc volmue", ["stochast", "volume"]),
        ("bolinger squeze", ["bollinger", "squeeze"]),
        ("doesnt capitulation", ["capitulation"]),
        ("zzz zebra", []),
    ],
)
def test_a_question_is_its_telling_words(
    corpus: sqlite3.Connection, query: str, words: list[str]
) -> None:
    """Stop words and words of most documents are left out where others are; slips are mended."""
    assert sought(corpus, query) == words


def test_an_encoder_gets_the_spelling_of_the_base(corpus: sqlite3.Connection) -> None:
    """Misspelt words are mended in place; all else of a text stays as it was typed."""
    question = parse(corpus, "Bolinger, how? a VOLMUE!", documents=6, language="en")
    assert question.respelt == "bollinger, how? a volume!"
    clean = parse(corpus, "Bollinger, how?", documents=6, language="en")
    assert clean.respelt == "Bollinger, how?"


@pytest.mark.parametrize(("right", "sought"), [(250, "histogram"), (150, "histogran")])
def test_a_slip_of_the_base_is_a_slip(batch: pa.RecordBatch, right: int, sought: str) -> None:
    """A word of two documents is mended where one a letter away has a hundred times as many."""
    connection = build([batch], ABOUT, language="en")
    stems = [("histogran", 2), ("histogram", right)]
    connection.executemany("INSERT INTO words (stem, documents) VALUES (?, ?)", stems)
    question = parse(connection, "histogran", documents=5000, language="en")
    assert [(word.typed, word.sought) for word in question.words] == [("histogran", sought)]
    connection.close()


def test_stop_words_are_those_of_the_language(corpus: sqlite3.Connection) -> None:
    """What is grammar in one language may be a word in another; one without a list keeps all."""
    assert "wie" in stop_words("de")
    assert "wie" not in stop_words("en")
    assert stop_words("xx") == frozenset()
    assert sought(corpus, "when rate", "xx") == ["when", "rate"]
    assert sought(corpus, "when rate", "en") == ["rate"]


@pytest.fixture(scope="module")
def parsed_in(batch: pa.RecordBatch) -> sqlite3.Connection:
    """Give a database that no test changes."""
    connection = build([batch], ABOUT, language="en")
    yield connection
    connection.close()


@given(query=ANY_TEXT | SYNTAX)
def test_any_text_can_be_parsed(query: str, parsed_in: sqlite3.Connection) -> None:
    """Whatever is typed, its sought words are in the base, and weights are above zero."""
    question = parse(parsed_in, query, documents=6, language="en")
    assert all(word.documents > 0 for word in question.sought)
    assert all(word.weight > 0 for word in question.words)
    assert question.telling >= len(question.words)
