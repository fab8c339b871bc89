"""A figure has one name, in gates, in DVC and in ours, whatever form its file has."""

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import UserError
from pipeline.store.metrics import figures_of, metrics_file, metrics_path, read_figures

names = st.text(alphabet="abcdefghij_", min_size=1, max_size=8)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)


@given(names, st.dictionaries(names, numbers))
def test_figures_are_the_same_in_both_forms(stage: str, figures: dict[str, float]) -> None:
    """A file of today and one of an older commit say the same."""
    assert figures_of(stage, metrics_file(stage, figures)) == figures
    assert figures_of(stage, orjson.dumps(figures)) == figures


def test_what_is_no_number_is_left_out() -> None:
    """Words, truth values and mappings are no figures."""
    content = orjson.dumps({"qa": {"mean": 1.5, "word": "x", "flag": True, "more": {"a": 1}}})
    assert figures_of("qa", content) == {"mean": 1.5}


@pytest.mark.parametrize("content", [b"{", b"[]", b"3"])
def test_a_broken_file_is_told(content: bytes) -> None:
    """The sentence names the file."""
    with pytest.raises(UserError, match=r"^metrics/qa\.json "):
        figures_of("qa", content)


def test_a_stage_that_has_not_run_has_no_figures(tmp_path: Path) -> None:
    """None is no zero."""
    assert read_figures(tmp_path, "qa") is None
    (tmp_path / "metrics").mkdir()
    (tmp_path / metrics_path("qa")).write_bytes(metrics_file("qa", {"pairs": 0}))
    assert read_figures(tmp_path, "qa") == {"pairs": 0}
