"""A model does an agent's tasks as a command does: its pairs are deliveries, its cost is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.json_values import Json
from pipeline.faucet.abilities.ability import ability, deliverers
from pipeline.faucet.queues.storage import LocalBoard, load
from pipeline.faucet.queues.task_receipts import read_receipts
from pipeline.faucet.responses.book import responses
from pipeline.faucet.settings import read_settings
from pipeline.faucet.tasks.state import Task, takes_tasks
from pipeline.faucet.work.agents_check import agent_states
from pipeline.faucet.work.assignment import Assignment
from pipeline.faucet.work.endings import FailedAttempt, StoppedWorker
from pipeline.faucet.work.generating import generate
from pipeline.workspace.workspace import Workspace
from tests.faucet.models.asking import asked_of, pairs, with_model
from tests.faucet.tasks_only import entry, queue, workspace
from tests.faucet.team import NOON
from tests.faucet.work.test_worker import worker
from tests.providers.loopback import VARIABLE, Fault, Loopback, completion

NAME = "Vortex Indicator"
OWED = [{"name": NAME, "target_pairs": 5}]


def team(root: Path, loopback: Loopback, worker_more: Json | None = None, **more: Any) -> Workspace:
    """Return a workspace whose agent zai is the loopback's model, with one task of five pairs."""
    task = entry("five", kind="deliver", indicators=OWED, gates=[])
    task.pop("command")
    zai = {"kind": "model", "model": "ours", "pairs_per_request": 2, **(worker_more or {})}
    made = workspace(root, queue("zai", {**task, **more}), agents={"zai": zai})
    return with_model(made.root, loopback)


def answer(body: Json) -> str:
    """Return two pairs that no other request gets."""
    mark = f"{body['seed']} {len(asked_of(body))} {asked_of(body)[-60:]}"
    return pairs(f"What is {mark}?", f"How is {mark} found?")


def delivered(root: Path) -> list[Json]:
    paths = sorted((root / "data/deliveries/zai").glob("*.json"))
    return [json.loads(path.read_bytes()) for path in paths]


def test_a_task_is_done_and_its_receipt_has_the_cost(tmp_path: Path, loopback: Loopback) -> None:
    """Pairs land as the agent's deliveries; estimate and cost are in the receipt."""
    loopback.chat = answer
    root = team(tmp_path / "w", loopback)
    events: list[str] = []
    assert worker(root, events).once() == "completed", events
    assert [one["indicator"] for one in delivered(root.root)] == [NAME] * 3
    (receipt,) = read_receipts(root)
    account = receipt["result"]
    assert (account["pairs"], account["requests"], account["model"]) == (6, 3, "writer")
    assert (account["tokens"], account["usd"]) == (360, 0.009)
    assert account["estimated"]["usd"] > account["usd"]
    assert account["responses"] == sorted(one.request_id for one in responses(root))
    assert {one.task_id for one in responses(root)} == {"five"}
    (asked,) = (text for text in map(asked_of, loopback.chats) if "part 1 of 3" in text)
    assert f"| {NAME} | 5 |" in asked
    assert "give 2 pairs, first of all on" in asked
    assert str(root) not in json.dumps(loopback.chats)
    held = root.git("ls-tree", "-r", "--name-only", "HEAD", "--", "data/responses")
    assert len(held.split()) == 3


def test_a_killed_worker_goes_on_with_the_same_requests(tmp_path: Path, loopback: Loopback) -> None:
    """Whatever the data set has become meanwhile, what was answered is not asked again."""
    loopback.chat = answer
    root = team(tmp_path / "w", loopback, {"requests_at_once": 1})
    task = load(root).task("five")
    assert task

    def watch() -> None:
        if loopback.chats:
            raise StoppedWorker

    with pytest.raises(StoppedWorker):
        generate(given(root, task, watch))
    asked = len(loopback.chats)
    assert asked < 3
    (root / "data/domain").mkdir(parents=True)
    (root / "data/domain/brief.md").write_text("Something else is known of the subject by now.")
    assert worker(root, []).once() == "completed"
    texts = [asked_of(body) for body in loopback.chats]
    assert len(set(texts)) == len(texts) == 3
    assert not list((root / ".cache/work/taken").glob("*"))


