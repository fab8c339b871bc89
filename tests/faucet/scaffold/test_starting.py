"""A new workspace is whole, committed, and waits for its first delivery; or it is not there."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import faucet
from pipeline.core.errors import UserError
from pipeline.core.json_values import Json
from pipeline.domain.documents import NAMES, document
from pipeline.faucet.publishing.croissant import croissant
from pipeline.faucet.queues.storage import LocalBoard
from pipeline.faucet.scaffold.starting import start_workspace
from pipeline.faucet.sessions.hooks import answer
from pipeline.faucet.sessions.install import install_for_all
from pipeline.plan.indicators import plan_of
from pipeline.rag.front_matter import fenced, loaders_block
from pipeline.store.engine import check_manifest, stale_files, write_manifest
from pipeline.store.installed import is_installed_engine
from pipeline.workspace.layout import LOOK_ALIKES, PLAN
from pipeline.workspace.layout import NAMES as WORDS
from pipeline.workspace.params import read_params
from pipeline.workspace.workspace import Workspace
from tests.programs import loaded
from tests.terminal import Terminal
from tests.workspaces import ROOT


@pytest.fixture(autouse=True)
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "somebody@example.org")


@pytest.mark.parametrize("example", ["crypto", "garden", "empty"])
def test_a_workspace_lacks_nothing_that_its_stages_read(tmp_path: Path, example: str) -> None:
    """Every dependency is an output or is there, params hold, the lists are true, git is clean."""
    started = start_workspace(tmp_path / "kb", plan=None, example=example)
    workspace = Workspace(tmp_path / "kb")
    made = {out for wiring in workspace.dag.wirings for out in wiring.outs}
    deps = {dep for wiring in workspace.dag.wirings for dep in wiring.deps}
    assert [dep for dep in deps - made if not (workspace / dep).exists()] == []
    held = set(workspace.git("ls-files").splitlines())
    for path in workspace.inputs:  # git holds no empty folder: a clone would lack it
        assert any(name == str(path) or name.startswith(f"{path}/") for name in held), path
    read_params(workspace)
    check_manifest(workspace)
    assert is_installed_engine(workspace)
    assert workspace.git("status", "--porcelain") == ""
    assert workspace.git("rev-parse", "main").strip() == started.commit
    assert started.entries == {"crypto": 227, "garden": 50, "empty": 0}[example]
    assert (started.waiting > 0) == (example == "garden")
    assert not (workspace / "pipeline").exists()


def test_command_lines_find_their_files_in_the_first_commit(tmp_path: Path) -> None:
    """What `faucet agents install` writes is there; without queues a hook is silent."""
    folder = tmp_path / "kb"
    done = CliRunner().invoke(faucet, ["init", str(folder)])
    assert done.exit_code == 0, done.output
    root = Workspace(folder)
    held = root.git("ls-files").splitlines()
    assert {"CLAUDE.md", ".mcp.json", ".gemini/settings.json", ".codex/hooks.json"} <= set(held)
    server = json.loads((folder / ".mcp.json").read_text())["mcpServers"]["qa-data-factory"]
    assert server == {"command": "faucet", "args": ["mcp", "--agent", "claude"]}
    assert {one.change for one in install_for_all(root)} == {"unchanged"}
    assert answer(LocalBoard(root), "claude", {"hook_event_name": "SessionStart"}, {}) is None


def test_a_plan_is_the_subject_and_every_other_file_of_it_is_empty(tmp_path: Path) -> None:
    """The plan is taken byte by byte; nothing of any other subject comes with it."""
    plan = tmp_path / "birds.csv"
    plan.write_bytes(b"name,target\nWren,20\nHouse sparrow,\n")
    started = start_workspace(tmp_path / "a/kb", plan=plan, example=None)
    workspace = Workspace(tmp_path / "a/kb")
    assert started.entries == 2
    assert (workspace / PLAN).read_bytes() == plan.read_bytes()
    domain = [path for path in (workspace / PLAN.parent).iterdir() if path.is_file()]
    assert {path.name for path in domain if path.read_bytes()} == {"plan.csv"}
    assert LOOK_ALIKES.name in {path.name for path in domain}


def names(folder: Path) -> Json:
    schema = json.loads((folder / "schemas/domain.schema.json").read_text(encoding="utf-8"))
    return {**NAMES, **document((folder / WORDS).read_bytes(), WORDS, schema)}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "unknown"),
        (["--licence", "none"], "unknown"),
        (["--licence", " CC-BY-4.0"], "cc-by-4.0"),
        (["--example", "garden"], "cc-by-4.0"),
        (["--example", "garden", "--licence", "mit", "--json"], "mit"),
        (["--example", "crypto", "--licence", "1.0"], "1.0"),
    ],
)
def test_the_licence_that_is_named_is_that_of_card_and_croissant(
    tmp_path: Path, options: list[str], said: str
) -> None:
    """What --licence says stands in words.yaml as text; without a terminal nothing is asked."""
    done = CliRunner().invoke(faucet, ["init", str(tmp_path / "kb"), *options])
    assert done.exit_code == 0, done.output
    assert "Licence" not in done.output
    block = loaders_block(["train"], 1, names(tmp_path / "kb"), None)
    assert block["license"] == said
    example = {"description": "", "properties": {"id": {"type": "string", "description": ""}}}
    described = croissant(f"{fenced(block)}\n# T\n\nText.\n", example, {}, "2026-01-31")
    assert described.get("license", "unknown") == said


def test_a_licence_that_is_no_name_leaves_nothing(tmp_path: Path) -> None:
    """One sentence says what a name is; no half workspace stays."""
    for name in ("all rights: mine", 'mit"\nnotice: x', "x" * 99):
        with pytest.raises(UserError, match="is no licence's name: give the Hub's"):
            start_workspace(tmp_path / "kb", plan=None, example=None, licence=name)
    assert list(tmp_path.iterdir()) == []


def test_a_person_is_asked_for_the_licence(tmp_path: Path) -> None:
    """In a terminal init asks once, with `unknown` as what Enter says."""
    terminal = Terminal(tmp_path, "init", "kb", PYTHONPATH=loaded())
    terminal.expect("[unknown]: ")
    terminal.type("cc0-1.0\n")
    assert terminal.end() == 0, terminal.shown
    assert names(tmp_path / "kb")["license"] == "cc0-1.0"
    again = Terminal(tmp_path, "init", "other", "--json", PYTHONPATH=loaded())
    assert again.end() == 0
    assert "Licence" not in again.shown
    assert names(tmp_path / "other")["license"] == "unknown"


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ("a,b\n1,2\n", "line 1"),
        ("name\nWren\nWren\n", "line 3: column name stands in line 2 already"),
        ("", "names nothing"),
        (None, "No such file"),
    ],
)
def test_a_plan_that_cannot_be_read_leaves_nothing(
    tmp_path: Path, plan: str | None, message: str
) -> None:
    """One sentence says what is wrong, and no half workspace stays."""
    if plan is not None:
        (tmp_path / "plan.csv").write_text(plan, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        start_workspace(tmp_path / "kb", plan=tmp_path / "plan.csv", example=None)
    assert [path.name for path in tmp_path.iterdir()] == ([] if plan is None else ["plan.csv"])


def test_what_is_there_is_left_alone(tmp_path: Path) -> None:
    """A folder with something in it is refused and stays as it is; an empty one is filled."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full/note.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UserError, match="full is not empty"):
        start_workspace(tmp_path / "full", plan=None, example=None)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["note.txt"]
    (tmp_path / "void").mkdir()
    assert start_workspace(tmp_path / "void", plan=None, example=None).commit
    with pytest.raises(UserError, match="two subjects"):
        start_workspace(tmp_path / "kb", plan=tmp_path / "plan.csv", example="garden")
    with pytest.raises(UserError, match="'sea' is no example; the examples are crypto, empty"):
        start_workspace(tmp_path / "kb", plan=None, example="sea")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "void"]


