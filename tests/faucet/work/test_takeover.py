"""What an agent wrote before any end is taken over; the agent rests, or is paused."""

import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.faucet.gates.facts import digest_of
from pipeline.faucet.queues.storage import LocalBoard, load
from pipeline.faucet.runs.inbox import land_if_free, unlanded
from pipeline.faucet.settings import read_settings
from pipeline.faucet.tasks.state import standing
from pipeline.faucet.work.worker import TeamWorker
from pipeline.workspace.workspace import Workspace
from tests.faucet.tasks_only import queue, workspace

GATES = [{"delivery": "found", "min": 1}]
WRITES = "import os; open('deliver/a.json', 'w').write('[]'); "
LIMITED = WRITES + "print('usage limit reached, try again in 90s'); raise SystemExit(1)"
UNTRUSTED = WRITES + "print('please run /login'); raise SystemExit(1)"
HANGS = WRITES + "import time; time.sleep(60)"


def team(root: Path, code: str, **more: Any) -> TeamWorker:
    entry = {"task_id": "a", "priority": 1, "status": "ready", "kind": "deliver", "gates": GATES}
    told = queue("zai", entry, worker={"command": [sys.executable, "-c", code], **more})
    made = workspace(root / "w", told)
    return TeamWorker(LocalBoard(made), read_settings(made), "zai", lambda _: None, lambda: False)


@pytest.mark.parametrize(
    ("code", "more", "paused"),
    [
        (LIMITED, {}, "breaker"),
        (UNTRUSTED, {}, "setup"),
        (HANGS, {"silence_s": 1}, ""),
        (HANGS, {"timeout_s": 1}, ""),
    ],
)
def test_what_was_written_is_handed_in(
    tmp_path: Path, code: str, more: dict[str, int], paused: str
) -> None:
    """Quota, missing login, silence and time-out hand in what is there, and cost no attempt."""
    worker = team(tmp_path, code, **more)
    assert worker.once() == "submitted"
    state = load(Workspace(tmp_path / "w"))
    (one,) = state.tasks()
    assert (standing(state, one), one.attempt, len(one.handed_in)) == ("submitted", 1, 1)
    assert bool(state.queues["zai"].breaker) is (paused == "breaker")
    assert state.queues["zai"].is_paused is (paused == "setup")


def test_who_waits_for_its_provider_in_silence_is_out_of_quota(tmp_path: Path) -> None:
    """A command that retries after a limit and is ended for its silence costs no attempt."""
    retries = "import time; print('status: 429, retrying', flush=True); time.sleep(60)"
    assert team(tmp_path, retries, silence_s=1).once() == "quota"
    (one,) = load(Workspace(tmp_path / "w")).tasks()
    assert (one.attempt, one.failures) == (1, ())


def test_nothing_written_costs_no_attempt_where_the_set_up_is_at_fault(tmp_path: Path) -> None:
    """A command that is not there pauses its agent with a sentence, and the task stays whole."""
    worker = team(tmp_path, "print('Invalid API key'); raise SystemExit(1)")
    assert worker.once() == "setup"
    state = load(Workspace(tmp_path / "w"))
    (one,) = state.tasks()
    assert (standing(state, one), one.attempt, one.failures) == ("ready", 1, ())
    assert "not logged in" in state.queues["zai"].rest["paused_for"]


def test_what_a_killed_turn_wrote_is_handed_in_by_the_next(tmp_path: Path) -> None:
    """Files of an earlier turn are taken over before the agent is called again."""
    worker = team(tmp_path, "raise SystemExit(1)")
    left = tmp_path / "w/.cache/work/a/0/deliver"
    left.mkdir(parents=True)
    (left / "half.json").write_text("[]")
    assert worker.once() == "submitted"
    found = load(Workspace(tmp_path / "w")).task("a")
    assert found is not None
    assert len(found.handed_in) == 1


def test_a_run_is_not_waited_for(tmp_path: Path) -> None:
    """What is written while a run reads deliveries is handed in at once, and lands after the run.

    The run sees nothing come; path and digest are those that it has afterwards.
    """
    worker, root = team(tmp_path, WRITES), Workspace(tmp_path / "w")
    with root.run_lock(is_announced=False):
        assert worker.once() == "submitted"
        found = load(root).task("a")
        assert found is not None
        (handed,) = found.handed_in
        assert not (root / handed["path"]).exists()
        assert digest_of(root, handed["path"]) == handed
        assert land_if_free(root) == []
        assert len(unlanded(root)) == 1
    land_if_free(root)
    assert unlanded(root) == []
    assert (root / handed["path"]).read_bytes() == b"[]"
    assert digest_of(root, handed["path"]) == handed
