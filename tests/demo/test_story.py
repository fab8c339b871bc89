"""The demo's story can be told: every command that it calls is one, and takes what it is given."""

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.demo import __main__ as story
from pipeline.demo import newcomer
from pipeline.faucet.queues.storage import load
from pipeline.workspace.git import git
from pipeline.workspace.layout import DEMO, receipt_path
from pipeline.workspace.workspace import Workspace
from tests.faucet import made_up

TOLD = {"failures": [{"attempt": 1, "reason": "no luck"}], "attempt": 2}
RECEIPT = {**TOLD, "gates": {"criteria": [{"criterion": "lowest_score", "got": 90}]}}


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


def test_the_story_is_told_to_its_end(root: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queues are made and changed as the demo does it; of runs and looks the words are read."""
    called: list[str] = []

    def call(clone: Path, *words: str, quiet: bool = False) -> None:
        called.append(words[0])
        parsed(words)
        if words[:2] in {("queue", "init"), ("queue", "add")}:
            monkeypatch.chdir(clone)
            done = CliRunner().invoke(faucet, list(words))
            assert done.exit_code == 0, (words, done.output)
        if words[0] == "run":
            task = load(Workspace(clone)).task("vortex_by_a_newcomer")
            assert task is not None
            assert task.agent == story.NEWCOMER
            receipt = clone / receipt_path("vortex_by_a_newcomer")
            receipt.parent.mkdir(parents=True, exist_ok=True)
            receipt.write_text(json.dumps(RECEIPT))

    monkeypatch.setattr(story, "_faucet", call)
    told = CliRunner().invoke(story.demo, [])
    assert told.exit_code == 0, (told.output, told.exc_info)
    assert "attempt 1: no luck" in told.output
    assert "Played in" in told.output
    assert {"repro", "queue", "run", "log", "monitor"} <= set(called)
    assert (root / DEMO).is_dir()
    assert git(root, "status", "--porcelain", "--", "data") == ""


@pytest.mark.parametrize(("brief", "heeded"), [("", False), ("What was wrong the last time", True)])
def test_the_newcomer_heeds_its_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, brief: str, heeded: bool
) -> None:
    """Its first attempt is what careless agents deliver, its second are worked examples."""
    pytest.importorskip("talib", reason="the extra `examples` is not installed: CI has it")
    (tmp_path / "deliver").mkdir()
    monkeypatch.setenv("FAUCET_WORKDIR", str(tmp_path))
    monkeypatch.setenv("FAUCET_RESULT", str(tmp_path / "result.json"))
    monkeypatch.setattr("sys.stdin", Stdin(brief))
    newcomer.main()
    account: Any = json.loads((tmp_path / "result.json").read_text())
    assert account == {"pairs": newcomer.PAIRS, "heeded_the_report": heeded}
    (delivered,) = (tmp_path / "deliver").iterdir()
    answers = [pair["answer"] for pair in json.loads(delivered.read_text())["qa_pairs"]]
    assert len(set(answers)) == newcomer.PAIRS
    assert any("[" in answer for answer in answers) is not heeded


class Stdin:
    def __init__(self, text: str) -> None:
        self._text = text

    def read(self) -> str:
        return self._text