def test_without_a_name_git_gets_everything_but_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git knows nobody, the files stand in its index and the commit is people's own."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{role}_NAME")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.useConfigOnly")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    started = start_workspace(tmp_path / "kb", plan=None, example=None)
    assert started.commit is None
    assert "A  dvc.yaml" in Workspace(tmp_path / "kb").git("status", "--porcelain")


def test_lists_that_are_not_true_stop_a_stage_until_they_are_written(tmp_path: Path) -> None:
    """After another version of a library, dvc.lock never records what did not run."""
    start_workspace(tmp_path / "kb", plan=None, example=None)
    workspace = Workspace(tmp_path / "kb")
    path = workspace / "engine/libraries.txt"
    path.write_text(path.read_text().replace("daft==", "daft==0."), encoding="utf-8")
    with pytest.raises(UserError, match=r"engine/libraries.txt does not say what daft=="):
        check_manifest(workspace)
    assert write_manifest(workspace)
    assert stale_files(workspace) == []
    assert workspace.git("status", "--porcelain") == ""


def test_the_examples_are_whole_plans() -> None:
    """Names of the garden's plan answer to themselves in a workspace as in the example."""
    from pipeline.domain.plan_table import plan_table  # noqa: PLC0415 - used once

    content = (ROOT / "examples/garden/domain/plan.csv").read_bytes()
    table = plan_table(content, "plan.csv")
    assert plan_of(table, []) is not None
