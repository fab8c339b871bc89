"""Requests of a batch: paid once whatever dies, in one place each, recorded as those online."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from pipeline.faucet.jobs.following import cancel
from pipeline.faucet.jobs.ledger import BusyLedgerError, ledger_lock, read_jobs
from pipeline.faucet.models.answer_jobs import ANSWERS, answer_account, chat_batches
from pipeline.faucet.models.asking import ask
from pipeline.faucet.models.batching import PendingBatchError, retry_answers
from pipeline.faucet.models.budget import BudgetSpentError
from pipeline.faucet.models.questions import ModelAnswers, ModelAsker, ModelQuestion
from pipeline.faucet.queues.storage import change, load
from pipeline.faucet.queues.task_receipts import read_receipts
from pipeline.faucet.responses.book import Response, responses
from pipeline.faucet.responses.proposals import proposals
from pipeline.faucet.settings import Cap, ModelWorker
from pipeline.faucet.tasks.operations import RetryTask
from pipeline.faucet.work.asked import asker_of
from pipeline.workspace.workspace import Workspace
from tests.faucet import made_up
from tests.faucet.batches.test_kills import Killed, steps
from tests.faucet.models.asking import (
    WIDE,
    asked_of,
    asker,
    pairs,
    question,
    questions,
    read,
    with_model,
)
from tests.faucet.models.test_generating import answer as two_pairs
from tests.faucet.models.test_generating import team
from tests.faucet.models.test_judging import says
from tests.faucet.work.test_worker import worker
from tests.providers.loopback import KEY, Loopback, completion
from tests.thoroughness import LONG

Json = dict[str, Any]


@pytest.fixture
def root(tmp_path: Path, loopback: Loopback) -> Workspace:
    """Return a workspace whose model answers each question with a pair."""
    loopback.chat = lambda body: pairs(asked_of(body))
    return with_model(tmp_path, loopback)


def batched(root: Workspace, cap: Cap = WIDE) -> ModelAsker:
    return asker(root, cap)._replace(is_batched=True)


def asked(root: Workspace, some: list[ModelQuestion], cap: Cap = WIDE) -> ModelAnswers:
    return ask(batched(root, cap), some, read)


def account(root: Workspace) -> Json:
    return answer_account(root, read_jobs(root, ANSWERS)).as_json()


def told(answers: list[Response]) -> list[Response]:
    return [one._replace(when="", usd=0) for one in answers]


def test_what_a_batch_records_is_what_is_recorded_online(
    tmp_path: Path, loopback: Loopback
) -> None:
    """Request, answer and tokens are the same; the price is that of a batch, nothing is asked."""
    loopback.chat = lambda body: pairs(asked_of(body))
    found: list[list[Response]] = []
    for name in ("online", "batch"):
        (tmp_path / name).mkdir()
        made = with_model(tmp_path / name, loopback)
        if name == "online":
            ask(asker(made), questions(5), read)
        else:
            first = asked(made, [*questions(5), question(0)])
            assert isinstance(first.fault, PendingBatchError)
            assert (first.values, account(made)["missing"]) == ({}, 5)
            second = asked(made, questions(5))
            assert (len(second.values), second.fault) == (5, None)
            assert asked(made, questions(5)).values == second.values
        found.append(list(responses(made)))
    online, batch = found
    assert told(batch) == told(online)
    assert {one.usd for one in batch} == {0.0015} == {one.usd / 2 for one in online}
    assert (len(loopback.batches), set(loopback.billed.values())) == (1, {1})
    assert account(made) == {
        "wanted": 5,
        "collected": 5,
        "failed": {},
        "missing": 0,
        "waited_for": 0,
    }


def test_new_questions_go_beside_those_that_are_waited_for(
    root: Workspace, loopback: Loopback
) -> None:
    """While a batch runs, asking again asks for what is new alone, in jobs of a bounded size."""
    loopback.state = "running"
    asked(root, questions(2))
    with_model(root.root, loopback, requests_per_job=2)
    asked(root, questions(5))
    assert [len(batch.lines) for batch in loopback.batches] == [2, 2, 1]
    assert set(loopback.billed.values()) == {1}
    assert account(root)["waited_for"] == 5
    for batch in loopback.batches:
        batch.state = "succeeded"
    assert len(asked(root, questions(5)).values) == 5


@pytest.mark.slow
def test_killed_between_any_two_steps_it_goes_on(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Died at each step in turn and called again: each request is paid once and answered."""
    loopback.chat = lambda body: pairs(asked_of(body))
    die_at = 0
    while True:
        die_at += 1 if LONG else 4
        for held in (loopback.files, loopback.batches, loopback.billed):
            held.clear()
        (tmp_path / str(die_at)).mkdir()
        root = with_model(tmp_path / str(die_at), loopback, settle_s=0)
        with monkeypatch.context() as patch:
            count = steps(patch, die_at)
            try:
                asked(root, questions(2))
                asked(root, questions(2))
            except Killed:
                pass
            else:
                assert count() < die_at
                break
        asked(root, questions(2))
        assert len(asked(root, questions(2)).values) == 2, die_at
        assert dict(loopback.billed) == dict.fromkeys(loopback.billed, 1), die_at
        assert len(loopback.batches) == 1, die_at
    assert die_at > 20


