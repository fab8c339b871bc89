"""Facts for gates come from the files of a workspace, and unknown ones stay unknown."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.core.errors import UserError
from pipeline.core.schemas import arrow_schema
from pipeline.faucet.gates.criteria import evaluate
from pipeline.faucet.gates.delivered import Others, awaits_integration
from pipeline.faucet.gates.facts import digest_of, gather, inside
from pipeline.faucet.tasks.operations import SubmitTask
from pipeline.faucet.tasks.state import Task
from pipeline.workspace.workspace import Workspace
from tests.conftest import origin, pairs_table, schema
from tests.faucet import made_up
from tests.faucet.team import NOON, after, claim, state, task
from tests.workspaces import bare

ROOT = Path(__file__).parents[3]
CONTENT = b"a delivery"
SHA = hashlib.sha256(CONTENT).hexdigest()
STORED = f"{SHA[:12]}-x.json"


@pytest.fixture
def root(tmp_path: Path) -> Workspace:
    root = bare(tmp_path)
    put(tmp_path, "data/inbox/zai/x.json", CONTENT)
    put(tmp_path, "data/domain/plan.csv", (ROOT / "data/domain/plan.csv").read_bytes())
    return root


def put(root: Path, path: str, content: Any) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    (root / path).write_bytes(raw)


def handed_in(root: Path, *paths: str, gates: list[dict[str, Any]]) -> Task:
    outputs = tuple(digest_of(root, path) for path in paths)
    start = after(state(task("a", gates=gates)), claim("a"))
    found = after(start, SubmitTask("a", "w1", 1, NOON, outputs)).task("a")
    assert found
    return found


def verdict(root: Path, found: Task, taken: dict[str, str] | None = None) -> dict[str, Any]:
    report = evaluate(found.rest["gates"], gather(root, found, Others(taken or {})))
    return {row["criterion"]: (row["got"], row["passed"]) for row in report["criteria"]}


def books(agent: str = "zai", **counts: int) -> dict[str, Any]:
    return {"agent": agent, "delivery": STORED, "quarantined": 0, "repeated": 0, **counts}


def integrate(root: Path, *rows: dict[str, Any]) -> None:
    put(root, "data/integrate/accounting.json", {"deliveries": list(rows)})


def test_metrics_are_read_as_they_are(root: Workspace) -> None:
    """A number of metrics/<stage>.json is a fact; what is absent or no number is none."""
    put(root, "metrics/qa.json", {"mean_score": 61.5, "word": "many", "flag": True})
    names = ["qa.mean_score", "qa.word", "qa.flag", "qa.absent", "nostage.x"]
    found = handed_in(root, gates=[{"metric": name, "min": 1} for name in names])
    assert [got for got, _ in verdict(root, found).values()] == [61.5, None, None, None, None]


def test_deliverables_are_held_to_their_schema(root: Workspace) -> None:
    """JSON, JSON lines and Parquet are looked into; what cannot be read does not pass."""
    put(root, "good.json", {"task_id": "a"})
    put(root, "other.json", {"task_id": "a"})
    put(root, "bad.json", b"{")
    put(root, "lines.jsonl", b'{"a": 1}\n[]\n')
    both = {f"{role}_vector": [0.6, 0.8] for role in ("question", "document")}
    given = pa.schema([(name, pa.list_(pa.float32(), 2)) for name in both])
    rows = arrow_schema(schema("vectors"), given)
    row = {"pair_id": "0" * 32, **both, "space": "hashing@1/2"}
    pq.write_table(pa.Table.from_pylist([row], schema=rows), root / "vectors.parquet")
    wanted = {
        "good.json": ("task_queue", False),
        "bad.json": ("task_queue", False),
        "lines.jsonl": ("task_queue", False),
        "vectors.parquet": ("vectors", True),
        "schemas/task_queue.schema.json": ("nowhere", False),
        "data/domain/plan.csv": ("vectors", False),
        "../outside": ("vectors", False),
    }
    asked = [{"deliverable": name, "schema": fits} for name, (fits, _) in wanted.items()]
    asked += [{"deliverable": "other.json"}]
    told = list(verdict(root, handed_in(root, gates=asked)).values())
    assert [passed for _, passed in told[:-1]] == [passed for _, passed in wanted.values()]
    assert told[-1] == ("16 bytes", True)


def test_handed_in_files_must_stay(root: Workspace) -> None:
    """A file that was changed or removed after it was handed in fails; a landed one is found."""
    found = handed_in(root, "data/inbox/zai/x.json", gates=[])
    name = "output data/inbox/zai/x.json"
    assert verdict(root, found)[name][1]
    put(root, "data/inbox/zai/x.json", b"another")
    assert not verdict(root, found)[name][1]
    (root / "data/inbox/zai/x.json").unlink()
    assert not verdict(root, found)[name][1]
    put(root, f"data/deliveries/droid/{STORED}", CONTENT)
    assert not verdict(root, found)[name][1]
    put(root, f"data/deliveries/zai/{STORED}", CONTENT)
    assert verdict(root, found)[name][1]
    assert not verdict(root, found, {SHA: "another_task"})[name][1]


def test_deliveries_are_judged_by_their_books(root: Workspace) -> None:
    """Rates are those of the task's own delivery, and wait until it is integrated."""
    asked = [
        {"delivery": "acceptance_rate", "min": 0.9},
        {"delivery": "duplicate_rate", "max": 0.1},
        {"delivery": "found", "min": 1},
    ]
    found = handed_in(root, "data/inbox/zai/x.json", gates=asked)
    assert awaits_integration(root, found)
    integrate(root, books("droid", found=10, accepted=10))
    assert awaits_integration(root, found)
    assert verdict(root, found)["delivery found"] == (None, False)
    integrate(root, books(found=10, accepted=6, repeated=3, quarantined=1))
    assert not awaits_integration(root, found)
    told = verdict(root, found)
    assert told["delivery acceptance_rate"] == (0.9, True)
    assert told["delivery duplicate_rate"] == (0.3, False)
    assert verdict(root, found, {SHA: "b"})["delivery found"] == (None, False)


