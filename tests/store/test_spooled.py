"""The spool: rows come back from disk as they were made, and each key is computed once."""

from itertools import pairwise
from pathlib import Path

import daft
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from daft import col
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.spool import Spill, Spooled
from pipeline.store import spooled
from pipeline.store.spooled import DiskSpool
from tests.thoroughness import LONG

ROWS = pa.schema({"place": pa.large_string(), "pair_id": pa.large_string(), "n": pa.int64()})
histories = st.lists(st.sets(st.integers(0, 20), max_size=8), min_size=1, max_size=4)


class Counting:
    """A computation that spills n rows for key n and remembers which keys it was asked for."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    def __call__(self, table: daft.DataFrame, spill: Spill) -> daft.DataFrame:
        numbers = table.to_pydict()["n"]
        self.seen += numbers
        tables = (
            pa.Table.from_pylist(
                [{"place": f"{n}", "pair_id": f"{n * k % 7}", "n": k} for k in range(n)],
                schema=ROWS,
            )
            for n in numbers
        )
        file = spill.write([f"{n}" for n in numbers], tables)
        said = {"place": [f"{n}" for n in numbers], "file": [file] * len(numbers), "twice": numbers}
        return daft.from_arrow(pa.table(said, schema=SAID))


SAID = pa.schema({"place": pa.large_string(), "file": pa.large_string(), "twice": pa.int64()})


def asked(folder: Path, numbers: set[int], compute: Counting, code: str = "v1") -> Spooled:
    keys = pa.array([f"{n}" for n in sorted(numbers)], pa.large_string())
    table = daft.from_arrow(pa.table({"place": keys, "n": pa.array(sorted(numbers), pa.int64())}))
    spool = DiskSpool(folder, code)
    return spool.rows("rows", table, compute, key="place", schema=ROWS, sort="pair_id")


@given(histories)
def test_any_history_gives_the_rows_of_the_keys_asked_for(
    tmp_path_factory: pytest.TempPathFactory, history: list[set[int]]
) -> None:
    """Whatever was asked before, each answer is complete and exact; no key is computed twice."""
    folder = tmp_path_factory.mktemp("spool")
    compute = Counting()
    for numbers in history:
        said, rows = asked(folder, numbers, compute)
        assert sorted(said.to_pydict()["twice"]) == sorted(numbers)
        found = sorted((row["place"], row["n"]) for row in rows.to_pylist())
        assert found == sorted((f"{n}", k) for n in numbers for k in range(n))
    assert len(compute.seen) == len(set(compute.seen))


def test_other_code_computes_anew(tmp_path: Path) -> None:
    """Rows are recalled for the code that made them alone."""
    compute = Counting()
    asked(tmp_path, {3}, compute)
    asked(tmp_path, {3}, compute, code="v2")
    assert compute.seen == [3, 3]


def test_rows_of_a_killed_run_are_never_read(tmp_path: Path) -> None:
    """A file of rows counts once the table of keys names it, which is written last."""
    compute = Counting()
    asked(tmp_path, {2}, compute)
    (said,) = tmp_path.rglob("*.accounts.parquet")
    said.unlink()
    _, rows = asked(tmp_path, {2, 5}, compute)
    assert rows.count_rows() == 7
    assert compute.seen == [2, 2, 5]


def test_a_long_history_is_begun_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many small deliveries do not leave as many files behind."""
    most = 64 if LONG else 8
    monkeypatch.setattr(spooled, "_RUNS_BEFORE_ANEW", most)
    compute = Counting()
    for n in range(most + 6):
        asked(tmp_path, set(range(n + 1)), compute)
    assert len(list(tmp_path.rglob("*.parquet"))) < 2 * most
    _, rows = asked(tmp_path, set(range(most + 6)), compute)
    assert rows.count_rows() == sum(range(most + 6))


def test_a_range_of_sorted_rows_is_read_from_few_groups(tmp_path: Path) -> None:
    """Groups follow each other by a column, however the tables were cut that rows came in."""
    keys = [f"{n * 7919 % 10_000:04d}" for n in range(10_000)]
    texts = ["x" * 1000] * len(keys)
    schema = pa.schema({"place": pa.large_string(), "pair_id": pa.large_string(), "t": pa.string()})
    table = pa.table({"place": ["a"] * len(keys), "pair_id": keys, "t": texts}, schema=schema)

    def compute(unseen: daft.DataFrame, spill: Spill) -> daft.DataFrame:
        file = spill.write(["a"], [table.slice(0, 10), table.slice(10, 7_000), table.slice(7_010)])
        return unseen.with_column("file", daft.lit(file))

    place = daft.from_pydict({"place": ["a"]})
    spool = DiskSpool(tmp_path, "v1")
    rows = spool.rows("r", place, compute, key="place", schema=schema, sort="pair_id").rows
    assert rows.where(col("pair_id") >= "9990").count_rows() == 10
    (path,) = (path for path in tmp_path.rglob("*.parquet") if ".accounts." not in path.name)
    footer = pq.ParquetFile(path).metadata
    ranges = [footer.row_group(g).column(1).statistics for g in range(footer.num_row_groups)]
    assert len(ranges) == 11
    assert all(one.max < two.min for one, two in pairwise(ranges))
