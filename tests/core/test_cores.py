"""Forks of a stage's process give what the process itself would give, in the same order."""

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool

import daft
import pyarrow as pa
import pytest
from daft import col

from pipeline.core.cores import forked, forks_allowed, may_fork, spread
from pipeline.core.errors import UserError
from tests.forking import forking

ROWS = 100

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="stages fork on Linux alone: CI has it"
)


@pytest.fixture(autouse=True)
def two_cores() -> Iterator[None]:
    """Let every test fork."""
    with forking():
        yield


def test_parts_come_back_in_their_order_and_from_other_processes() -> None:
    """What forks work out comes in the order of the parts, whichever fork was first."""
    found = list(spread(lambda part: (part * part, os.getpid()), range(20), ROWS))
    assert [square for square, _ in found] == [part * part for part in range(20)]
    assert os.getpid() not in {process for _, process in found}


def test_a_function_of_daft_is_done_by_forks() -> None:
    """A batch function that Daft calls from its threads gives the rows that it gives here."""
    table = daft.from_arrow(pa.table({"number": list(range(ROWS))}))
    offset = 7
    with forked(lambda numbers: [number + offset for number in numbers], ROWS) as add:

        @daft.func.batch(return_dtype=daft.DataType.int64(), batch_size=10)
        def added(numbers: daft.Series) -> pa.Array:
            return pa.array(add(numbers.to_pylist()), pa.int64())

        found = table.select(added(col("number")).alias("sum")).to_pydict()["sum"]
    assert found == [number + offset for number in range(ROWS)]


@pytest.mark.parametrize("rows", [0, 1])
def test_few_rows_are_done_here(rows: int) -> None:
    """Where a fork would have too few rows, the function is the one that was given."""
    with forked(len, rows) as work:
        assert work is len


def test_nothing_forks_where_no_stage_runs() -> None:
    """A program that imports us, and a stage on one core, are left as they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "sched_getaffinity", lambda _: {0})
        with forks_allowed(), forked(len, ROWS) as work:
            assert work is len
            assert not may_fork()
    assert may_fork()


def _refuse(_: int) -> int:
    raise UserError("no")


def test_what_is_raised_in_a_fork_is_raised_here() -> None:
    """A fault keeps its class and its sentence on the way out of a fork."""
    with pytest.raises(UserError, match=r"^no$"):
        list(spread(_refuse, [1], ROWS))


def test_a_fork_that_was_ended_is_a_fault_and_no_wait() -> None:
    """Whoever ends a fork, as the kernel does without memory, ends the work that needs it."""
    with pytest.raises(BrokenProcessPool):
        list(spread(lambda _: os.kill(os.getpid(), signal.SIGKILL), [1], ROWS))
