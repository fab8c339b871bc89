from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipeline.rag.database import build
from pipeline.rag.passages import OVERLAP_SHARE, passage_spans
from tests.rag.conftest import ABOUT, corpus_batch

TEXTS = st.text(alphabet="ab. \n!?", max_size=200)


@given(text=TEXTS, chunk_chars=st.integers(1, 60))
def test_passages_cover_the_text(text: str, chunk_chars: int) -> None:
    """Every character is in a passage; none is longer than asked, each begins behind the last."""
    spans = passage_spans(text, chunk_chars)
    assert {place for start, end in spans for place in range(start, end)} == set(range(len(text)))
    assert all(0 < end - start <= chunk_chars for start, end in spans)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(spans))


@given(text=TEXTS, chunk_chars=st.integers(1, 60))
def test_overlap_is_bounded(text: str, chunk_chars: int) -> None:
    """A passage repeats at most a share of the one before."""
    spans = passage_spans(text, chunk_chars)
    for before, after in pairwise(spans):
        assert before[1] - after[0] <= OVERLAP_SHARE * chunk_chars


def test_passages_end_with_sentences() -> None:
    """Text is cut behind sentences, and the last short one comes again."""
    text = "The first sentence is long enough. Short. The third one goes on for a while here."
    spans = passage_spans(text, 50)
    assert [text[start:end] for start, end in spans] == [
        "The first sentence is long enough. Short. ",
        "Short. The third one goes on for a while here.",
    ]


def test_the_database_has_passages_where_they_are_wanted() -> None:
    """With a length there are passages whose texts are those stretches, without one none."""
    batch = corpus_batch()
    none = build([batch], ABOUT, language="en")
    some = build([batch], ABOUT, language="en", chunk_chars=40)
    assert none.execute("SELECT count(*) FROM passages").fetchone() == (0,)
    texts = some.execute("SELECT text FROM passage_texts WHERE pair_id = ?", ("0" * 32,)).fetchall()
    answer = batch.column("answer")[0].as_py()
    assert [text for (text,) in texts] == [answer[a:b] for a, b in passage_spans(answer, 40)]
    assert len(texts) > 1
    none.close()
    some.close()
