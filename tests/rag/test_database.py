import json
import sqlite3
from pathlib import Path

import jsonschema
import numpy as np
import pyarrow as pa
import pytest
import sqlite_vec

from pipeline.core.errors import UserError
from pipeline.rag.database import DOCUMENT_COLUMNS, METADATA_COLUMNS, build
from pipeline.rag.meta import SCHEMA_VERSION, Meta, read_meta
from pipeline.rag.opening import opened
from pipeline.rag.search import search
from pipeline.store.sqlite_file import write_database
from tests.rag.conftest import ABOUT

ROOT = Path(__file__).parents[2]


def written(connection: sqlite3.Connection, path: Path) -> bytes:
    """Return the bytes of the file that run.py would write."""
    write_database(connection, path)
    return path.read_bytes()


def documents(connection: sqlite3.Connection) -> list[dict[str, object]]:
    """Return the rows of table documents."""
    cursor = connection.execute("SELECT * FROM documents ORDER BY id")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def test_every_row_is_stored_verbatim(corpus: sqlite3.Connection, batch: pa.RecordBatch) -> None:
    """What goes in comes out: columns as they are, the rest of the pair in metadata."""
    for stored, row in zip(documents(corpus), batch.to_pylist(), strict=True):
        assert {name: stored[name] for name in DOCUMENT_COLUMNS} == {
            name: row[name] for name in DOCUMENT_COLUMNS
        }
        metadata = json.loads(str(stored["metadata"]))
        assert metadata == {name: row[name] for name in METADATA_COLUMNS}
        assert list(metadata) == sorted(metadata)


