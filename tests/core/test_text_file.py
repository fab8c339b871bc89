"""Texts on disk come back by their places, as they were written."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.text_file import TextFile

TEXTS = st.lists(st.text(max_size=8))


@given(st.lists(TEXTS), st.data())
def test_texts_are_taken_by_place(parts: list[list[str]], data: st.DataObject) -> None:
    """Whatever was written in however many parts, any places in any order give their texts."""
    file = TextFile()
    for part in parts:
        file.add(pa.chunked_array([part[:2], part[2:]], pa.string()))
    texts = [text for part in parts for text in part]
    all_places = st.lists(st.integers(0, len(texts) - 1)) if texts else st.just([])
    places = data.draw(all_places)
    taken = file.take(np.array(places, np.int64)).to_pylist()
    assert taken == [texts[place] for place in places]


def test_a_slice_of_texts_is_written_as_such() -> None:
    """What stands around a slice in memory does not come into the file."""
    file = TextFile()
    file.add(pa.array(["a", "bc", "def", "g"], pa.large_string()).slice(1, 2))
    file.add(pa.array(["h"]))
    assert file.take(np.arange(3)).to_pylist() == ["bc", "def", "h"]
