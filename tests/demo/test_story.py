"""The demo's story can be told: every command that it calls is one, and takes what it is given."""

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.core.json_values import Json
from pipeline.demo import __main__ as story
from pipeline.demo.newcomers import NEWCOMERS, PAIRS
from pipeline.faucet.queues.storage import load
from pipeline.workspace.git import git
from pipeline.workspace.layout import DEMO
from pipeline.workspace.workspace import Workspace
from tests.faucet import made_up

DONE = {"completed": "now", "gates": {"criteria": [{"criterion": "pairs", "got": PAIRS}]}}
MISSED = [{"attempt": number, "reason": "no luck"} for number in (1, 2, 3)]
ENDS: dict[str, Json] = {
    "cheat": {"failures": MISSED},
    "learner": {**DONE, "attempt": 2, "failures": MISSED[:1]},
    "limited": {**DONE, "attempt": 1},
}


def parsed(words: tuple[str, ...]) -> None:
    """Have a command line read to its end, without doing what it says."""
    command: click.Command = faucet
    context, left = click.Context(faucet, info_name="faucet"), list(words)
    while isinstance(command, click.Group):
        name, found, left = command.resolve_command(context, left)
        assert found is not None
        command = found
        if isinstance(command, click.Group):
            context = click.Context(command, info_name=name, parent=context)
    command.make_context("faucet", left, parent=context)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a committed workspace that the demo can clone."""
    found = made_up.workspace(tmp_path / "w")
    (found / ".dvc").mkdir()
    (found / ".dvc/config").write_text("[core]\n    analytics = false\n")
    git(found, "init", "--quiet")
    for name in ("user.name", "user.email"):
        git(found, "config", name, "t@example.invalid")
    git(found, "add", "--all")
    git(found, "commit", "--quiet", "-m", "start")
    monkeypatch.chdir(found)
    return found


@pytest.mark.parametrize("attempt", [2, 3])
def test_the_story_is_told_to_its_end(
    root: Workspace, monkeypatch: pytest.MonkeyPatch, attempt: int
) -> None:
    """Queues are made and changed as the demo does it; of runs and looks the words are read.

    A story that ends otherwise than it is told, ends with a sentence.
    """
    called: list[str] = []

    def call(clone: Path, *words: str, quiet: bool = False) -> None:
        called.append(words[0])
        parsed(words)
        if words[:2] in {("queue", "init"), ("queue", "add")}:
            monkeypatch.chdir(clone)
            done = CliRunner().invoke(faucet, list(words))
            assert done.exit_code == 0, (words, done.output)

    ends = {**ENDS, "learner": {**ENDS["learner"], "attempt": attempt}}
    monkeypatch.setattr(story, "_faucet", call)
    monkeypatch.setattr(story, "_outcome", lambda _, agent: ends[agent])
    told = CliRunner().invoke(story.demo, [])
    state = load(Workspace(root / DEMO))
    tasks = {task.agent: task for agent in NEWCOMERS for task in state.queues[agent].tasks}
    assert {agent: tasks[agent].rest["indicators"] for agent in NEWCOMERS} == {
        agent: [{"name": one.indicator, "target_pairs": PAIRS}] for agent, one in NEWCOMERS.items()
    }
    assert "attempt 1: no luck" in told.output
    if attempt == ENDS["learner"]["attempt"]:
        assert told.exit_code == 0, (told.output, told.exc_info)
        assert re.search(r"Played in \d+ s", told.output)
        assert {"repro", "queue", "run", "log", "monitor"} <= set(called)
    else:
        assert told.exit_code == 1
        assert "the learner's second attempt passed is not so" in told.output


def test_newcomers_do_as_the_story_tells() -> None:
    """The cheat has one answer for all, the learner mends placeholders, the third one works."""
    pytest.importorskip("talib", reason="the extra `examples` is not installed: CI has it")
    again = "What was wrong the last time: all of it"

    def answers(agent: str, brief: str) -> list[str]:
        return [pair["answer"] for pair in NEWCOMERS[agent].document(brief)["qa_pairs"]]

    for brief in ("", again):
        assert len({answer.partition(": ")[2] for answer in answers("cheat", brief)}) == 1
    assert all(answer.startswith("[") for answer in answers("learner", ""))
    mended, worked = answers("learner", again), answers("limited", "")
    assert not any(answer.startswith("[") for answer in (*mended, *worked))
    assert min(len(set(mended)), len(set(worked))) >= PAIRS