def test_documents_are_what_the_schema_says(corpus: sqlite3.Connection) -> None:
    """Every row of documents, with its metadata decoded, obeys schemas/rag.schema.json."""
    schema = json.loads((ROOT / "schemas/rag.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    rows = documents(corpus)
    assert len(rows) == 6
    for row in rows:
        validator.validate({**row, "metadata": json.loads(str(row["metadata"]))})


@pytest.mark.parametrize(
    "text",
    [
        "a\0b",
        "\r\n",
        "=1+1",
        "\u2028",
        "e\u0301",
        "\U0001f4c8 up",
        "'; DROP TABLE documents; --",
        " ",
    ],
)
def test_text_of_any_kind_survives(batch: pa.RecordBatch, text: str) -> None:
    """NUL, line ends, formulas, quotes and decomposed letters come back as they went in."""
    one = batch.slice(0, 1)
    odd = one.set_column(one.schema.get_field_index("answer"), "answer", pa.array([text]))
    connection = build([odd], ABOUT, language="en")
    assert connection.execute("SELECT answer FROM documents").fetchall() == [(text,)]
    connection.close()


def test_same_rows_give_the_same_bytes(batch: pa.RecordBatch, tmp_path: Path) -> None:
    """The file depends on the rows alone, not on how they were cut into batches."""
    whole = build([batch], ABOUT, language="en")
    cut = build([batch.slice(0, 2), batch.slice(2)], ABOUT, language="en")
    assert written(whole, tmp_path / "a.sqlite") == written(cut, tmp_path / "b.sqlite")
    whole.close()
    cut.close()


def test_file_is_sound_and_says_its_version(corpus: sqlite3.Connection, tmp_path: Path) -> None:
    """The written file passes SQLite's and FTS5's own checks and carries version and meta."""
    written(corpus, tmp_path / "rag.sqlite")
    copy = sqlite3.connect(tmp_path / "rag.sqlite")
    assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert copy.execute("PRAGMA user_version").fetchall() == [(SCHEMA_VERSION,)]
    copy.execute("INSERT INTO documents_fts (documents_fts, rank) VALUES ('integrity-check', 1)")
    assert read_meta(copy) == Meta(SCHEMA_VERSION, 6, "en", 0, ABOUT)
    said = dict(copy.execute("SELECT key, value FROM meta"))
    assert said["vector_encoding"] == "float32 little-endian"
    assert (said["encoder"], said["revision"], said["vector_normalised"]) == ("trigrams", "1", "1")
    copy.close()


@pytest.mark.parametrize("role", ["question", "document"])
def test_blobs_are_little_endian_float32(
    corpus: sqlite3.Connection, batch: pa.RecordBatch, role: str
) -> None:
    """Read as '<f4', the BLOBs are the vectors that were given, bit for bit."""
    blobs = corpus.execute(f"SELECT {role} FROM vectors ORDER BY document_id").fetchall()
    read = np.stack([np.frombuffer(blob, dtype="<f4") for (blob,) in blobs])
    given = batch.column(f"{role}_vector").flatten().to_numpy().reshape(-1, 128)
    assert read.tobytes() == given.tobytes()


def test_words_count_the_documents_of_every_stem(corpus: sqlite3.Connection) -> None:
    """Table words says what the full-text index says: each stem, and in how many rows it is."""
    counted = dict(corpus.execute("SELECT stem, documents FROM words"))
    assert counted["exampl"] == 6
    assert counted["oscil"] == 1
    for stem, documents in counted.items():
        found = "SELECT count(*) FROM documents_fts WHERE documents_fts MATCH ?"
        if stem.isalpha() and stem in ("band", "worked", "volum", "rsi"):
            assert corpus.execute(found, (f'"{stem}"',)).fetchone() == (documents,)


def test_datasette_finds_the_index(corpus: sqlite3.Connection) -> None:
    """The index is found by what Datasette and sqlite-utils look for in a database's schema."""
    found = corpus.execute(
        """SELECT name FROM sqlite_master WHERE rootpage = 0
        AND sql LIKE '%VIRTUAL TABLE%USING FTS%content="documents"%'"""
    ).fetchall()
    assert found == [("documents_fts",)]


@pytest.mark.bytes
def test_sqlite_vec_reads_the_blobs(corpus: sqlite3.Connection) -> None:
    """Functions of sqlite-vec take the BLOBs as they are: each vector is nearest to itself."""
    if not hasattr(corpus, "enable_load_extension"):
        pytest.skip("this Python's sqlite3 loads no extensions; .ci/run has the system's do it")
    corpus.enable_load_extension(True)  # noqa: FBT003 - the method's own argument
    sqlite_vec.load(corpus)
    distances = corpus.execute(
        "SELECT a.document_id, vec_distance_cosine(a.question, b.question) AS far, b.document_id "
        "FROM vectors AS a, vectors AS b ORDER BY a.document_id, far"
    ).fetchall()
    assert [(one, other) for one, _, other in distances[::6]] == [(i, i) for i in range(1, 7)]


@pytest.mark.bytes
def test_a_table_of_sqlite_vec_is_one_statement_away(corpus: sqlite3.Connection) -> None:
    """A vec0 table filled from vectors, as docs/rag.md shows, names each document's own first."""
    if not hasattr(corpus, "enable_load_extension"):
        pytest.skip("this Python's sqlite3 loads no extensions; .ci/run has the system's do it")
    corpus.enable_load_extension(True)  # noqa: FBT003 - the method's own argument
    sqlite_vec.load(corpus)
    corpus.execute(
        "CREATE VIRTUAL TABLE near USING vec0(question float[128] distance_metric=cosine)"
    )
    corpus.execute("INSERT INTO near (rowid, question) SELECT document_id, question FROM vectors")
    (blob,) = corpus.execute("SELECT question FROM vectors WHERE document_id = 4").fetchone()
    nearest = corpus.execute(
        "SELECT rowid FROM near WHERE question MATCH ? AND k = 1", (blob,)
    ).fetchall()
    assert nearest == [(4,)]


def test_vectors_of_another_size_are_refused(batch: pa.RecordBatch) -> None:
    """A vector that has not the stated dimension never gets into a file."""
    with pytest.raises(ValueError, match="6 vectors of 64 numbers hold 768"):
        build([batch], ABOUT._replace(dimension=64), language="en")


def test_a_pair_is_stored_once(batch: pa.RecordBatch) -> None:
    """The same pair twice is an error, not two documents."""
    with pytest.raises(sqlite3.IntegrityError):
        build([batch, batch], ABOUT, language="en")


def test_no_documents_make_an_empty_database() -> None:
    """Without documents there is a database that says so, not a failure."""
    connection = build([], ABOUT, language="en")
    assert read_meta(connection).documents == 0
    connection.close()


def test_a_foreign_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """A database of another kind or version, or no database at all, is the user's to mend."""
    foreign = sqlite3.connect(":memory:")
    with pytest.raises(UserError, match="schema version 0"):
        read_meta(foreign)
    foreign.close()
    path = tmp_path / "text.sqlite"
    path.write_text("not a database, and long enough to be read as a header", encoding="utf-8")
    torn = sqlite3.connect(path)
    with pytest.raises(UserError, match="cannot be read"):
        read_meta(torn)
    torn.close()


def test_a_damaged_database_answers_or_says_so(corpus: sqlite3.Connection, tmp_path: Path) -> None:
    """Cut off or changed anywhere, it is told in one sentence or finds what it finds."""
    path = tmp_path / "rag.sqlite"
    write_database(corpus, path)
    whole = path.read_bytes()
    told = []
    for at in range(16, len(whole), len(whole) // 150):
        changed = whole[:at] + bytes(byte ^ 0x5A for byte in whole[at : at + 40]) + whole[at + 40 :]
        for content in (changed, whole[:at]):
            path.write_bytes(content)
            try:
                with opened(path) as database:
                    read_meta(database)
                    search(database, "When do Bollinger Bands squeeze?", limit=3)
            except UserError as fault:
                told.append(str(fault))
    assert len(told) > 50
    assert not any("\n" in sentence for sentence in told)
