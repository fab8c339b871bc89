"""`faucet queue` as an agent and a person use it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline.cli import faucet

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    (tmp_path / "data").mkdir()
    for name in ("dvc.yaml", "params.yaml", "faucet.yaml", "data/domain"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def queue(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(faucet, ["queue", *arguments])
    assert result.exit_code == code, result.output
    return result


def test_a_task_by_hand(root: Path) -> None:
    """An agent is told its task, hands in a file that misses a gate, is told why, and mends it."""
    queue("init", "--agent", "zai")
    gates = json.dumps([{"deliverable": "report.json", "min_bytes": 10}])
    queue("add", "report", "--agent", "zai", "--gates", gates, "--description", "Write a report")
    told = queue("claim", "--agent", "zai").output
    assert "Write a report" in told
    assert "deliverable report.json: exists, at least 10 bytes" in told
    (root / "report.json").write_text("short")
    refused = queue("submit", "report", "report.json", code=1).output
    assert "wanted exists, at least 10 bytes, got 5 bytes (it is too small)" in refused
    assert "not before" in queue("show").output
    queue("claim", "--agent", "zai", code=75)
    assert queue("retry", "report").output.startswith("report: ready; attempt 1:")
    assert "it is too small" in queue("claim", "--agent", "zai").output
    (root / "report.json").write_text("long enough")
    assert "completed" in queue("submit", "report", "report.json").output
    queue("claim", "--agent", "zai", code=75)


def test_the_seed_as_json_and_as_text(root: Path) -> None:
    """Everything that is shown to people can be read by programs."""
    queue("init")
    assert "exists: queues are never overwritten" in queue("init", code=1).output
    told = json.loads(queue("show", "--json").output)
    assert [task["standing"] for task in told["droid"]["tasks"]] == ["ready"] + 3 * ["waiting"]
    assert set(json.loads(queue("show", "--agent", "zai", "--json").output)) == {"zai"}
    edges = json.loads(queue("graph", "--json").output)["waits"]
    assert {
        "task": "data_visualizations",
        "waits_for": "training_data_splits",
        "is_met": False,
    } in edges
    assert "        data_visualizations (zai, waiting)" in queue("graph").output.splitlines()
    assert all(len(line) <= 80 for line in queue("show").output.splitlines())
    claimed = json.loads(queue("claim", "--agent", "zai", "--as", "w2", "--json").output)
    assert claimed["claim"]["owner"] == "w2"


def test_failures_pauses_and_releases(root: Path) -> None:
    """What went wrong, or was stopped by a person, is told in one line per command."""
    queue("init", "--agent", "zai")
    queue("add", "a", "--agent", "zai")
    queue("add", "b", "--agent", "zai", "--after", "a")
    queue("claim", "--agent", "zai")
    assert queue("release", "a").output == "a: ready\n"
    queue("claim", "--agent", "zai")
    failed = queue("fail", "a", "--reason", "no network", "--transient").output
    assert failed.startswith("a: ready; not before")
    queue("retry", "a")
    for attempt in (1, 2, 3):
        queue("claim", "--agent", "zai")
        failed = queue("fail", "a", "--reason", "wrong").output
        if attempt < 3:
            (path,) = (root / "data/task_queues").glob("zai_queue.json")
            document = json.loads(path.read_text())
            del document["queued_tasks"][0]["not_before"]
            path.write_text(json.dumps(document))
    assert failed == "a: dead; attempt 3: wrong; holds up b\n"
    assert queue("retry", "a").output.startswith("a: ready")
    assert queue("pause", "a").output.startswith("a: paused")
    assert queue("resume", "a").output.startswith("a: ready")
    assert queue("pause", "--agent", "zai").output.startswith("zai (paused)")
    queue("claim", "--agent", "zai", code=75)
    assert queue("resume", "--agent", "zai").output.startswith("zai (active)")
    queue("claim", "--agent", "zai")
    told = queue("fail", "a", "--reason", "429", "--quota", "--retry-after", "600").output
    assert told.startswith("a: ready")
    assert "out of quota until" in queue("show").output


def test_faults_are_one_sentence(root: Path) -> None:
    """What a person can mend is said in one sentence, with exit code 1."""
    assert "faucet queue init" in queue("show", code=1).output
    queue("init", "--agent", "zai")
    for arguments, told in {
        ("show", "--agent", "x"): "x has no queue; agents with one: zai",
        ("add", "--agent", "zai"): "name one task, or a file",
        ("add", "a", "--agent", "zai", "--gates", "{"): "--gates: no JSON",
        ("add", "A", "--agent", "zai"): "field queued_tasks/0/task_id: breaks pattern",
        ("pause",): "name a task, or an agent",
        ("submit", "a"): "a is no task",
        ("release", "a"): "a is no task",
    }.items():
        output = queue(*arguments, code=1).output
        assert told in output
        assert len(output.splitlines()) == 1
    queue("add", "a", "--agent", "zai")
    queue("claim", "--agent", "zai")
    assert "not inside the workspace" in queue("submit", "a", "/etc/passwd", code=1).output
    assert queue("judge").output == "nothing is handed in\n"
