"""Laws of the export stage, on made-up pairs."""

import hashlib
import json
import random
import sqlite3
import threading
from pathlib import Path
from typing import Any

import daft
import jsonschema
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import ranges
from pipeline.core.memo import NoMemo
from pipeline.core.ranges import Ranges
from pipeline.rag.vectors import ROLES, exact, nearest
from pipeline.secrets.masking import Mode
from pipeline.stages.export import SPLITS, Exported, export
from pipeline.store.outputs import Outputs
from pipeline.store.tables import checked
from pipeline.training.formats import FORMATS
from tests.conftest import schema
from tests.thoroughness import often
from tests.training.trainers import trainer

ROOT = Path(__file__).parents[2]
DIMENSION = 8
METADATA = {"waiting_by_flag": {"off_topic": 1}, "largest_distance": None}
WORDS = {"title": "Made-up pairs"}
PARAMS: dict[str, Any] = {
    "memo": NoMemo(),
    "include": "accepted",
    "secrets": "mask",
    "csv": "safe",
    "formats": [],
    "system_prompt": "",
    "chunk_chars": 0,
    "retrieval_questions": 5,
    "embed_encoder": "hashing",
    "embed_model": "",
    "embed_windows": 1,
    "embed_hashing": {"dimension": 8, "ngram_chars_min": 3, "ngram_chars_max": 5},
}
KEY = "kQ5vW8xT2mZ7pL4rN9sB3dF6gH1jC0yA" * 2

TEXT = pa.large_string()
ALIASES = pa.large_list(pa.struct([("pair_id", TEXT), ("question", TEXT)]))
ORIGINS = pa.large_list(
    pa.struct([(name, TEXT) for name in ("agent", "delivery", "pointer", "original_id", "extra")])
)
KEPT = pa.schema(
    [
        *((name, TEXT) for name in ("pair_id", "question", "answer")),
        ("context", pa.large_list(pa.struct([("role", TEXT), ("text", TEXT)]))),
        *((name, TEXT) for name in ("indicator", "category", "group")),
        *((name, TEXT) for name in ("subcategory", "topic", "session", "difficulty", "created")),
        ("tags", pa.large_list(TEXT)),
        ("citations", pa.large_list(TEXT)),
        ("delivered_split", TEXT),
        ("origins", ORIGINS),
        ("cluster_id", TEXT),
        ("score", pa.float32()),
        ("aliases", ALIASES),
        ("verdict", TEXT),
        ("flags", pa.large_list(TEXT)),
        ("repairs", pa.large_list(TEXT)),
    ]
)
Tables = tuple[
    daft.DataFrame, daft.DataFrame, daft.DataFrame, dict[str, Any], dict[str, str], list[Any]
]


def pair(number: int) -> dict[str, Any]:
    """Return a made-up kept pair; every third has no place in the master plan."""
    known = number % 3 > 0
    pair_id = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    origin = {"pointer": f"/{number}", "original_id": None, "extra": "{}"}
    return {
        "pair_id": pair_id,
        "question": f"=Question {number}?",
        "answer": f"Answer {number}:\r\n1, 2, {number} \N{CHART WITH UPWARDS TREND}",
        "context": [{"role": "system", "text": "Be brief."}] * (number % 2),
        "indicator": f"Indicator {number % 5}" if known else None,
        "category": ("Momentum, Trend", "Volume")[number % 2] if known else None,
        "group": ("Momentum, Trend", "Volume")[number % 2] if known else "none",
        "subcategory": None,
        "topic": f"topic {number % 4}",
        "session": None,
        "difficulty": None,
        "created": None,
        "tags": ["a", "b"][: number % 3],
        "citations": [],
        "origins": [
            {"agent": "zoe", "delivery": "d2", **origin},
            {"agent": "ann", "delivery": f"d{number % 2}", **origin},
            {"agent": "zoe", "delivery": "d2", **origin, "pointer": "/again"},
        ],
        "cluster_id": f"c{number // 2}",
        "score": number % 101,
        "aliases": [{"pair_id": "f" * 32, "question": "Said otherwise?"}] * (number % 2),
        "verdict": "accept",
        "flags": ["boilerplate_opening"][: number % 2],
        "repairs": ["run_log"][: number % 2],
    }


