import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rag.matching import full_text_query, readable

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