def test_what_the_task_brought_before_is_no_duplicate(root: Workspace) -> None:
    """An agent that delivers its mended pairs again is not told that they are duplicates."""
    first = {"path": "data/inbox/zai/first.json", "sha256": "e" * 64, "bytes": 1}
    asked = [{"delivery": "duplicate_rate", "max": 0.1}]
    start = after(state(task("a", gates=asked)), claim("a"))
    start = after(start, SubmitTask("a", "w1", 1, NOON, (first,)))
    found = start.task("a")
    assert found
    second = digest_of(root, "data/inbox/zai/x.json")
    submission = {"outputs": [second], "result": None}
    again = replace(found, submission=submission, handed_in=(first, second))
    integrate(
        root,
        {**books(found=10, accepted=8, quarantined=2), "delivery": f"{'e' * 12}-first.json"},
        books(found=10, accepted=2, repeated=8),
    )
    assert verdict(root, again)["delivery duplicate_rate"] == (0.0, True)


def test_pairs_and_scores_come_from_the_data_set(root: Workspace) -> None:
    """Kept pairs count for their indicator, under any of its names; scores are those of qa."""
    put(root, "metrics/integrate.json", {"accepted": 3})
    put(root, "metrics/dedup.json", {"pairs": 2})
    integrate(root, books(found=2, accepted=2))
    mine, others = [origin("zai", STORED)], [origin("droid", "f" * 12 + "-y.json")]
    name = "Relative Strength Index (RSI)"
    table = pairs_table(
        [
            {"question": f"{n} of RSI?", "answer": f"{n}", "indicator": name, "origins": origins}
            for n, origins in enumerate((mine, mine + others, others))
        ]
    ).to_arrow()
    ids = table["pair_id"].to_pylist()
    sound = {"verdict": "accept", "decided_by": "rule", **made_up.PARTS}
    scores = [
        {"pair_id": key, "score": score, **sound}
        for key, score in zip(ids, (50.0, 70.0, 10.0), strict=True)
    ]
    rows = table.to_pylist()
    made_up.put(root, "data/integrate/pairs.parquet", rows)
    made_up.put(root, "data/dedup/kept.parquet", [{**row, "cluster_id": "0" * 32} for row in rows])
    made_up.put(root, "data/qa/scores.parquet", scores)
    asked = [
        {"indicator": "RSI", "min": 1},
        {"indicator": "RSI", "of": "database", "min": 3},
        {"delivery": "mean_score", "min": 60},
        {"delivery": "lowest_score", "min": 60},
    ]
    found = handed_in(root, "data/inbox/zai/x.json", gates=asked)
    assert verdict(root, found)["pairs delivered for RSI"] == (None, False)  # dedup is behind
    put(root, "metrics/dedup.json", {"pairs": 3})
    told = verdict(root, found)
    assert told["pairs delivered for RSI"] == (1, True)  # the other one is in the base
    assert told["kept pairs for RSI"] == (3, True)
    assert told["delivery mean_score"] == (60.0, True)
    assert told["delivery lowest_score"] == (50.0, False)
    made_up.put(root, "data/qa/scores.parquet", scores[:1])  # qa is behind
    assert verdict(root, found)["delivery mean_score"] == (None, False)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "data/../../x", "..\\x"])
def test_no_path_leads_out(root: Workspace, path: str) -> None:
    """Neither gates nor submissions reach a file outside of the workspace."""
    with pytest.raises(UserError, match="not inside"):
        inside(root, path)


def test_a_missing_output_is_told(root: Workspace) -> None:
    """Who hands in a file that is not there is told so."""
    with pytest.raises(UserError, match="is no file"):
        digest_of(root, "data/inbox/zai/y.json")