def tables(splits: list[str], *, seed: int = 0) -> Tables:
    """Return kept pairs, one per split named, with assignments and vectors, in shuffled order."""
    rows = [pair(number) for number in range(len(splits))]
    numbers = np.random.default_rng(7).standard_normal((len(rows) + 1, DIMENSION))
    unit = (numbers / np.linalg.norm(numbers, axis=1, keepdims=True)).astype(np.float32)
    assigned = [
        {"pair_id": row["pair_id"], "split": split, "category": "x", "cluster_id": "y"}
        for row, split in zip(rows, splits, strict=True)
    ]
    schema = pa.schema([(name, TEXT) for name in ("pair_id", "split", "category", "cluster_id")])
    vectors = pa.table(
        {
            "pair_id": pa.array([*(row["pair_id"] for row in rows), "0" * 32], TEXT),
            "question_vector": pa.FixedSizeListArray.from_arrays(
                pa.array(unit[::-1].ravel()), DIMENSION
            ),
            "document_vector": pa.FixedSizeListArray.from_arrays(pa.array(unit.ravel()), DIMENSION),
            "space": pa.array([f"random@1/{DIMENSION}"] * len(unit), TEXT),
        }
    )
    order = random.Random(seed)
    order.shuffle(rows)
    order.shuffle(assigned)
    return (
        daft.from_arrow(pa.Table.from_pylist(rows, schema=KEPT)),
        daft.from_arrow(pa.Table.from_pylist(assigned, schema=schema)),
        daft.from_arrow(vectors),
        METADATA,
        WORDS,
        [],
    )


def rows_of(table: daft.DataFrame | Ranges) -> list[dict[str, Any]]:
    """Return a table's rows by pair_id, as run.py writes them."""
    whole = table.whole if isinstance(table, Ranges) else table
    rows: list[dict[str, Any]] = whole.sort("pair_id").to_arrow().to_pylist()
    return rows


def file_bytes(connection: sqlite3.Connection, path: Path) -> bytes:
    """Return the bytes of the file that run.py makes of the database."""
    connection.execute("VACUUM INTO ?", (str(path),))
    return path.read_bytes()


@pytest.fixture(scope="module")
def exported() -> Exported:
    """Give an export of twenty pairs."""
    result = export(*tables(["train"] * 14 + ["validation"] * 2 + ["test"] * 4), **PARAMS)
    yield result
    result.rag.result().close()


@often(12)
@given(splits=st.lists(st.sampled_from(SPLITS), max_size=12))
def test_every_pair_is_exported_once(splits: list[str]) -> None:
    """Each kept pair is in its own split, in no other, and in the database under that split."""
    kept, assignments, vectors, metadata, *_ = tables(splits)
    result = export(kept, assignments, vectors, metadata, WORDS, [], **PARAMS)
    found = [(row["pair_id"], split) for split in SPLITS for row in rows_of(getattr(result, split))]
    assigned = [(row["pair_id"], row["split"]) for row in rows_of(assignments)]
    assert sorted(found) == sorted(assigned)
    assert (
        result.rag.result().execute("SELECT pair_id, split FROM documents").fetchall() == assigned
    )
    assert [result.metrics.result()[f"{split}_pairs"] for split in SPLITS] == [
        splits.count(split) for split in SPLITS
    ]
    result.rag.result().close()


def test_a_withheld_pair_is_in_the_database_alone() -> None:
    """A pair that no split may hold can be looked up and is counted, on the card as well."""
    result = export(*tables(["train", "withheld", "test"]), **PARAMS)
    found = [rows_of(getattr(result, split)) for split in SPLITS]
    assert [len(rows) for rows in found] == [1, 0, 1]
    splits = result.rag.result().execute("SELECT split FROM documents ORDER BY pair_id").fetchall()
    assert sorted(splits) == [("test",), ("train",), ("withheld",)]
    assert (result.metrics.result()["pairs"], result.metrics.result()["withheld"]) == (2, 1)
    assert "- `withheld`: 1 pair; " in result.README
    result.rag.result().close()


def test_examples_are_the_kept_pairs_verbatim(exported: Exported) -> None:
    """Text, lists, nulls and score come out as they came in; sources are named once, sorted."""
    by_id = {row["pair_id"]: row for split in SPLITS for row in rows_of(getattr(exported, split))}
    assert len(by_id) == 20
    for number in range(20):
        given_pair = pair(number)
        example = by_id[given_pair["pair_id"]]
        sources = [
            {"agent": "ann", "delivery": f"d{number % 2}"},
            {"agent": "zoe", "delivery": "d2"},
        ]
        assert example.pop("sources") == sources
        assert example == {name: given_pair[name] for name in example}


