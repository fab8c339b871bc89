"""Queue files as values: what somebody wrote stays, what the faucet knows is added."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.faucet.queues import files as task_files
from pipeline.faucet.tasks.documents import document_of, queue_of
from pipeline.faucet.tasks.state import State, claimable
from pipeline.workspace.layout import queue_path
from tests.faucet.team import NOON, after, claim, fail, judge, later, submit

ROOT = Path(__file__).parents[3]
REAL = ROOT.parent / "shared" / "queues"
REAL_FILES = sorted(REAL.glob("*_queue.json"))

DOCUMENT: dict[str, Any] = {
    "mood": "fine",
    "agent": "zai",
    "status": "active",
    "current_task": {"task_id": "before", "status": "completed", "pairs_added": 7},
    "queued_tasks": [
        {"note": [1, {"x": None}], "task_id": "a", "status": "in_progress", "priority": 3},
        {"task_id": "b", "priority": 4, "status": "waiting", "dependencies": ["a"], "tip": "z"},
    ],
    "statistics": {"rate": 1.0, "big": 9007199254740993},
}


def needs_real_files() -> None:
    if not REAL_FILES:
        pytest.skip("the real queue files are not here; runs where ../shared/queues lies")


def read_real(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_bytes())
    task_files.check(ROOT, queue_path(document["agent"]), document, "task_queue")
    return document


def test_reading_and_writing_is_the_identity() -> None:
    """A document that was only read is written as it was, in the order of its keys."""
    written = document_of(queue_of(DOCUMENT))
    assert json.dumps(written) == json.dumps(DOCUMENT)


def test_unknown_keys_survive_work() -> None:
    """Keys of documents, entries and the current task that nobody knows outlive every change."""
    start = State({"zai": queue_of(DOCUMENT)})
    document = document_of(after(start, claim("a"), fail("a")).queues["zai"])
    entry = document["queued_tasks"][0]
    assert (document["mood"], document["statistics"]) == ("fine", DOCUMENT["statistics"])
    assert (entry["note"], document["queued_tasks"][1]["tip"]) == ([1, {"x": None}], "z")
    assert [entry["status"] for entry in document["queued_tasks"]] == ["ready", "waiting"]


def test_a_completed_current_task_is_not_forgotten() -> None:
    """What was completed before there were receipts moves to the history when work goes on."""
    start = State({"zai": queue_of(DOCUMENT)})
    assert queue_of(DOCUMENT).past == {"before"}
    document = document_of(after(start, claim("a")).queues["zai"])
    assert document["current_task"]["task_id"] == "a"
    assert document["completed_tasks"] == [DOCUMENT["current_task"]]
    assert queue_of(document).past == {"before"}


def test_a_state_comes_back_from_its_document() -> None:
    """Everything the state machine knows of a queue is in the file: nothing is lost on disk."""
    start = State({"zai": queue_of(DOCUMENT)})
    steps = [claim("a"), fail("a"), claim("a", 2, at=99), submit("a", 2)]
    for step in steps:
        start = after(start, step)
        queue = start.queues["zai"]
        again = queue_of(json.loads(task_files.as_bytes(document_of(queue))))
        assert document_of(again) == document_of(queue)
        assert [replace(t, rest={}) for t in again.tasks] == [
            replace(t, rest={}) for t in queue.tasks
        ]
        assert (again.status, again.current, again.breaker) == (
            queue.status,
            document_of(queue)["current_task"],
            queue.breaker,
        )


def test_real_files_round_trip() -> None:
    """The four real queue files come back with equal values and every key in its place."""
    needs_real_files()
    for path in REAL_FILES:
        document = read_real(path)
        assert json.dumps(document_of(queue_of(document))) == json.dumps(document)
    assert len(REAL_FILES) == 4


def test_real_files_can_be_worked() -> None:
    """Every task of the real queues, in_progress or not, can be done in an order that there is."""
    needs_real_files()
    documents = [read_real(path) for path in REAL_FILES]
    queues = {document["agent"]: queue_of(document) for document in documents}
    state = State(queues, done=frozenset().union(*(queue_of(d).past for d in documents)))
    expected = {t.task_id for t in state.tasks()} | state.done
    for agent in sorted(queues):
        while free := claimable(state, agent, NOON):
            name = free[0].task_id
            state = after(
                state,
                claim(name)._replace(agent=agent, owner=agent),
                submit(name, owner=agent),
                judge(name),
            )
    assert list(state.tasks()) == []
    assert state.done == expected
    assert len(state.receipts) == 7 + 1 + 5 + 6
    for document in documents:
        left = document_of(state.queues[document["agent"]])
        kept = set(document) - {"current_task", "queued_tasks", "completed_tasks"}
        assert {name: left[name] for name in kept} == {name: document[name] for name in kept}
        assert left["current_task"]["completed"] == later(6).isoformat(
            timespec="milliseconds"
        ).replace("+00:00", "Z")
