"""The presets drive the real command lines, from the brief on stdin to files that are handed in."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.faucet.queues.storage import LocalBoard, load
from pipeline.faucet.sessions.install import install
from pipeline.faucet.settings import read_settings
from pipeline.faucet.tasks.state import Task, standing
from pipeline.faucet.work.worker import TeamWorker
from pipeline.workspace.workspace import Workspace
from tests.conftest import ROOT
from tests.faucet.command_lines.model_server import LoopbackModel, served
from tests.faucet.tasks_only import entry, queue, workspace

PRESETS = yaml.safe_load((ROOT / "faucet.yaml").read_text(encoding="utf-8"))["presets"]
LINES = ("claude", "gemini", "codex")
SESSIONS = {
    "claude": ["claude", "-p", "Hello"],
    "gemini": ["gemini", "--prompt", "Hello"],
    "codex": ["codex", "exec", "--dangerously-bypass-hook-trust", "Hello"],
}
"""How a person's session is started without a person; codex asks once whether hooks are trusted."""

OTHERS = {"opencode": ["one.json", "two.json"], "llm": ["answer.md"], "aider": ["one.json"]}
"""Command lines of chat completions: what each delivers; llm writes no files, aider one answer."""

FILES = {
    "one.json": '{"qa_pairs": [{"question": "What is a wick?", "answer": "A thin line."}]}',
    "two.json": '{"qa_pairs": [{"question": "What is a body?", "answer": "A thick part."}]}',
}
GATES = [{"delivery": "found", "min": 1}]
ENTRY = {"task_id": "pairs", "priority": 1, "status": "ready", "kind": "deliver", "gates": GATES}


def installed(line: str) -> None:
    if shutil.which(line) is None:
        pytest.skip(f"{line} is not on the PATH; CI has it (job agents)")


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


def team(
    root: Path, line: str, environment: list[str], silence_s: int = 120
) -> tuple[Workspace, TeamWorker]:
    agents: dict[str, Any] = {"zai": {"preset": line, "environment": environment}}
    made = workspace(
        root / "w", queue("zai", ENTRY), presets=PRESETS, agents=agents, silence_s=silence_s
    )
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
@pytest.mark.parametrize("line", OTHERS)
def test_a_whole_turn_by_chat_completions(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """The other presets drive their programs as well: the brief is read, pairs are handed in."""
    installed(line)
    with served(LoopbackModel(FILES)) as model:
        root, worker = team(tmp_path, line, logged_in(line, home, model, monkeypatch))
        assert worker.once() == "submitted", last_words(root)
    landed = sorted(path.name[13:] for path in (root / "data/deliveries/zai").iterdir())
    assert landed == OTHERS[line]
    assert len(the_task(root).handed_in) == len(landed)
    asked = json.dumps([body for _, body in model.requests])
    assert "What counts" in asked
    assert "Where to deliver" in asked


def logged_in(
    line: str, home: Path, model: LoopbackModel, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Point a command line at the loopback; return the variables that it needs to see."""
    if line in LINES:
        return log_in(home, model, monkeypatch)
    return set_up(line, home, model, monkeypatch)


def set_up(
    line: str, home: Path, model: LoopbackModel, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Point one of the others at the loopback by its own settings; return what it needs to see."""
    address = f"{model.url}/v1"
    settings: dict[str, tuple[str, str]] = {
        "opencode": (
            ".config/opencode/opencode.json",
            json.dumps(
                {
                    "model": "local/m",
                    "small_model": "local/m",
                    "autoupdate": False,
                    "share": "disabled",
                    "provider": {
                        "local": {
                            "npm": "@ai-sdk/openai-compatible",
                            "options": {"baseURL": address, "apiKey": "none"},
                            "models": {"m": {}},
                        }
                    },
                }
            ),
        ),
        "llm": (
            ".config/io.datasette.llm/extra-openai-models.yaml",
            f"- model_id: local\n  model_name: m\n  api_base: {address}\n",
        ),
        "aider": (".aider.conf.yml", "model: openai/m\nshow-model-warnings: false\n"),
    }
    path, content = settings[line]
    (home / path).parent.mkdir(parents=True, exist_ok=True)
    (home / path).write_text(content)
    (home / ".config/io.datasette.llm").mkdir(parents=True, exist_ok=True)
    (home / ".config/io.datasette.llm/default_model.txt").write_text("local")
    variables = {"OPENAI_API_KEY": "none", "OPENAI_API_BASE": address}
    variables |= {"OPENCODE_DISABLE_MODELS_FETCH": "1", "OPENCODE_DISABLE_AUTOUPDATE": "1"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return sorted(variables)


@pytest.mark.slow
@pytest.mark.parametrize("line", [*LINES, *OTHERS])
def test_a_limit_lets_the_agent_rest_and_costs_no_attempt(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """A 429 is read out of what the command line prints, where it gives up or retries for long."""
    installed(line)
    with served(LoopbackModel(FILES, status=429)) as model:
        root, worker = team(tmp_path, line, logged_in(line, home, model, monkeypatch), silence_s=40)
        assert worker.once() == "quota", last_words(root)
    assert model.requests
    task = the_task(root)
    assert (standing(load(root), task), task.attempt) == ("ready", 1)
    assert load(root).queues["zai"].breaker is not None


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
def test_a_session_of_its_own(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """What is installed is read: page, brief at the start, tools by MCP, next task at the stop."""
    installed(line)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    root = workspace(tmp_path.resolve() / "w", queue("zai", entry("pairs")))
    install(root, {line: "zai"})
    with served(LoopbackModel({})) as model:
        log_in(home, model, monkeypatch)
        monkeypatch.setenv("GEMINI_CLI_TRUST_WORKSPACE", "true")
        trusted = f'[projects."{root}"]\ntrust_level = "trusted"\n'
        with (home / ".codex/config.toml").open("a", encoding="utf-8") as settings:
            settings.write(trusted)
        done = subprocess.run(
            SESSIONS[line], cwd=root, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    asked = json.dumps([body for _, body in model.requests])
    assert "This session can work as zai" in asked, done.stderr[-2000:]
    assert "How to take, do and hand in a task" in asked
    assert "check_pairs" in asked
    assert "pairs is yours now" in asked
    assert standing(load(root), the_task(root)) == "claimed"


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
def test_readme_registers_the_server(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """The command of README is taken by its command line, and changes no file of the workspace."""
    installed(line)
    monkeypatch.setenv("CODEX_HOME", str(home))
    root = workspace(tmp_path.resolve() / "w", queue("zai"))
    install(root, dict.fromkeys(LINES, "zai"))
    before = {path: path.read_bytes() for path in root.root.rglob("*") if path.is_file()}
    (command,) = [
        text for text in (ROOT / "README.md").read_text().splitlines()
        if text.startswith(f"{line} mcp add ")
    ]  # fmt: skip
    done = subprocess.run(
        shlex.split(command), cwd=root, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    written = [path for path in home.rglob("*") if path.is_file()]
    assert any(b"qa-data-factory" in path.read_bytes() for path in written)
    assert {path: path.read_bytes() for path in root.root.rglob("*") if path.is_file()} == before


def last_words(root: Workspace) -> str:
    logs = sorted((root / ".cache/work").rglob("output.log"))
    return logs[-1].read_text(errors="replace")[-2000:] if logs else "no output"