def test_examples_are_what_the_schema_says(exported: Exported) -> None:
    """Every row of every split obeys schemas/example.schema.json, columns in its order."""
    schema = json.loads((ROOT / "schemas/example.schema.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for split in SPLITS:
        table = getattr(exported, split)
        assert table.whole.column_names == list(schema["properties"])
        for row in rows_of(table):
            validator.validate(row)


def test_each_document_has_its_own_vector(exported: Exported) -> None:
    """Joining by pair_id gives each document the vector of its pair and leaves others out."""
    _, _, vectors, *_ = tables(["train"] * 20)
    expected = {
        row["pair_id"]: np.array(row["document_vector"], dtype="<f4").tobytes()
        for row in rows_of(vectors)
    }
    stored = (
        exported.rag.result()
        .execute("SELECT pair_id, document FROM documents JOIN vectors ON document_id = id")
        .fetchall()
    )
    assert len(stored) == 20
    assert all(expected[pair_id] == blob for pair_id, blob in stored)


def test_row_order_is_irrelevant(tmp_path: Path) -> None:
    """Shuffled inputs give the same rows, the same card, the same database bytes."""
    splits = ["train", "test", "validation", "train"] * 5
    first = export(*tables(splits, seed=1), **PARAMS)
    second = export(*tables(splits, seed=2), **PARAMS)
    for split in SPLITS:
        assert rows_of(getattr(first, split)) == rows_of(getattr(second, split))
    assert first.README == second.README
    assert first.metrics.result() == second.metrics.result()
    former = file_bytes(first.rag.result(), tmp_path / "1.sqlite")
    assert former == file_bytes(second.rag.result(), tmp_path / "2.sqlite")
    first.rag.result().close()
    second.rag.result().close()


def test_a_range_more_changes_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However few rows are in memory at a time, every file that is written is the same."""
    inputs = tables(["train", "test", "validation", "withheld", "train"] * 3)
    for rows_at_once in (100, 4):
        monkeypatch.setattr(ranges, "ROWS_AT_ONCE", rows_at_once)
        params = {**PARAMS, "formats": FORMATS}
        written(export(*inputs, **params), tmp_path / str(rows_at_once))
    few, many = (sorted((tmp_path / name).rglob("*.*")) for name in ("4", "100"))
    assert [path.name for path in few] == [path.name for path in many]
    assert [path.read_bytes() for path in few] == [path.read_bytes() for path in many]


def written(result: Exported, folder: Path) -> None:
    """Write what run.py writes of an export."""
    schemas = {"training": schema("training"), "rag_vectors": schema("rag_vectors")}
    schemas |= {split: schema("example") for split in SPLITS}
    outputs = Outputs(schemas, {})
    for split in SPLITS:
        formats = (".parquet", ".json", ".csv")
        outputs.write(getattr(result, split), *(folder / f"{split}{name}" for name in formats))
    outputs.write(result.rag_vectors, folder / "rag_vectors.parquet")
    outputs.write(result.rag.result(), folder / "rag.sqlite")
    outputs.write_files(result.training, folder / "training")
    result.rag.result().close()


def test_the_database_is_given_out_once_nobody_asks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Metrics ask it beside what writes files, and SQLite copies none that is being read."""
    begun, goes_on = threading.Event(), threading.Event()

    def asks(*_: object) -> dict[str, float]:
        begun.set()
        goes_on.wait()
        return {}

    monkeypatch.setattr("pipeline.stages.export._retrieval", asks)
    exported = export(*tables(["train", "test"]), **PARAMS)
    begun.wait()
    assert not exported.rag.done()
    goes_on.set()
    exported.rag.result().close()
    assert exported.metrics.done()


def test_inputs_are_untouched() -> None:
    """The stage changes none of its inputs."""
    inputs = tables(["train", "test"])
    before = [rows_of(table) for table in inputs[:3]]
    export(*inputs, **PARAMS).rag.result().close()
    assert [rows_of(table) for table in inputs[:3]] == before


def test_card_and_metrics_count_the_same(exported: Exported) -> None:
    """What the card says in words is what the metrics say in numbers."""
    assert exported.metrics.result() == {
        "pairs": 20,
        "train_pairs": 14,
        "validation_pairs": 2,
        "test_pairs": 4,
        "clusters": 10,
        "categories": 2,
        "groups": 3,
        "aliases": 10,
        "withheld": 0,
        "waiting": 0,
        "alternatives": 0,
        "score_mean": 9.5,
        "vector_dimension": DIMENSION,
        "pairs_with_secrets": 0,
        "preferences": 0,
        "without_vector": 0,
        "retrieval_questions": 5,
        "retrieval_recall_at_10": 1.0,
    }
    assert "| train | 14 | 70.0% | 7 | 6.5 | 21 |" in exported.README
    assert "| Momentum, Trend | 4 | 1 | 1 | 6 |" in exported.README
    assert "| none | 5 | 1 | 1 | 7 |" in exported.README
    assert "10 duplicates" in exported.README


def test_vectors_for_other_stores_are_those_of_the_database(
    exported: Exported, tmp_path: Path
) -> None:
    """One row per document with both its vectors; encoder and revision stand in the schema."""
    schema = json.loads((ROOT / "schemas/rag_vectors.schema.json").read_text(encoding="utf-8"))
    path = tmp_path / "rag_vectors.parquet"
    Outputs({"rag_vectors": schema}, {}).write(exported.rag_vectors, path)
    table = pq.read_table(path)
    assert table.column_names == ["pair_id", "question_vector", "document_vector"]
    assert table.schema.metadata == {b"encoder": b"random", b"revision": b"1"}
    stored = (
        exported.rag.result()
        .execute(
            "SELECT pair_id, vectors.question, document"
            " FROM vectors JOIN documents ON document_id = id"
        )
        .fetchall()
    )
    rows = [
        (row["pair_id"], *(np.array(row[f"{role}_vector"], "<f4").tobytes() for role in ROLES))
        for row in table.to_pylist()
    ]
    assert rows == sorted(stored)


@pytest.mark.parametrize("mode", ["mask", "drop", "keep"])
def test_credentials_leave_the_workspace_only_where_that_is_wanted(mode: Mode) -> None:
    """In splits and database alike a key is hidden, or its pair is out; the card says which."""
    kept, *others = tables(["train", "train", "test"])
    rows = kept.to_pylist()
    rows[0]["answer"] += f" api_secret = {KEY}"
    rows[0]["context"] = [{"role": "passage", "text": f"api_secret = {KEY}"}]
    rows[1]["aliases"] = [{"pair_id": "f" * 32, "question": f"Is {KEY} the binance api key?"}]
    rows[1]["aliases"][0]["question"] = f"binance api key: {KEY}"
    spoiled = daft.from_arrow(pa.Table.from_pylist(rows, schema=kept.to_arrow().schema))
    result = export(spoiled, *others, **{**PARAMS, "secrets": mode})
    shown = str([rows_of(result.train), rows_of(result.test)])
    shown += str(result.rag.result().execute("SELECT * FROM documents").fetchall())
    assert (KEY in shown) == (mode == "keep")
    assert ("[redacted]" in shown) == (mode == "mask")
    assert result.metrics.result()["pairs_with_secrets"] == 2
    assert result.metrics.result()["pairs"] == (1 if mode == "drop" else 3)
    assert "2 pairs." in result.README
    result.rag.result().close()


def test_a_pair_without_split_is_not_lost_silently() -> None:
    """A kept pair without split, with two, or with one of another name stops the stage."""
    kept, assignments, vectors, metadata, *_ = tables(["train", "test", "train"])
    with pytest.raises(ValueError, match="1 kept pairs are in none of the splits"):
        export(kept, assignments.sort("pair_id").limit(2), vectors, metadata, WORDS, [], **PARAMS)
    with pytest.raises(ValueError, match="3 kept pairs have 6 splits"):
        export(kept, assignments.concat(assignments), vectors, metadata, WORDS, [], **PARAMS)
    renamed = assignments.with_column("split", daft.lit("holdout"))
    with pytest.raises(ValueError, match="3 kept pairs are in none"):
        export(kept, renamed, vectors, metadata, WORDS, [], **PARAMS)


def test_a_pair_without_vector_is_not_lost_silently() -> None:
    """A kept pair that has no vector yet stays in the database, found by words, and is counted."""
    kept, assignments, vectors, metadata, *_ = tables(["train", "test", "train"])
    result = export(
        kept, assignments, vectors.sort("pair_id").limit(2), metadata, WORDS, [], **PARAMS
    )
    counts = [
        result.rag.result().execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("documents", "documents_fts", "vectors")
    ]
    assert counts == [kept.count_rows(), kept.count_rows(), kept.count_rows() - 2]
    assert result.metrics.result()["without_vector"] == 2
    stored = nearest(result.rag.result(), "question", np.ones(DIMENSION, np.float32), None, 9)
    assert sorted(stored) == list(range(1, kept.count_rows() + 1))
    found = exact(result.rag.result(), stored, DIMENSION)
    rows = (
        result.rag.result()
        .execute("SELECT document_id FROM vectors ORDER BY document_id")
        .fetchall()
    )
    assert found.ids.tolist() == [row[0] for row in rows]
    result.rag.result().close()


@pytest.mark.parametrize(
    "splits", [["train"] * 6 + ["validation", "test"], ["train"] * 3], ids=["all", "train only"]
)
def test_datasets_loads_the_folder(
    splits: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Hugging Face library opens the folder by the card alone, offline, split by split."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    from datasets import load_dataset  # noqa: PLC0415 - reads the environment when imported

    kept, *others = tables(splits)
    rows = kept.to_pylist()
    for row in rows:
        row["origins"][0]["extra"] = json.dumps({"rejected": ["Worse.", "Bad."]})
    params = {**PARAMS, "formats": FORMATS, "system_prompt": "Be exact."}
    result = export(daft.from_arrow(pa.Table.from_pylist(rows, KEPT)), *others, **params)
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "README.md").write_text(result.README, encoding="utf-8")
    Outputs({"training": schema("training")}, {}).write_files(result.training, folder / "training")
    for split in SPLITS:
        table = getattr(result, split).whole.sort("pair_id").to_arrow()
        pq.write_table(table, folder / f"{split}.parquet")
        (folder / f"{split}.json").write_text(json.dumps(table.to_pylist()), encoding="utf-8")
    file_bytes(result.rag.result(), folder / "rag.sqlite")
    result.rag.result().close()

    loaded = load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert list(loaded) == [split for split in SPLITS if split in splits]
    for split in loaded:
        assert loaded[split].to_list() == rows_of(getattr(result, split))
        assert loaded[split].features["difficulty"].dtype == "string"
    for form in FORMATS if len(set(splits)) > 1 else ():
        trained = load_dataset(str(folder / "training" / form), cache_dir=str(tmp_path / "cache"))
        assert list(trained) == list(loaded)
        per_pair = 2 if form in ("preferences", "sharegpt_preferences") else 1
        assert [len(trained[one]) for one in trained] == [
            per_pair * len(loaded[one]) for one in loaded
        ]
        published = trainer(form)
        assert {published.first_fault(row) for one in trained for row in trained[one]} == {None}


def test_a_rejected_answer_stands_beside_the_chosen_one() -> None:
    """Each rejected answer of a pair in a split is one row, with no credential in it."""
    kept, assignments, *others = tables(["train", "test", "withheld"])
    extras = [
        {"rejected": ["Worse.", f"api_secret = {KEY}"]},
        {"rejected": ["Bad."]},
        {"rejected": ["x"]},
    ]
    rows = kept.sort("pair_id").to_pylist()
    for row, extra in zip(rows, extras, strict=True):
        row["origins"][0]["extra"] = json.dumps(extra)
        row["origins"][1]["extra"] = json.dumps({"rejected": [*extra["rejected"], row["answer"]]})
    changed = daft.from_arrow(pa.Table.from_pylist(rows, KEPT))
    result = export(changed, assignments, *others, **PARAMS)
    result.rag.result().close()
    found = result.preferences.whole.to_pylist()
    assert checked(result.preferences.whole, schema("preferences")).num_rows == len(found)
    where = {row["pair_id"]: row["split"] for row in rows_of(assignments)}
    expected = [
        (row["pair_id"], where[row["pair_id"]], row["question"], row["answer"], text)
        for row, extra in zip(rows, extras, strict=True)
        if where[row["pair_id"]] != "withheld"
        for text in extra["rejected"]
    ]
    names = ("pair_id", "split", "question", "chosen", "rejected")
    shown = [tuple(row[name] for name in names) for row in found]
    assert shown == [(*one[:4], one[4].replace(KEY, "[redacted]")) for one in expected]


def test_recorded_vectors_are_published_and_questions_asked_by_words() -> None:
    """Nobody can encode a question into a provider's space here: vectors stand, words find."""
    kept, assignments, vectors, metadata, *_ = tables(["train", "test", "train"])
    space = {**PARAMS, "embed_encoder": "recorded", "embed_model": ""}
    result = export(kept, assignments, vectors, metadata, WORDS, [], **space)
    rows = result.rag.result().execute("SELECT count(*) FROM vectors").fetchone()[0]
    assert rows == result.rag_vectors.whole.count_rows() == kept.count_rows()
    assert result.metrics.result()["retrieval_questions"] > 0
    result.rag.result().close()
