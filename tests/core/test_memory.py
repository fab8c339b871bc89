"""What was freed is given back, on whatever C library."""

import sys

import pyarrow as pa
import pytest

from pipeline.core import memory


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_giving_back_takes_nothing_that_is_held(
    monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    """With and without a C library that knows how: what is still referred to stays as it is."""
    monkeypatch.setattr(sys, "platform", platform)
    memory._trim.cache_clear()
    held = pa.array(range(10_000)).to_pylist()
    table = pa.table({"n": held})
    memory.give_back()
    assert table["n"].to_pylist() == held
    assert (memory._trim() is None) == (platform == "darwin" or _is_musl())
    memory._trim.cache_clear()


def _is_musl() -> bool:
    import ctypes  # noqa: PLC0415 - of this question alone

    return not hasattr(ctypes.CDLL(None), "malloc_trim")