def test_an_answer_of_no_use_is_asked_for_once_more(root: Workspace, loopback: Loopback) -> None:
    """In another batch, as another sample; a refusal is an answer and is not asked again."""
    ends = {"0": completion(None, refusal="no"), "1": "no JSON"}
    loopback.chat = lambda body: ends.get(asked_of(body)[-2], pairs(asked_of(body)))
    asked(root, questions(3))
    again = asked(root, questions(3))
    assert isinstance(again.fault, PendingBatchError)
    last = asked(root, questions(3))
    assert (last.fault, len(last.values)) == (None, 1)
    assert last.unusable == {"refused": 1, "misfit": 1}
    assert asked(root, questions(3)).unusable == last.unusable
    assert [len(batch.lines) for batch in loopback.batches] == [3, 1]


def failing(lines: list[Json]) -> list[Any]:
    error = {"code": 400, "message": f"no, {KEY}"}
    return [{**lines[0], "response": None, "error": error}, *lines[1:]]


def without_message(lines: list[Json]) -> list[Any]:
    response = {"status_code": 200, "body": {"choices": []}}
    return [{**lines[0], "response": response}, *lines[1:]]


FAULTS: dict[str, tuple[Callable[[list[Json]], list[Any]], dict[str, int], int, int]] = {
    "an error": (failing, {"refused": 1}, 0, 0),
    "no message": (without_message, {"no_answer": 1}, 0, 0),
    "lines left out": (lambda lines: lines[1:], {}, 1, 0),
    "repeated": (lambda lines: [*lines, *lines], {}, 0, 0),
    "foreign and torn": (lambda lines: [*lines, {"custom_id": "x"}, "{torn"], {}, 0, 2),
}
"""What results are like -> the reasons of failures, how many are missing, how many foreign."""


@pytest.mark.parametrize("name", FAULTS)
def test_every_request_has_an_answer_a_reason_or_nothing(
    root: Workspace, loopback: Loopback, name: str
) -> None:
    """Wanted = collected + failed + missing; a retry asks for what failed, a round for the rest."""
    loopback.results, failed, missing, foreign = FAULTS[name]
    asked(root, questions(4))
    loopback.state, loopback.results = "running", lambda lines: lines
    asked(root, questions(4))
    first = next(job for job in read_jobs(root, ANSWERS) if not job.is_open)
    counts = account(root)
    assert (counts["wanted"], counts["failed"], counts["missing"]) == (4, failed, missing)
    assert counts["collected"] == 4 - missing - sum(failed.values()) == len(list(responses(root)))
    assert (first.value("missing"), first.value("foreign")) == (missing, foreign)
    assert KEY not in str(first.events)
    assert len(loopback.batches) == (2 if missing else 1)
    with chat_batches(asker(root).model) as service:
        again = list(retry_answers(batched(root), service, None))
    assert [len(job.keys) for job in again] == ([1] if failed else [])
    for batch in loopback.batches:
        batch.state = "succeeded"
    assert len(asked(root, questions(4)).values) == 4
    assert account(root)["collected"] == 4


def test_a_batch_that_is_cancelled_or_refused_whole(root: Workspace, loopback: Loopback) -> None:
    """What was done until then is recorded and the rest free; refused whole, nobody asks again."""
    loopback.state, loopback.results = "running", lambda lines: lines[:1]
    asked(root, questions(3))
    with chat_batches(asker(root).model) as service:
        (job,) = cancel(root, ANSWERS, "ours", service, None)
    assert job.step == "cancelling"
    loopback.state, loopback.message, loopback.results = "failed", "no quota", lambda _: []
    assert len(asked(root, questions(3)).values) == 1
    assert (account(root)["collected"], account(root)["waited_for"]) == (1, 2)
    last = asked(root, questions(3))
    assert (last.fault, dict(last.unusable)) == (None, {"failed": 2})
    assert account(root)["failed"] == {"refused": 2}
    assert len(loopback.batches) == 2


