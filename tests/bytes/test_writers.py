"""Golden digests: each writer gives these bytes under any Python, SQLite and system."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import apsw
import numpy as np
import pyarrow as pa
import pytest

from pipeline.core.ids import pair_id
from pipeline.core.json_values import pretty
from pipeline.core.stems import stem
from pipeline.dedup.candidates.near_vectors import _projected
from pipeline.dedup.planted.plants import duplicates, traps
from pipeline.embedding.distilled import general
from pipeline.embedding.hashing import HashingEncoder
from pipeline.faucet.queues.files import as_bytes
from pipeline.faucet.verdicts.book import append
from pipeline.generate.series import invented
from pipeline.quality.repetition import compressed_size
from pipeline.rag import database
from pipeline.reviews.records import Verdict
from pipeline.store.outputs import Outputs
from pipeline.store.sqlite_file import write_database
from pipeline.workspace.layout import VERDICTS
from pipeline.workspace.workspace import Workspace
from tests.bytes.made_up import REPORT, SCHEMA, TEXTS, rows, table
from tests.charts.test_picture import picture
from tests.domains import LEXICON
from tests.rag.conftest import ABOUT, corpus_batch

pytestmark = [pytest.mark.bytes, pytest.mark.golden]
Golden = Callable[[str, bytes], None]


@pytest.fixture
def held(golden: Golden) -> Golden:
    """Return a check of content against the digest in tests/golden/bytes/<name>.sha256."""

    def check(name: str, content: bytes) -> None:
        digest = f"{hashlib.sha256(content).hexdigest()} {len(content)} bytes\n"
        golden(f"bytes/{name}.sha256", digest.encode())

    return check


@pytest.mark.parametrize("name", ["rows.parquet", "rows.csv", "rows.json"])
def test_tables(name: str, held: Golden, tmp_path: Path) -> None:
    """Parquet, CSV and JSON of every type, odd floats and odd characters."""
    Outputs({"rows": SCHEMA}, {}).write(table(), tmp_path / name)
    held(name, (tmp_path / name).read_bytes())


def test_parts_of_a_table(held: Golden, tmp_path: Path) -> None:
    """A table in four parts, cut by the prefix of its key."""
    Outputs({"rows": SCHEMA}, {"rows": 4}).write(table(), tmp_path / "rows.parquet")
    parts = sorted((tmp_path / "rows.parquet").iterdir())
    assert len(parts) == 4
    held("parts", b"".join(part.read_bytes() for part in parts))


@pytest.mark.parametrize(("name", "value"), [("report.json", REPORT), ("lines.jsonl", rows())])
def test_reports(name: str, value: Any, held: Golden, tmp_path: Path) -> None:
    """JSON reports and lines: the shortest form of each float, sorted keys, UTF-8."""
    Outputs({}, {}).write(value, tmp_path / name)
    held(name, (tmp_path / name).read_bytes())


def large_batch() -> pa.RecordBatch:
    """Return documents enough for pages that split and leave free space behind."""
    many = pa.concat_tables([pa.Table.from_batches([corpus_batch()])] * 200).combine_chunks()
    places = range(many.num_rows)
    changed = {
        "pair_id": pa.array([f"{place:032x}" for place in places]),
        "answer": pa.array([f"{'gain loss ' * (place % 97)}{place}" for place in places]),
    }
    for name, column in changed.items():
        many = many.set_column(many.schema.names.index(name), name, column)
    return many.to_batches()[0]


def rag_database(path: Path) -> bytes:
    connection = database.build([large_batch()], ABOUT, language="en", chunk_chars=200)
    write_database(connection, path)
    connection.close()
    return path.read_bytes()


def test_database_of_this_python(held: Golden, tmp_path: Path) -> None:
    """rag.sqlite as the SQLite of this Python writes it."""
    held("rag.sqlite", rag_database(tmp_path / "rag.sqlite"))


def test_database_of_the_newest_sqlite(
    held: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """rag.sqlite as a newer SQLite writes it, built with other options: that of APSW's wheels."""
    assert apsw.sqlite_lib_version() >= "3.46"
    monkeypatch.setattr(database.sqlite3, "connect", lambda *_, **__: apsw.Connection(":memory:"))
    held("rag.sqlite", rag_database(tmp_path / "rag.sqlite"))


def test_pictures(held: Golden) -> None:
    """A chart with dates as PNG and SVG."""
    held("chart.png", picture().png)
    held("chart.svg", picture().svg.encode())


def test_vectors(held: Golden) -> None:
    """Embedded texts bit by bit, and the sides of the planes that they lie on."""
    texts = [f"{text}\n{text * 40}" for text in TEXTS]
    vectors = HashingEncoder(256, 3, 5).encode(texts, "document")
    held("vectors.float32", vectors.astype("<f4").tobytes())
    held("distilled.float32", general().encode(texts, "document").astype("<f4").tobytes())
    held("planes.bits", np.packbits(_projected(vectors, 512, 7) > 0).tobytes())


def test_draws(held: Golden) -> None:
    """What Python's and NumPy's generators draw from a seed: plants and invented series."""
    pair = ("Which RSI (14) setting suits swing trades?", "Rising inflow warns. RSI confirms it.")
    makers = [*duplicates(LEXICON).items(), *traps(LEXICON).items()]
    drawn = {f"{name} {seed}": make(pair, Random(seed)) for name, make in makers for seed in (1, 2)}
    held("plants.json", pretty(drawn))
    held("series.float64", b"".join(row.astype("<f8").tobytes() for row in invented(3, 4)[1:6]))


def test_books_of_reviewers(held: Golden, tmp_path: Path) -> None:
    """A line of the verdict book, and a queue file."""
    ids = [pair_id(text, text) for text in TEXTS[:2]]
    notes = ['say "so", then', "=1+1", ""]
    append(
        Workspace(tmp_path),
        [Verdict("2026-01-02T03:04:05Z", "eva", "keep_apart", *ids, note) for note in notes],
    )
    held("verdicts.csv", (tmp_path / VERDICTS).read_bytes())
    held("queue.json", as_bytes({"agent": "zai", "queued_tasks": [], "note": TEXTS}))


def test_the_measure_of_padding(held: Golden) -> None:
    """To how many bytes texts compress is no matter of which zlib the system has."""
    texts = [text * times for text in (*TEXTS, "gain and loss of 14 days. ") for times in (1, 60)]
    held("compressed.json", pretty([compressed_size(text.encode()) for text in texts]))


ROOTS = [
    "hop",
    "trade",
    "ski",
    "sky",
    "agree",
    "oscillat",
    "general",
    "conflat",
    "happi",
    "volum",
    "bê",
    "zło",
]
SUFFIXES = ("", "s", "es", "ed", "ing", "ly", "ness", "ization", "ational", "fulness", "'s", "y")


def test_stems(held: Golden) -> None:
    """Stems of words with the endings that Snowball's algorithm for English knows."""
    words = [root + suffix for root in ROOTS for suffix in SUFFIXES]
    held("stems.json", pretty({word: stem(word) for word in words}))
