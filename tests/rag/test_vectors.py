import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rag.database import build
from pipeline.rag.vectors import exact, nearest, signs_of
from tests.rag.conftest import ABOUT, corpus_batch, trigram_vector


@given(dimension=st.integers(1, 200), rows=st.integers(0, 5), seed=st.integers(0, 9))
def test_signs_are_whole_words(dimension: int, rows: int, seed: int) -> None:
    """Every number has one bit, set where it is above zero; spare bits are never set."""
    matrix = np.random.default_rng(seed).standard_normal((rows, dimension)).astype(np.float32)
    bits = np.unpackbits(signs_of(matrix), axis=1)
    assert bits.shape[1] % 64 == 0
    assert (bits[:, :dimension] == (matrix > 0)).all()
    assert not bits[:, dimension:].any()


def test_the_nearest_differ_in_fewest_signs() -> None:
    """A document is nearest to its own vector; only what is allowed is named, by distance, id."""
    connection = build([corpus_batch()], ABOUT, language="en")
    asked = trigram_vector("When do Bollinger Bands squeeze before a breakout?")
    assert nearest(connection, "question", asked, None, 6)[0] == 2
    assert len(nearest(connection, "question", asked, None, 6)) == 6
    assert sorted(nearest(connection, "question", asked, np.array([3, 5]), 6)) == [3, 5]
    stored = exact(connection, [5, 2], 128)
    assert stored.ids.tolist() == [2, 5]
    assert stored.question[0].tobytes() == asked.tobytes()
    connection.close()
