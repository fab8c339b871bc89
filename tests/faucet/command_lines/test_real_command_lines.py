"""The presets drive the real command lines, from the brief on stdin to files that are handed in."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.faucet.queues.board import LocalBoard
from pipeline.faucet.queues.storage import load
from pipeline.faucet.settings import read_settings
from pipeline.faucet.tasks.state import Task, standing
from pipeline.faucet.work.worker import TeamWorker
from pipeline.workspace.workspace import Workspace
from tests.conftest import ROOT
from tests.faucet.command_lines.model_server import LoopbackModel, served
from tests.faucet.tasks_only import queue, workspace

PRESETS = yaml.safe_load((ROOT / "faucet.yaml").read_text(encoding="utf-8"))["presets"]
LINES = ("claude", "gemini", "codex")
FILES = {
    "one.json": '{"qa_pairs": [{"question": "What is a wick?", "answer": "A thin line."}]}',
    "two.json": '{"qa_pairs": [{"question": "What is a body?", "answer": "A thick part."}]}',
}
GATES = [{"delivery": "found", "min": 1}]
ENTRY = {"task_id": "pairs", "priority": 1, "status": "ready", "kind": "deliver", "gates": GATES}


def installed(line: str) -> None:
    if shutil.which(line) is None:
        pytest.skip(f"{line} is not on the PATH; CI has it from npm (job agents)")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home without a login of anybody."""
    folder = tmp_path.resolve() / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name in list(os.environ):
        if name.startswith(("CLAUDE", "ANTHROPIC", "GEMINI", "GOOGLE", "OPENAI", "CODEX", "XDG_")):
            monkeypatch.delenv(name)
    return folder


def log_in(home: Path, model: LoopbackModel, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Point all three at the loopback as their own settings do; return what they need to see."""
    variables = {
        "ANTHROPIC_BASE_URL": model.url,
        "ANTHROPIC_API_KEY": "none",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_MAX_RETRIES": "0",
        "GOOGLE_GEMINI_BASE_URL": model.url,
        "GEMINI_API_KEY": "none",
        "GEMINI_MODEL": "gemini-2.5-pro",
        "CODEX_HOME": str(home / ".codex"),
        "IS_SANDBOX": "1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (home / ".gemini").mkdir()
    auth = {"security": {"auth": {"selectedType": "gemini-api-key"}}}
    (home / ".gemini/settings.json").write_text(json.dumps(auth))
    (home / ".codex").mkdir()
    (home / ".codex/config.toml").write_text(
        'model = "gpt-5"\nmodel_provider = "local"\n[model_providers.local]\nname = "local"\n'
        f'base_url = "{model.url}/v1"\nwire_api = "responses"\nrequest_max_retries = 0\n'
        "stream_max_retries = 0\n"
    )
    return sorted(variables)


def team(root: Path, line: str, environment: list[str]) -> tuple[Workspace, TeamWorker]:
    agents: dict[str, Any] = {"zai": {"preset": line, "environment": environment}}
    made = workspace(root / "w", queue("zai", ENTRY), presets=PRESETS, agents=agents, silence_s=120)
    events: list[str] = []
    board = LocalBoard(made)
    return made, TeamWorker(board, read_settings(made), "zai", events.append, lambda: False)


def the_task(root: Workspace) -> Task:
    (task,) = load(root).tasks()
    return task


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
def test_a_whole_turn(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """The command line starts, reads the brief, calls its tool twice, ends; both files land."""
    installed(line)
    with served(LoopbackModel(FILES)) as model:
        root, worker = team(tmp_path, line, log_in(home, model, monkeypatch))
        assert worker.once() == "submitted", last_words(root)
    landed = sorted(path.name[13:] for path in (root / "data/deliveries/zai").iterdir())
    assert landed == ["one.json", "two.json"]
    assert len(the_task(root).handed_in) == 2
    asked = json.dumps([body for _, body in model.requests])
    assert "What counts" in asked
    assert "Where to deliver" in asked


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
def test_a_limit_lets_the_agent_rest_and_costs_no_attempt(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """A 429 of the provider is read out of what the command line itself prints."""
    installed(line)
    with served(LoopbackModel(FILES, status=429)) as model:
        root, worker = team(tmp_path, line, log_in(home, model, monkeypatch))
        assert worker.once() == "quota", last_words(root)
    assert model.requests
    task = the_task(root)
    assert (standing(load(root), task), task.attempt) == ("ready", 1)
    assert load(root).queues["zai"].breaker is not None


def last_words(root: Workspace) -> str:
    logs = sorted((root / ".cache/work").rglob("output.log"))
    return logs[-1].read_text(errors="replace")[-2000:] if logs else "no output"
