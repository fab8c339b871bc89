"""Tables written piece by piece are the bytes of one write."""

from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.store import row_groups
from pipeline.store.tables import write_tables


@pytest.mark.parametrize("shards", [1, 4])
@given(st.lists(st.integers(0, 60), max_size=6))
def test_however_a_table_is_cut_its_files_are_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    shards: int,
    cuts: list[int],
) -> None:
    """Pieces of any size, empty ones among them, end in the same groups of the same files."""
    monkeypatch.setattr(row_groups, "ROWS_PER_GROUP", 8)
    keys = pa.array([f"{n * 1117:08x}"[::-1] for n in range(60)], pa.large_string()).sort()
    table = pa.table({"pair_id": keys, "n": pa.array(range(60), pa.int64())})
    bounds = [0, *sorted(cuts), 60]
    pieces = (table.slice(start, end - start) for start, end in pairwise(bounds))
    folder = tmp_path_factory.mktemp("groups")
    write_tables(pieces, folder / "cut", shards)
    write_tables(iter([table]), folder / "whole", shards)
    assert files(folder / "cut") == files(folder / "whole")


def files(path: Path) -> list[bytes]:
    parts = sorted(path.iterdir()) if path.is_dir() else [path]
    return [part.read_bytes() for part in parts]


@pytest.mark.parametrize("level", [1, 6])
@pytest.mark.parametrize("rows", [0, 1, 8192, 20_000])
def test_the_bytes_are_those_of_pyarrow(tmp_path: Path, rows: int, level: int) -> None:
    """What is written in groups is what one call of the library writes, at any level."""
    keys = pa.array([f"{n:08x}" for n in range(rows)], pa.large_string())
    table = pa.table({"pair_id": keys})
    write_tables(iter([table]), tmp_path / "ours.parquet", 1, level=level)
    how = {"compression": "zstd", "compression_level": level}
    pq.write_table(table, tmp_path / "theirs", row_group_size=8192, **how)
    assert (tmp_path / "ours.parquet").read_bytes() == (tmp_path / "theirs").read_bytes()


def test_vectors_have_no_dictionary_and_texts_do(tmp_path: Path) -> None:
    """Texts that come again are written once; of vectors that would be larger and slower."""
    keys = pa.array([f"{n:08x}" for n in range(50)], pa.large_string())
    said = pa.array(["the same"] * 50, pa.large_string())
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(range(100), pa.float32()), 2)
    for name, column in (("texts", said), ("vectors", vectors)):
        table = pa.table({"pair_id": keys, name: column})
        write_tables(iter([table]), tmp_path / name, 1)
        (_, encoded) = pq.ParquetFile(tmp_path / name).metadata.row_group(0).to_dict()["columns"]
        assert encoded["has_dictionary_page"] is (name == "texts")
        assert pq.read_table(tmp_path / name).equals(table)
