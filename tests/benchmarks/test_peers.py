"""The table of peers: its figures come from real calls."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.peers_run import Clock, Outcome, Peer, Source, is_here, measured, peers_of

QUESTIONS = (
    "What does a funding rate above zero mean for holders of long positions?",
    "What does a funding rate above zero mean for the holders of long positions?",
    "How is the first value of an exponential moving average set?",
)
ANSWERS = ("Longs pay shorts. It is so by contract.", "Longs pay.", "By the first price. " * 40)
IDS = ("a" * 32, "b" * 32, "c" * 32)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """Return three pairs, the first two of which ask the same, and labels that say so."""
    data = tmp_path / "data"
    tables = {
        "integrate/pairs": {"pair_id": IDS, "question": QUESTIONS, "answer": ANSWERS},
        "qa/scores": {"pair_id": IDS, "score": [90.0, 80.0, 70.0]},
        "embed/vectors": {"pair_id": IDS, "question_vector": [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]},
    }
    for name, columns in tables.items():
        (data / name).parent.mkdir(parents=True)
        table = pa.table({key: list(value) for key, value in columns.items()})
        pq.write_table(table, data / f"{name}.parquet")
    (tmp_path / "params.yaml").write_text(Path("params.yaml").read_text("utf-8"), "utf-8")
    rows = [(IDS[0], IDS[1], "duplicate"), (IDS[0], IDS[2], "not")]
    head = ("pair_id", "other_id", "label", "stratum", "half")
    _write(tmp_path / "dedup_labels.csv", head, [(*row, "made", "set_aside") for row in rows])
    named = [(IDS[0], "clean"), (IDS[2], "padding")]
    head = ("pair_id", "class", "reason", "half", "drawn")
    _write(
        tmp_path / "quality_labels.csv", head, [(*row, "", "held_out", "uniform") for row in named]
    )
    pairs = [{"question": q, "answer": a} for q, a in zip(QUESTIONS, ANSWERS, strict=True)]
    deliveries = tmp_path / "deliveries/nora"
    deliveries.mkdir(parents=True)
    (deliveries / "a.json").write_text(json.dumps({"qa_pairs": pairs[:2]}), "utf-8")
    lines = [json.dumps(pair) + "\n" for pair in [pairs[2], pairs[2]]]
    (deliveries / "b.jsonl").write_text("".join(lines), "utf-8")
    return Source(tmp_path, tmp_path / "deliveries", tmp_path, 1)


def _write(path: Path, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def _named(task: str, part: str) -> list[Peer]:
    return [peer for peer in peers_of(task) if part in peer.name]


def _outcome(peer: Peer, source: Source) -> Outcome:
    if not is_here(peer):
        pytest.skip(f"{peer.needs} is not installed here: CI has it, from requirements-dev.lock")
    return peer.work(source, Clock())


@pytest.mark.parametrize("part", ["questions alone", "Jaccard 0.7", "cosine 0.9"])
def test_duplicates_are_counted_of_what_a_peer_declares(part: str, source: Source) -> None:
    """What asks the same is found and what does not is left alone, by every peer's own call."""
    for peer in _named("dedup", part):
        done = _outcome(peer, source)
        assert done[:5] == (3, 1, 1, 0, 1), peer.name
        assert done.result == "1 pairs dropped"


def test_tables_hold_the_distinct_pairs(source: Source) -> None:
    """Every reader of deliveries writes the three distinct pairs of four, and nothing else."""
    for part in ("json_tree", "unnested", "floor"):
        assert _outcome(_named("tables", part)[0], source)[:4] == (3, 3, 3, 0), part


def test_joins_are_of_the_same_rows(source: Source) -> None:
    """All engines write as many rows and the same sum: the work is equal."""
    results = {_outcome(peer, source).result for peer in _named("tables", "joining")}
    assert results == {"3 rows, sum of counts 3"}


def test_a_process_of_its_own_is_accounted_for(source: Source) -> None:
    """What was found and what it took come from one process, whose CPU holds the work."""
    found = measured("tables", _named("tables", "floor")[0], source)
    assert found.outcome.done == 3
    assert 0 < found.work_cpu_s <= found.cpu_s + 0.02
    assert found.peak_mb > 10


def test_a_peer_that_fails_says_so(source: Source, tmp_path: Path) -> None:
    """A failure is a row with its words, and no figure."""
    (tmp_path / "data/integrate/pairs.parquet").write_bytes(b"no table")
    found = measured("tables", _named("tables", "floor")[0], source)
    assert found.outcome.done == 0
    assert found.outcome.result.startswith("failed: ")
