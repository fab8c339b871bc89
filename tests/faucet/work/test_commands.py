"""An agent's command: what it is given, what is taken from it, and how its end is read."""

import json
import os
import sys
from pathlib import Path

import pytest

from pipeline.faucet.settings import Worker
from pipeline.faucet.tasks.state import Claim, Task
from pipeline.faucet.work.commands import call_agent, call_command, places_of
from pipeline.faucet.work.outcome import Fault, Outcome
from pipeline.faucet.work.renewal import LOST
from pipeline.workspace.workspace import Workspace
from tests.faucet.team import task

BOUNDS = {"timeout_s": 30, "silence_s": 30, "reviews": False}
NOON = "2026-01-01T12:00:00Z"


def claimed(**more: object) -> Task:
    found = task("a", **more)  # type: ignore[arg-type] - entries are JSON
    return Task(
        **{**found.__dict__, "claim": Claim("w1", NOON, NOON, 60), "turn": 1},
    )


def call(root: Path, code: str, watch: str | None = None) -> Outcome:
    """Run a Python program as the agent's command."""
    worker = Worker(
        (sys.executable, "-c", code, "{task_id}", "{other}"), worked_examples=False, **BOUNDS
    )
    one = claimed()
    return call_agent(one, worker, "the brief", places_of(Workspace(root), one), lambda: watch)


def test_a_command_is_given_brief_and_places(tmp_path: Path) -> None:
    """Brief on stdin, places in the environment, slots of the template filled, others left."""
    code = (
        "import json, os, sys\n"
        "told = {'brief': sys.stdin.read(), 'arguments': sys.argv[1:], 'here': os.getcwd(),\n"
        "        'task': os.environ['FAUCET_TASK_ID'], 'dir': os.environ['FAUCET_WORKDIR']}\n"
        "open(os.environ['FAUCET_RESULT'], 'w').write(json.dumps(told))\n"
    )
    outcome = call(tmp_path, code)
    workdir = str(tmp_path / ".cache/work/a/1")
    assert outcome.result == {
        "brief": "the brief",
        "arguments": ["a", "{other}"],
        "here": workdir,
        "task": "a",
        "dir": workdir,
    }


def test_files_are_taken_by_kind_and_links_are_not(tmp_path: Path) -> None:
    """deliver/ lands as deliveries, outbox/ goes to the outbox; a link is named and left."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    code = (
        "import os\n"
        "os.chdir(os.environ['FAUCET_WORKDIR'])\n"
        "open('deliver/pairs.json', 'w').write('[]')\n"
        "open('outbox/report.md', 'w').write('all well')\n"
        f"os.symlink({str(secret)!r}, 'outbox/link.md')\n"
        f"os.symlink({str(secret)!r}, 'deliver/link.json')\n"
    )
    outcome = call(tmp_path, code)
    delivery, report = outcome.outputs
    assert delivery.startswith("data/deliveries/zai/")
    assert delivery.endswith("-pairs.json")
    assert report == "data/outbox/zai/report.md"
    assert (tmp_path / report).read_text() == "all well"
    assert outcome.result is not None
    assert sorted(outcome.result["left"]) == [
        "link.json: not_regular",
        "link.md: only regular files are taken",
    ]
    assert not any("secret" in path.read_text() for path in (tmp_path / "data").rglob("*.*"))


def says(text: str, code: int) -> str:
    return f"print({text!r}); raise SystemExit({code})"


def account(**told: object) -> str:
    return f"import os; open(os.environ['FAUCET_RESULT'], 'w').write({json.dumps(told)!r})"


SILENT = "it said nothing"
LIMITED = ("Error: rate limit reached", "quota has been exceeded", "HTTP status code 429")


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("raise SystemExit(75)", Fault("transient", SILENT)),
        (says("busy", 75), Fault("transient", "busy")),
        (says("no such model", 2), Fault("failed", "exit code 2: no such model")),
        *((says(words, 1), Fault("quota", words)) for words in LIMITED),
        (account(status="quota", retry_after_s=90, reason="later"), Fault("quota", "later", 90)),
        (account(status="quota", retry_after_s=True), Fault("quota", SILENT)),
        (account(status="transient", reason="offline"), Fault("transient", "offline")),
    ],
)
def test_how_a_command_ends_says_what_it_costs(tmp_path: Path, code: str, fault: Fault) -> None:
    """Exit 75 and a quota answer cost no attempt, any other failure does, with its last words."""
    assert call(tmp_path, code).fault == fault


def test_a_rate_limit_in_a_success_is_no_quota_answer(tmp_path: Path) -> None:
    """Who talks about rate limits and succeeds, succeeded; the gates decide."""
    assert call(tmp_path, "print('wrote 20 pairs on the rate limit of exchanges')").fault is None


@pytest.mark.parametrize("told", ["[1]", '{"a": 1, "a": 2}', "{", '{"a": NaN}'])
def test_an_account_that_is_no_object_is_told(tmp_path: Path, told: str) -> None:
    """What cannot be read strictly is a failed attempt with a sentence that names the file."""
    code = f"import os; open(os.environ['FAUCET_RESULT'], 'w').write({told!r})"
    fault = call(tmp_path, code).fault
    assert fault is not None
    assert fault.kind == "failed"
    assert fault.reason.startswith("result.json")


def test_a_lost_claim_hands_nothing_in(tmp_path: Path) -> None:
    """When the claim is lost the program ends, and what it wrote stays in its folder."""
    code = "import time; open('deliver/pairs.json', 'w').write('[]'); time.sleep(60)"
    outcome = call(tmp_path, code, watch=LOST)
    assert outcome == Outcome(fault=Fault("lost", LOST))
    assert not (tmp_path / "data").exists()


def test_a_task_can_bring_its_own_program(tmp_path: Path) -> None:
    """Kind command runs in the workspace, and says what it did in its last line."""
    program = [sys.executable, "-c", "import os; print(os.getcwd())"]
    one = claimed(kind="command", command=program)
    worker = Worker((), worked_examples=False, **BOUNDS)
    outcome = call_command(one, worker, places_of(Workspace(tmp_path), one), lambda: None)
    assert outcome.result == {"exit_code": 0, "last_line": os.fspath(tmp_path)}
    nothing = claimed(kind="command")
    fault = call_command(
        nothing, worker, places_of(Workspace(tmp_path), nothing), lambda: None
    ).fault
    assert fault == Fault("failed", "the task is of kind command and names none")
