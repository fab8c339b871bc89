"""Outputs: each format holds the rows whole, and is safe for who opens it."""

import csv
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import daft
import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.spreadsheets import FORMULA_START
from pipeline.store.atomic import write_bytes
from pipeline.store.outputs import Outputs
from pipeline.store.sqlite_file import write_database

ROW: dict[str, Any] = {
    "$id": "train",
    "properties": {
        "pair_id": {"type": "string"},
        "answer": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
}
hostile = st.text(alphabet=st.sampled_from("=+-@\t\r\n\",;'a€\u2028\0"), max_size=8)


@given(st.lists(hostile, max_size=6))
def test_three_formats_hold_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, answers: list[str]
) -> None:
    """JSON and Parquet are verbatim; a CSV cell differs only by the mark that disarms a formula."""
    folder = tmp_path_factory.mktemp("export")
    rows = [{"pair_id": f"{n:02d}", "answer": a, "tags": [a]} for n, a in enumerate(answers)]
    kinds = {
        "pair_id": pa.large_string(),
        "answer": pa.large_string(),
        "tags": pa.list_(pa.string()),
    }
    table = daft.from_arrow(pa.Table.from_pylist(rows, schema=pa.schema(kinds)))
    paths = [folder / f"train{suffix}" for suffix in (".json", ".csv", ".parquet")]
    Outputs({"train": ROW}, {}).write(table, *paths)
    assert orjson.loads((folder / "train.json").read_bytes()) == rows
    assert daft.read_parquet(str(folder / "train.parquet")).to_pylist() == rows
    with (folder / "train.csv").open(newline="", encoding="utf-8") as file:
        cells = [row["answer"] for row in csv.DictReader(file)]
    assert [cell[1:] if is_formula(cell.lstrip("'")) else cell for cell in cells] == answers
    assert not any(is_formula(cell) for cell in cells)


def is_formula(cell: str) -> bool:
    return not cell.startswith("'") and re.match(FORMULA_START, cell) is not None


def test_numbered_files_hold_every_line(tmp_path: Path) -> None:
    """Batches become <name>_1.jsonl, <name>_2.jsonl ... in order."""
    batches = [[{"key": "a"}, {"key": "b"}], [{"key": "c"}]]
    Outputs({}, {}).write_numbered(batches, tmp_path, "lines")
    files = [(tmp_path / f"lines_{n}.jsonl").read_bytes().splitlines() for n in (1, 2)]
    read = [orjson.loads(line) for file in files for line in file]
    assert read == [{"key": "a"}, {"key": "b"}, {"key": "c"}]


def test_a_line_that_is_not_found_again_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that loses a line is noticed before anybody sends the file off."""
    monkeypatch.setattr("pipeline.store.outputs.compact", lambda _: '{"key": "a"}')
    with pytest.raises(ValueError, match=r"lines_1\.jsonl: 2 lines were written, 2 read back"):
        Outputs({}, {}).write_numbered([[{"key": "a"}, {"key": "b"}]], tmp_path, "lines")


@pytest.mark.parametrize(
    ("value", "name"), [({"n": "text"}, "books.json"), ([{"n": 1}, {"n": "x"}], "books.jsonl")]
)
def test_a_report_that_breaks_its_schema_is_not_written(
    tmp_path: Path, value: Any, name: str
) -> None:
    """The file of the last good run stays, and the message names file, field and rule."""
    rule = {"$id": "books", "type": "object", "properties": {"n": {"type": "integer"}}}
    (tmp_path / name).write_text("before")
    with pytest.raises(ValueError, match=r"books.*field n: breaks type 'integer'"):
        Outputs({"books": rule}, {}).write(value, tmp_path / name)
    assert (tmp_path / name).read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_database_is_the_same_bytes_twice(tmp_path: Path) -> None:
    """No clock and no page of an earlier state gets into an .sqlite file."""
    for name in ("a", "b"):
        connection = sqlite3.connect(":memory:")
        connection.execute("create table t(x)")
        connection.executemany("insert into t values(?)", [(n,) for n in range(1000)])
        connection.commit()
        Outputs({}, {}).write(connection, tmp_path / f"{name}.sqlite")
        connection.close()
    assert (tmp_path / "a.sqlite").read_bytes() == (tmp_path / "b.sqlite").read_bytes()


def test_what_no_cell_uses_is_zero_and_every_row_is_there(tmp_path: Path) -> None:
    """Rows of all lengths, some deleted: whole, and nothing stale between cells."""
    texts = [f"{row:07d}" * (row % 900) for row in range(2_000)]
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("CREATE TABLE rows (id TEXT PRIMARY KEY, text TEXT)")
        database.executemany(
            "INSERT INTO rows VALUES (?, ?)", ((str(row) + t, t) for row, t in enumerate(texts))
        )
        database.execute("DELETE FROM rows WHERE length(text) % 3 = 0")
        kept = database.execute("SELECT text FROM rows ORDER BY id").fetchall()
        write_database(database, tmp_path / "rows.sqlite")
    content = (tmp_path / "rows.sqlite").read_bytes()
    with closing(sqlite3.connect(tmp_path / "rows.sqlite")) as written:
        assert written.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert written.execute("SELECT text FROM rows ORDER BY id").fetchall() == kept
        (size,) = written.execute("PRAGMA page_size").fetchone()
    for page in range(size, len(content), size):
        cells, begin = (int.from_bytes(content[page + at : page + at + 2]) for at in (3, 5))
        if content[page] in (10, 13):
            assert not any(content[page + 8 + 2 * cells : page + begin])


def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    """A process that dies while it writes changes nothing of the file under its final name."""
    path = tmp_path / "a.json"
    write_bytes(path, b"old")
    script = (
        "import os, pathlib, signal\n"
        "from pipeline.store.atomic import replacing\n"
        f"with replacing(pathlib.Path({str(path)!r})) as temporary:\n"
        "    temporary.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode != 0
    assert path.read_bytes() == b"old"


def test_a_schema_says_how_closely_a_table_is_packed(tmp_path: Path) -> None:
    """A higher level takes less room for the same rows."""
    words = [" ".join(f"{n * k % 997:03d}" for k in range(1, 60)) for n in range(2000)]
    table = pa.table({"pair_id": pa.array([f"{n:04d}" for n in range(2000)], pa.large_string())})
    table = table.append_column("answer", pa.array(words, pa.large_string()))
    tags = pa.array([[]] * 2000, pa.list_(pa.string()))
    for name, row in (("fast", ROW), ("close", ROW | {"x-zstd-level": 12})):
        frame = daft.from_arrow(table.append_column("tags", tags))
        Outputs({name: row}, {}).write(frame, tmp_path / f"{name}.parquet")
    fast, close = (tmp_path / f"{name}.parquet" for name in ("fast", "close"))
    assert close.stat().st_size < fast.stat().st_size
    assert daft.read_parquet(str(close)).to_pylist() == daft.read_parquet(str(fast)).to_pylist()
