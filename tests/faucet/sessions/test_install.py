"""What command lines read is written beside what is there, once, and as what each expects."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from pipeline.faucet.sessions.install import COMMAND_LINES, agents_of, install
from pipeline.faucet.settings import read_settings
from pipeline.workspace.workspace import Workspace
from tests.conftest import ROOT
from tests.faucet.tasks_only import queue, workspace

AGENTS = dict.fromkeys(COMMAND_LINES, "zai")


@pytest.fixture
def root(tmp_path: Path) -> Workspace:
    return workspace(tmp_path / "w", queue("zai"))


def read(root: Workspace, path: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((root / path).read_bytes())
    return found


def test_every_command_line_finds_page_server_and_hooks(root: Workspace) -> None:
    """Each of the three has the page, the server with its agent, and both hooks."""
    written = {one.path: one.change for one in install(root, AGENTS)}
    assert set(written.values()) == {"wrote"}
    assert (root / "AGENTS.md").read_bytes() == (ROOT / "AGENTS.md").read_bytes()
    assert (root / "CLAUDE.md").read_text() == "@AGENTS.md\n"
    gemini = read(root, ".gemini/settings.json")
    assert gemini["context"] == {"fileName": ["AGENTS.md"]}
    server = {"command": "faucet", "args": ["mcp", "--agent", "zai"]}
    assert read(root, ".mcp.json")["mcpServers"] == {"qa-data-factory": server}
    assert gemini["mcpServers"] == {"qa-data-factory": server}
    codex = tomllib.loads((root / ".codex/config.toml").read_text())
    assert codex["mcp_servers"] == {"qa-data-factory": server}
    for path, stop in {
        ".claude/settings.json": "Stop",
        ".gemini/settings.json": "AfterAgent",
        ".codex/hooks.json": "Stop",
    }.items():
        hooks = read(root, path)["hooks"]
        assert isinstance(hooks, dict)
        assert set(hooks) == {"SessionStart", stop}
        (entry,) = hooks[stop]
        assert entry["hooks"][0]["command"] == "faucet agents hook --agent zai"


def test_what_is_there_stays_and_twice_is_once(root: Workspace) -> None:
    """Keys, lines and pages of others are kept; a second time writes nothing."""
    (root / "AGENTS.md").write_text("ours\n")
    (root / "CLAUDE.md").write_text("Speak plainly.")
    (root / ".claude").mkdir()
    own = {"model": "x", "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "beep"}]}]}}
    (root / ".claude/settings.json").write_text(json.dumps(own))
    (root / ".gemini").mkdir()
    (root / ".gemini/settings.json").write_text('{"context": {"fileName": "GEMINI.md"}}')
    (root / ".codex").mkdir()
    (root / ".codex/config.toml").write_text('model = "gpt-5"')
    written = {one.path: one.change for one in install(root, AGENTS)}
    assert written["AGENTS.md"] == "unchanged"
    assert written["CLAUDE.md"] == written[".codex/config.toml"] == "extended"
    assert (root / "CLAUDE.md").read_text() == "Speak plainly.\n@AGENTS.md\n"
    claude = read(root, ".claude/settings.json")
    assert claude["model"] == "x"
    hooks = claude["hooks"]
    assert isinstance(hooks, dict)
    assert [len(hooks[event]) for event in ("Stop", "SessionStart")] == [2, 1]
    assert read(root, ".gemini/settings.json")["context"] == {
        "fileName": ["GEMINI.md", "AGENTS.md"]
    }
    assert tomllib.loads((root / ".codex/config.toml").read_text())["model"] == "gpt-5"
    assert {one.change for one in install(root, AGENTS)} == {"unchanged"}


def test_for_another_agent_nothing_stands_there_twice(root: Workspace) -> None:
    """Server and hooks speak for the agent named last; what people added to them stays."""
    install(root, AGENTS)
    server = read(root, ".mcp.json")
    server["mcpServers"]["qa-data-factory"]["args"].append("--allow-review")  # type: ignore[index]
    (root / ".mcp.json").write_text(json.dumps(server))
    before = {one.path: (root / one.path).read_text() for one in install(root, AGENTS)}
    named = {one.path: one.change for one in install(root, dict.fromkeys(COMMAND_LINES, "nora"))}
    assert sum(change == "extended" for change in named.values()) == 5
    assert {path: (root / path).read_text() for path in named} == {
        path: json.dumps(json.loads(text.replace("zai", "nora")), indent=2) + "\n"
        if path == ".mcp.json"
        else text.replace("zai", "nora")
        for path, text in before.items()
    }
    assert "--allow-review" in (root / ".mcp.json").read_text()


def test_another_way_to_call_the_program_adds_no_second_hook(root: Workspace) -> None:
    """A workspace whose environment came after the hooks starts a session with one brief."""
    install(root, AGENTS)
    (root / ".venv/bin").mkdir(parents=True)
    (root / ".venv/bin/faucet").touch()
    assert {one.change for one in install(root, AGENTS)} == {"unchanged"}


@pytest.mark.parametrize("content", ["{", "[]", "null"])
def test_settings_that_cannot_be_extended_stop_all(root: Workspace, content: str) -> None:
    """One sentence names the file, and nothing at all is written."""
    (root / ".mcp.json").write_text(content)
    with pytest.raises(UserError, match=r"^\.mcp\.json (line 1: no JSON|holds no JSON object)"):
        install(root, AGENTS)
    assert not (root / "AGENTS.md").exists()


def test_nothing_is_written_through_a_link(root: Workspace, tmp_path: Path) -> None:
    """A folder or file that leads elsewhere is named, and what it leads to stays."""
    (tmp_path / "away").mkdir()
    (root / ".claude").symlink_to(tmp_path / "away")
    with pytest.raises(UserError, match="no regular file of the workspace"):
        install(root, AGENTS)
    assert list((tmp_path / "away").iterdir()) == []


def test_each_works_as_the_agent_of_its_preset(tmp_path: Path) -> None:
    """The settings say who is called by which command line; else it is named like that."""
    presets = {line: {"command": [line]} for line in COMMAND_LINES}
    made = workspace(tmp_path / "w", queue("zai"), presets=presets, agents={})
    named = agents_of(read_settings(made), {"zai": {"preset": "codex"}})
    assert named == {"claude": "claude", "gemini": "gemini", "codex": "zai"}


def test_the_command_names_files_and_who_has_no_queue(
    root: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every file is named with what became of it, and a missing queue with its command."""
    monkeypatch.chdir(root.root)
    told = CliRunner().invoke(faucet, ["agents", "install", "--for", "claude"])
    assert told.exit_code == 0
    assert "wrote CLAUDE.md" in told.stdout
    assert "`faucet queue init --agent claude`" in told.stderr
    assert not (root / ".gemini").exists()
    bad = CliRunner().invoke(faucet, ["agents", "install", "--agent", 'x"; rm -rf /'])
    assert (bad.exit_code, (root / ".codex").exists()) == (1, False)


def test_the_page_that_is_written_is_ours() -> None:
    """The page that comes with the package is this repository's AGENTS.md, byte for byte."""
    packaged = ROOT / "pipeline/faucet/sessions/templates/agents.md.j2"
    assert packaged.read_bytes() == (ROOT / "AGENTS.md").read_bytes()
