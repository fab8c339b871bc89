"""Texts stay in Daft's tables: what comes to the driver, which a cluster has one of, is bounded."""

import shutil
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import daft
import pytest

from pipeline.core import ranges
from pipeline.run import stage as run
from pipeline.stages import integrate
from tests.thoroughness import LONG

pytestmark = pytest.mark.slow

STAGES = ("integrate", "qa", "embed", "dedup", "split", "format", "export")
A_TEXT_CHARS = 200
"""A longer cell is an answer or a context; ids, numbers and questions are shorter."""

ROWS_AT_ONCE = 20
CHARS_AT_ONCE = 10_000

OF_PLANTS = ("dedup", "dedup/planted/judging.py")
"""As many as `dedup.plants` says, which is more than the small corpus has."""

Note = Callable[[str, list[dict[str, Any]]], None]


def texts_in(value: Any) -> bool:
    """Tell whether a cell holds a text, at any depth."""
    if isinstance(value, dict):
        return any(map(texts_in, value.values()))
    if isinstance(value, list):
        return any(map(texts_in, value))
    return isinstance(value, str) and len(value) > A_TEXT_CHARS


def watch(patch: pytest.MonkeyPatch, note: Note) -> None:
    """Have every way out of a table say who asked for which rows; an inner call counts once."""
    busy: list[str] = []

    def whole(name: str, rows_of: Callable[[Any], list[dict[str, Any]]]) -> None:
        original = getattr(daft.DataFrame, name)

        def asked(self: daft.DataFrame, *arguments: Any, **more: Any) -> Any:
            if busy:
                return original(self, *arguments, **more)
            busy.append(name)
            try:
                found = original(self, *arguments, **more)
            finally:
                busy.pop()
            note(asker(), rows_of(found))
            return found

        patch.setattr(daft.DataFrame, name, asked)

    def in_batches(name: str, rows_of: Callable[[Any], list[dict[str, Any]]]) -> None:
        original = getattr(daft.DataFrame, name)

        def asked(self: daft.DataFrame, *arguments: Any, **more: Any) -> Iterator[Any]:
            who = asker()
            for batch in original(self, *arguments, **more):
                if not busy:
                    note(who, rows_of(batch))
                yield batch

        patch.setattr(daft.DataFrame, name, asked)

    whole("to_arrow", lambda table: table.to_pylist())
    whole("to_pylist", lambda rows: rows)
    whole(
        "to_pydict",
        lambda cells: [
            dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)
        ],
    )
    whole("to_pandas", lambda frame: frame.to_dict("records"))
    in_batches("to_arrow_iter", lambda batch: batch.to_pylist())
    in_batches("iter_rows", lambda row: [row])


def asker() -> str:
    """Return the file of the pipeline that asks."""
    files = [
        frame.filename for frame in traceback.extract_stack() if "/pipeline/" in frame.filename
    ]
    return files[-1].rpartition("/pipeline/")[2]


@pytest.mark.skipif(not LONG, reason="seven stages from nothing: `make nightly` runs them")
def test_texts_come_to_the_driver_a_few_at_a_time(built_once: Path, tmp_path: Path) -> None:
    """No call brings more rows with a text than a range has."""
    root = shutil.copytree(built_once, tmp_path / "watched", symlinks=True)
    shutil.rmtree(root / ".cache")
    most: Counter[tuple[str, str]] = Counter()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "_start_engine", lambda *_: None)  # Daft takes its runner once
        patch.setattr(ranges, "ROWS_AT_ONCE", ROWS_AT_ONCE)
        patch.setattr(integrate, "_CHARS_PER_RANGE", CHARS_AT_ONCE)
        for stage in STAGES:

            def note(file: str, rows: list[dict[str, Any]], stage: str = stage) -> None:
                found = sum(any(map(texts_in, row.values())) for row in rows)
                most[stage, file] = max(most[stage, file], found)

            with patch.context() as watching:
                watch(watching, note)
                run.run_stage(stage, root)
    gathered = {who for who, rows in most.items() if rows > ROWS_AT_ONCE}
    assert gathered <= {OF_PLANTS}
    assert most["dedup", "store/tables.py"] > 0
    assert (root / "data/dedup/kept.parquet").read_bytes() == (
        built_once / "data/dedup/kept.parquet"
    ).read_bytes()