def test_no_batch_passes_a_cap(root: Workspace, loopback: Loopback) -> None:
    """What fits is asked, at the price of batches; an open one counts as spent in full."""
    loopback.state = "running"
    one = batched(root).estimate([question()])
    assert one.usd == asker(root).estimate([question()]).usd / 2
    cap = Cap(10**9, 2.5 * batched(root).cost(question().body(batched(root).model)).usd)
    first = asked(root, questions(5), cap)
    assert isinstance(first.fault, BudgetSpentError)
    assert account(root)["wanted"] == 2
    nora = ModelWorker("ours", task_cap=cap, run_cap=cap, batches=True)
    later = ask(asker_of(root, nora, "nora", None), questions(5), read)
    assert isinstance(later.fault, BudgetSpentError)
    other = ask(asker_of(root, nora, "another", None), questions(5), read)
    assert isinstance(other.fault, BudgetSpentError)
    assert account(root)["wanted"] == 4
    assert set(loopback.billed.values()) == {1}


def test_one_command_at_a_time_and_no_stream(root: Workspace, loopback: Loopback) -> None:
    """A second one ends with a sentence, and so does a model that is set to stream."""
    with ledger_lock(root), pytest.raises(BusyLedgerError, match="another command asks"):
        asked(root, questions(1))
    with_model(root.root, loopback, streams=True)
    with pytest.raises(UserError, match="a batch has no stream"):
        asked(root, questions(1))
    assert loopback.batches == []


def test_a_task_waits_for_its_batch_without_its_worker(tmp_path: Path, loopback: Loopback) -> None:
    """Its claim is given back and no attempt counts; whoever takes it again hands in what came."""
    loopback.chat, loopback.state = two_pairs, "running"
    root = team(tmp_path / "w", loopback, {"batches": True})
    events: list[str] = []
    assert worker(root, events).once() == "transient"
    assert "waits for faucet-" in events[-1]
    for state in ("running", "succeeded"):
        loopback.batches[0].state = state
        task = load(root).task("five")
        assert task is not None
        assert (task.claim, task.attempt, task.failures) == (None, 1, ())
        change(root, RetryTask("five"))
        ended = worker(root, events).once()
    assert ended == "completed", events
    (receipt,) = read_receipts(root)
    result = receipt["result"]
    assert (receipt["attempt"], result["pairs"], result["usd"]) == (1, 6, 0.0045)
    assert (len(loopback.batches), set(loopback.billed.values())) == (1, {1})
    held = root.git("ls-tree", "-r", "--name-only", "HEAD", "--", "data/responses")
    assert len(held.split()) == 4


def test_commands_say_how_batches_stand(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planned at half the price, submitted, followed, collected, and then shown as proposals."""
    made_up.workspace(tmp_path)
    root = with_model(tmp_path, loopback)
    nora = {"agents": {"nora": {"kind": "model", "model": "ours"}}}
    (root / "faucet.local.yaml").write_text(yaml.safe_dump(nora))
    monkeypatch.chdir(root)
    loopback.chat, loopback.state = (
        says(lambda data: "accept" if "pair" in data else "merge"),
        "running",
    )

    def said(*words: str) -> str:
        result = CliRunner().invoke(faucet, ["model", *words])
        assert result.exit_code == 0, result.output
        return result.output

    online, batch = (
        json.loads(said("plan", "--json", *more).splitlines()[0])["usd"]
        for more in ([], ["--batch"])
    )
    assert batch == online / 2 > 0
    assert "`faucet model collect` fetches what came" in said("judge", "--batch")
    assert "running" in said("status")
    assert "0 collected + 0 failed" in said("status")
    loopback.batches[0].state = "succeeded"
    assert "succeeded" in said("status")
    assert "collected + 0 failed + 0 missing" in said("collect")
    assert "no batch is open" in said("collect")
    assert "no batch is open" in said("cancel", "--all")
    assert "no request failed" in said("retry")
    assert json.loads(said("status", "--json"))["account"]["missing"] == 0
    assert "waits for" not in said("judge", "--batch")
    assert proposals(root)
    assert len(loopback.batches) == 1
    shown = [path for path in root.root.rglob("*") if path.is_file()]
    assert [path for path in shown if KEY.encode() in path.read_bytes()] == []
