import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reviews.cells import from_cell, to_cell
from pipeline.store.outputs import _flat

CELLS = st.text(st.sampled_from("'=+-@\t\ra1"), max_size=6)


@given(CELLS)
def test_every_text_comes_back_from_its_cell(text: str) -> None:
    """What is written for a spreadsheet is read as it was."""
    assert from_cell(to_cell(text)) == text


@given(CELLS)
def test_cells_are_escaped_as_stages_escape_them(text: str) -> None:
    """People's cells and stages' cells follow one rule."""
    column = pa.chunked_array([pa.array([text], pa.large_string())])
    assert [to_cell(text)] == _flat(column).to_pylist()