def test_what_came_before_a_limit_counts(tmp_path: Path, loopback: Loopback) -> None:
    """Pairs that came are handed in, the agent rests as long as it is told to, nothing is lost."""
    loopback.chat = answer
    limit = Fault("POST .*chat", 9, status=429, headers={"Retry-After": "1800"})
    loopback.faults = [Fault("POST .*chat", 1), limit]
    root = team(tmp_path / "w", loopback, {"requests_at_once": 1})
    assert worker(root, []).once() == "completed"
    (receipt,) = read_receipts(root)
    assert receipt["result"]["pairs"] == 2
    assert "asks to wait 1,800 s" in receipt["result"]["ended"]
    assert not takes_tasks(load(root).queues["zai"], NOON.replace(year=2026, month=1))


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        (Fault("POST .*chat", 9, status=429, headers={"Retry-After": "900"}), "quota", "900 s"),
        (Fault("POST .*chat", 9, status=529), "quota", "529"),
        (Fault("POST .*chat", 9, status=402), "quota", "402"),
        (Fault("POST .*chat", 9, status=401), "setup", "mend key"),
        (Fault("POST .*chat", 9, status=404), "setup", "mend model and base_url"),
        (Fault("POST .*chat", 9, status=400), "failed", "bad request"),
    ],
    ids=lambda value: str(getattr(value, "status", value)),
)
def test_faults_end_an_attempt_by_their_kind(
    tmp_path: Path, loopback: Loopback, fault: Fault, kind: str, sentence: str
) -> None:
    """Limits let the agent rest, a wrong key pauses it, and neither costs an attempt."""
    loopback.faults = [fault]
    root = team(tmp_path / "w", loopback)
    events: list[str] = []
    assert worker(root, events).once() == kind
    assert sentence in events[-1]
    task = load(root).task("five")
    assert task is not None
    assert task.attempt == (2 if kind == "failed" else 1)


def test_a_missing_key_pauses_before_anything_is_sent(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence names the variable; `faucet agents check` says the same."""
    root = team(tmp_path / "w", loopback)
    (state,) = agent_states(LocalBoard(root), read_settings(root))
    assert (state.logged_in, state.mend) == (True, "")
    monkeypatch.delenv(VARIABLE)
    assert worker(root, events := []).once() == "setup"
    assert f"{VARIABLE} is not set" in events[-1]
    assert loopback.requests == []
    (state,) = agent_states(LocalBoard(root), read_settings(root))
    assert (state.logged_in, f"{VARIABLE} is not set" in state.mend) == (False, True)


def test_caps_of_task_and_run_end_the_asking(tmp_path: Path, loopback: Loopback) -> None:
    """A task's cap is somebody's to raise, a run's is over with the run; both are told."""
    loopback.chat = answer
    root = team(tmp_path / "w", loopback, {"task_cap": {"usd": 0.0001}})
    assert worker(root, events := []).once() == "setup"
    assert "raise task_cap" in events[-1]
    root = team(tmp_path / "v", loopback, {"run_cap": {"tokens": 10}})
    assert worker(root, events := []).once() == "quota"
    assert "raise run_cap" in events[-1]
    assert loopback.chats == []


def test_useless_answers_fail_the_attempt_and_the_next_asks_anew(
    tmp_path: Path, loopback: Loopback
) -> None:
    """An attempt whose answers are of no use says why; another seed makes other requests."""
    loopback.chat = lambda _: completion('{"qa_pairs": [', "length")
    root = team(tmp_path / "w", loopback, indicators=[{"name": NAME, "target_pairs": 1}])
    task = load(root).task("five")
    assert task
    with pytest.raises(FailedAttempt, match="cut off: raise max_output_tokens"):
        generate(given(root, task))
    loopback.chat = answer
    again = Task(**{**vars(task), "attempt": 2})
    assert generate(given(root, again)).result["pairs"] == 2
    assert len({body["seed"] for body in loopback.chats}) == 3


def test_a_model_is_an_agent_that_delivers(tmp_path: Path, loopback: Loopback) -> None:
    """It is refilled, does deliveries, judges, repairs, and leaves what needs hands or people."""
    root = team(tmp_path / "w", loopback)
    settings = read_settings(root)
    assert deliverers(LocalBoard(root), settings) == {"zai"}
    can_do = ability(root, settings.worker("zai"))
    able = {
        kind: can_do(of_kind(kind)) for kind in ("deliver", "judge", "repair", "review", "else")
    }
    assert able == {
        "deliver": True,
        "judge": True,
        "repair": True,
        "review": False,
        "else": False,
    }


def of_kind(kind: str) -> Task:
    rest = {"kind": kind, **({"indicators": OWED} if kind == "deliver" else {})}
    return Task("a", "zai", 1, "ready", rest=rest)


def given(root: Workspace, task: Task, watch: Any = lambda: None) -> Assignment:
    return Assignment(root, task, read_settings(root).worker("zai"), watch)
