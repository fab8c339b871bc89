"""An agent's command: what it is given, what is taken from it, and how its end is read."""

import json
import os
import sys
from pathlib import Path

import pytest

from pipeline.faucet.settings import Worker
from pipeline.faucet.tasks.state import Claim, Task
from pipeline.faucet.work.assignment import Assignment, Outcome, Watch
from pipeline.faucet.work.commands import call_agent, call_command
from pipeline.faucet.work.endings import FailedAttempt, LostClaim, OutOfQuota, TransientFailure
from tests.faucet.team import task
from tests.workspaces import bare

BOUNDS = {"timeout_s": 30, "silence_s": 30, "reviews": False}
NOON = "2026-01-01T12:00:00Z"


def claimed(**more: object) -> Task:
    found = task("a", **more)  # type: ignore[arg-type] - entries are JSON
    return Task(
        **{**found.__dict__, "claim": Claim("w1", NOON, NOON, 60), "turn": 1},
    )


def call(root: Path, code: str, watch: Watch = lambda: None) -> Outcome:
    """Run a Python program as the agent's command."""
    worker = Worker(
        (sys.executable, "-c", code, "{task_id}", "{other}"), worked_examples=False, **BOUNDS
    )
    return call_agent(Assignment(bare(root), claimed(), worker, watch))


def failure(root: Path, code: str) -> tuple[str, str, int | None]:
    """Return kind, reason and rest of the failure that a program's run is."""
    with pytest.raises(FailedAttempt) as raised:
        call(root, code)
    return raised.value.kind, str(raised.value), raised.value.retry_after_s


def test_a_command_is_given_brief_and_places(tmp_path: Path) -> None:
    """Brief on stdin, places in the environment, slots of the template filled, others left."""
    code = (
        "import json, os, sys\n"
        "said = {'brief': sys.stdin.readline(), 'arguments': sys.argv[1:], 'here': os.getcwd(),\n"
        "        'task': os.environ['FAUCET_TASK_ID'], 'dir': os.environ['FAUCET_WORKDIR']}\n"
        "open(os.environ['FAUCET_RESULT'], 'w').write(json.dumps(said))\n"
    )
    outcome = call(tmp_path, code)
    workdir = str(tmp_path / ".cache/work/a/1")
    assert outcome.result == {
        "brief": "# a\n",
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
    ("code", "kind", "reason", "rest_s"),
    [
        ("raise SystemExit(75)", "transient", SILENT, None),
        (says("busy", 75), "transient", "busy", None),
        (says("no such model", 2), "failed", "exit code 2: no such model", None),
        *((says(words, 1), "quota", words, None) for words in LIMITED),
        (account(status="quota", retry_after_s=90, reason="later"), "quota", "later", 90),
        (account(status="quota", retry_after_s=True), "quota", SILENT, None),
        (account(status="transient", reason="offline"), "transient", "offline", None),
    ],
)
def test_how_a_command_ends_says_what_it_costs(
    tmp_path: Path, code: str, kind: str, reason: str, rest_s: int | None
) -> None:
    """Exit 75 and a quota answer cost no attempt, any other failure does, with its last words."""
    assert failure(tmp_path, code) == (kind, reason, rest_s)


def test_each_ending_is_a_class_of_its_own() -> None:
    """What an ending costs is told by its class: only the plain failure costs an attempt."""
    kinds = {FailedAttempt: "failed", TransientFailure: "transient", OutOfQuota: "quota"}
    assert {one: one("why").kind for one in kinds} == kinds
    assert not issubclass(LostClaim, FailedAttempt)


def test_a_rate_limit_in_a_success_is_no_quota_answer(tmp_path: Path) -> None:
    """Who talks about rate limits and succeeds, succeeded; the gates decide."""
    outcome = call(tmp_path, "print('wrote 20 pairs on the rate limit of exchanges')")
    assert outcome == Outcome((), None)


@pytest.mark.parametrize("text", ["[1]", '{"a": 1, "a": 2}', "{", '{"a": NaN}'])
def test_an_account_that_is_no_object_is_told(tmp_path: Path, text: str) -> None:
    """What cannot be read strictly is a failed attempt with a sentence that names the file."""
    code = f"import os; open(os.environ['FAUCET_RESULT'], 'w').write({text!r})"
    kind, reason, _ = failure(tmp_path, code)
    assert kind == "failed"
    assert reason.startswith("result.json")


def test_a_lost_claim_hands_nothing_in(tmp_path: Path) -> None:
    """When the claim is lost the program ends, and what it wrote stays in its folder."""

    def lost() -> None:
        raise LostClaim

    code = "import time; open('deliver/pairs.json', 'w').write('[]'); time.sleep(60)"
    with pytest.raises(LostClaim):
        call(tmp_path, code, watch=lost)
    assert not (tmp_path / "data").exists()


def test_a_task_can_bring_its_own_program(tmp_path: Path) -> None:
    """Kind command runs in the workspace, and says what it did in its last line."""
    program = [sys.executable, "-c", "import os; print(os.getcwd())"]
    worker = Worker((), worked_examples=False, **BOUNDS)
    one = claimed(kind="command", command=program)
    outcome = call_command(Assignment(bare(tmp_path), one, worker, lambda: None))
    assert outcome.result == {"exit_code": 0, "last_line": os.fspath(tmp_path)}
    with pytest.raises(FailedAttempt, match="the task is of kind command and names none"):
        call_command(Assignment(bare(tmp_path), claimed(kind="command"), worker, lambda: None))
