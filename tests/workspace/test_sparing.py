"""Where deliveries are large, the stage that reads them spares memory, and no other does."""

import os
from pathlib import Path

import pytest

from pipeline.run import sparing


@pytest.mark.parametrize(
    ("stage", "size", "is_sparing"),
    [("integrate", 120, True), ("integrate", 80, False), ("qa", 120, False)],
)
def test_a_stage_spares_memory_where_its_deliveries_are_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str, size: int, is_sparing: bool
) -> None:
    """The sum counts; the environment is what the allocator listens to, and goes before."""
    monkeypatch.setattr(sparing, "_LARGE_BYTES", 100)
    monkeypatch.setenv(sparing._CONF, "")
    monkeypatch.delenv(sparing._CONF)  # whatever is set meanwhile is gone afterwards
    monkeypatch.chdir(tmp_path)
    assert not sparing.spares_memory([stage])
    for agent in ("droid", "zai"):
        folder = tmp_path / "data/deliveries" / agent
        folder.mkdir(parents=True)
        (folder / "a.json").write_bytes(b" " * (size // 2))
    assert sparing.spares_memory([stage]) == is_sparing
    assert (sparing._CONF in os.environ) == is_sparing
    monkeypatch.setenv(sparing._CONF, "narenas:2")
    sparing.spares_memory([stage])
    assert os.environ[sparing._CONF] == "narenas:2"
