"""The memo: what it gives is what computing gives, and it computes a row once."""

from pathlib import Path

import daft
import pytest
from daft import col
from hypothesis import given
from hypothesis import strategies as st

from pipeline.store.remembered import DiskMemo, code_digest

batches = st.lists(st.sets(st.integers(0, 30), max_size=12), min_size=1, max_size=4)


class Counting:
    """A computation that remembers which keys it was asked for."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, table: daft.DataFrame) -> daft.DataFrame:
        self.seen += table.to_pydict()["pair_id"]
        return table.select("pair_id", (col("n") * 2).alias("double"))


def table(numbers: set[int]) -> daft.DataFrame:
    ordered = sorted(numbers)
    frame = daft.from_pydict({"pair_id": [f"{n:04x}" for n in ordered], "n": ordered})
    return (
        frame
        if ordered
        else frame.select(
            col("pair_id").cast(daft.DataType.string()), col("n").cast(daft.DataType.int64())
        )
    )


@given(batches)
def test_any_history_gives_what_computing_gives(
    tmp_path_factory: pytest.TempPathFactory, history: list[set[int]]
) -> None:
    """Whatever was asked before, each answer is complete, exact, and no row is computed twice."""
    folder = tmp_path_factory.mktemp("memo")
    compute = Counting()
    for numbers in history:
        got = DiskMemo(folder, "v1").rows("double", table(numbers), compute).to_pydict()
        expected = {f"{n:04x}": 2 * n for n in numbers}
        assert dict(zip(got["pair_id"], got["double"], strict=True)) == expected
    assert len(compute.seen) == len(set(compute.seen))


@pytest.mark.parametrize(("code", "params"), [("v2", {"rate": 1}), ("v1", {"rate": 2})])
def test_other_code_or_params_compute_anew(
    tmp_path: Path, code: str, params: dict[str, int]
) -> None:
    """A result is recalled for the code and params that made it alone."""
    compute = Counting()
    DiskMemo(tmp_path, "v1").rows("double", table({1}), compute, rate=1)
    DiskMemo(tmp_path, code).rows("double", table({1}), compute, **params)
    assert compute.seen == ["0001", "0001"]


def test_a_long_history_is_folded(tmp_path: Path) -> None:
    """Many small deliveries do not leave as many files behind."""
    compute = Counting()
    for n in range(40):
        DiskMemo(tmp_path, "v1").rows("double", table(set(range(n + 1))), compute)
    assert len(list(tmp_path.rglob("*.parquet"))) <= 17
    assert len(compute.seen) == 40


def test_code_digest_is_of_names_and_contents(tmp_path: Path) -> None:
    """An edited, renamed or added source file is other code; a compiled one is not."""
    source = tmp_path / "room" / "a.py"
    source.parent.mkdir()
    source.write_text("x = 1")
    first = code_digest(tmp_path, (Path("room"),))
    (tmp_path / "room" / "__pycache__").mkdir()
    (tmp_path / "room" / "__pycache__" / "a.pyc").write_text("")
    assert code_digest(tmp_path, (Path("room"),)) == first
    source.write_text("x = 2")
    assert code_digest(tmp_path, (Path("room"),)) != first
